#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What a run costs, beside what it is compared with: see bench.js. Measures
# the service at SCE_URL if that is set, else an instance of its own, with the
# default settings, that it stops again. BENCH_ROUNDS: how many runs (100).
set -uo pipefail
umask 022

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$ROOT" || exit 1
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
MUST_RUN=1
PASSED=0
FAILED=0
WORK=

# shellcheck source=tests/lib/checks.sh source-path=SCRIPTDIR/../..
. tests/lib/checks.sh
# shellcheck source=tests/lib/tools.sh source-path=SCRIPTDIR/../..
. tests/lib/tools.sh
# shellcheck source=tests/lib/service.sh source-path=SCRIPTDIR/../..
. tests/lib/service.sh

on_exit() {
	local status=$?
	trap - EXIT
	trap '' INT TERM HUP
	clean_up >/dev/null
	exit "$status"
}

main() {
	have node "the benchmark" || exit 1
	if [ -z "${SCE_URL:-}" ]; then
		if [ "$(id -u)" != 0 ]; then
			echo "tests/bench/run.sh: needs root to start a service," \
			    "or SCE_URL of one that runs." >&2
			exit 1
		fi
		WORK=$(mktemp -d /var/tmp/sce-bench.XXXXXX) || exit 1
		chmod 0755 "$WORK"
		start_service || exit 1
	fi
	node tests/bench/bench.js
}

trap on_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
main
