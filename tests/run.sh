#!/bin/bash
# SPDX-License-Identifier: MIT
#
# All tests: what `make test` runs. Installs what they need, builds with both
# compilers, starts an instance of its own and leaves nothing behind. The last
# line is "N passed, N failed".
#
# Environment:
#   FUZZ_SECONDS  for each fuzzer (10)
#   SOAK_SECONDS  of mixed traffic (45)
#   MUST_RUN=1    a missing tool is a failure, not a skip; so with CI=true
#   NODE_TESTS    patterns of test files, instead of all that need the service
#                 and of the soak and the quick benchmark
#   KEEP_LOGS=1   leave the logs of a failed run
#   SANITIZE=1    only the tests of the service, with sced and sce-responder
#                 made with ASan and UBSan

# shellcheck source=tests/lib/runner.sh source-path=SCRIPTDIR/..
. "$(dirname "${BASH_SOURCE[0]}")/lib/runner.sh"

[ "${CI:-}" != true ] || MUST_RUN=1
export MUST_RUN=${MUST_RUN:-0}
export FUZZ_SECONDS=${FUZZ_SECONDS:-10}
export SOAK_SECONDS=${SOAK_SECONDS:-45}

# Whatever ends us ends here, once.
on_exit() {
	local status=$?
	trap - EXIT
	trap '' INT TERM HUP
	[ -n "${FINISHED:-}" ] || fail "all tests ran" "ended early ($status)"
	clean_up
	[ "$(id -u)" = 0 ] || exit 1
	echo "$PASSED passed, $FAILED failed"
	# exit alone would repeat the status from before the trap.
	[ "$FAILED" -eq 0 ] && [ "$PASSED" -gt 0 ] || exit 1
	exit 0
}

build_with() {
	check "$1 builds without a warning" as_owner \
	    make --no-print-directory WERROR=1 CC="$1" BUILD="build/$1" all
	check_unit "unit tests, $1" WERROR=1 CC="$1" BUILD="build/$1"
}

test_programs() {
	build_with gcc
	if have clang "clang builds without a warning"; then
		build_with clang
	fi
	check_unit "unit tests, ASan and UBSan" WERROR=1 SANITIZE=1 CC=gcc \
	    BUILD=build/gcc
	if have clang "fuzzers"; then
		check_counting "fuzzers, $FUZZ_SECONDS s each" fuzzers \
		    tests/fuzz/run.sh
	fi
	if [ -x tests/lint/run.sh ]; then
		check_counting "lint" lint tests/lint/run.sh
	fi
}

test_service() {
	have node "tests of the service" || return 0
	check "npm ci" npm_ci || return 0
	if start_service; then
		check_node
		if [ -z "${NODE_TESTS:-}" ]; then
			check_soak
			[ "${SANITIZE:-0}" = 1 ] || check_bench
		fi
		check "no sanitizer finding" nothing_of sanitizer_findings
	fi
	stop_all
}

main() {
	if [ "$(id -u)" != 0 ]; then
		echo "tests/run.sh: Docker and nginx need root:" \
		    "run 'sudo make test'." >&2
		FINISHED=1
		exit 1
	fi
	make_work test
	install_tools
	# The programs themselves are tested without it, and with it.
	[ "${SANITIZE:-0}" = 1 ] || test_programs
	test_service
	FINISHED=1
}

run_main
