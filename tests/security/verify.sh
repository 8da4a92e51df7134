#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Attacks a running instance and says what held: make verify.
#
#   tests/security/verify.sh [--report FILE] [URL]
#
# URL is that of the service; else SCE_URL, else http://127.0.0.1:5000. FILE
# gets the findings as Markdown. The end of the output is a table: attack,
# protection, result, time. 0: all held, but for what the documents call a
# residual risk; 1: something got through; 2: it could not be tried.
set -euo pipefail

NODE_MIN=18
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

version=$(node --version 2>/dev/null) || version=v0
version=${version#v}
if [ "${version%%.*}" -lt "$NODE_MIN" ]; then
	echo "verify.sh: this needs node $NODE_MIN or newer:" \
	    "install nodejs first." >&2
	exit 2
fi
exec node "$HERE/verify.js" "$@"
