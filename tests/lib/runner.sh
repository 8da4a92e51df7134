# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What every runner begins with, in the clone's root. It then has a main, and
# ends with run_main.
set -uo pipefail
umask 022

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$ROOT" || exit 1
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

PASSED=0
FAILED=0
WORK=

# shellcheck source=tests/lib/checks.sh source-path=SCRIPTDIR/../..
. tests/lib/checks.sh
# shellcheck source=tests/lib/tools.sh source-path=SCRIPTDIR/../..
. tests/lib/tools.sh
# shellcheck source=tests/lib/service.sh source-path=SCRIPTDIR/../..
. tests/lib/service.sh

# make_work NAME: a folder of our own, which clean_up removes.
make_work() {
	WORK=$(mktemp -d "/var/tmp/sce-$1.XXXXXX") || exit 1
	chmod 0755 "$WORK"
}

# A runner that has more to say at its end has its own.
on_exit() {
	local status=$?
	trap - EXIT
	trap '' INT TERM HUP PIPE
	clean_up >/dev/null
	exit "$status"
}

# Whatever ends main ends in on_exit, once.
run_main() {
	trap on_exit EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	main
}
