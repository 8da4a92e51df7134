#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The rows of plan.txt that are not files of node's tests.
#
#   tests/steps.sh NAME     runs one; the last line is "NAME: N passed, N failed"
#   tests/steps.sh --list   their names
#
# Environment: SCE_WORK, the folder for instances; FUZZ_SECONDS for each fuzzer
# (30); SOAK_SECONDS of mixed traffic (45); SANITIZE=1: sced and sce-responder
# with ASan and UBSan.

# shellcheck source=tests/lib/runner.sh source-path=SCRIPTDIR/..
. "$(dirname "${BASH_SOURCE[0]}")/lib/runner.sh"

fuzzers() {
	local source
	for source in tests/fuzz/fuzz_*.c; do
		source=${source##*/fuzz_}
		echo "${source%.c}"
	done
}

list_steps() {
	printf '%s\n' tools/npm build/gcc build/clang unit/sanitized unit/gcc \
	    unit/clang fuzz/build service/main service/fork soak/mixed \
	    bench/quick
	tests/lint/run.sh --list | sed 's,^,lint/,'
	fuzzers | sed 's,^,fuzz/,'
}

# build COMPILER
build() {
	check "$1 builds without a warning" as_owner \
	    make --no-print-directory -j "$(nproc)" WERROR=1 SANITIZE=0 \
	    CC="$1" BUILD="build/$1" all
}

# Objects without the sanitizers would pass, too.
is_sanitized() {
	nm build/sanitized/unit/test_frame | grep __asan_init >/dev/null
}

unit_sanitized() {
	check_unit "unit tests, ASan and UBSan" WERROR=1 SANITIZE=1 CC=gcc \
	    BUILD=build/sanitized
	check "they are sanitized" is_sanitized
}

bench_quick() {
	check "bench tools build" as_owner make --no-print-directory \
	    WERROR=1 BUILD="$SERVICE_BUILD" bench-tools &&
		check "bench, quick" env BENCH_QUICK=1 BUILD="$SERVICE_BUILD" \
		    node tests/bench/bench.js
}

run_step() {
	case $1 in
	tools/npm) check "npm ci" npm_ci ;;
	build/*) build "${1#*/}" ;;
	unit/sanitized) unit_sanitized ;;
	unit/*) check_unit "unit tests, ${1#*/}" WERROR=1 SANITIZE=0 \
	    CC="${1#*/}" BUILD="build/${1#*/}" ;;
	lint/*) check_counting "lint" lint as_owner tests/lint/run.sh "${1#*/}" ;;
	fuzz/build) check "fuzzers build" as_owner tests/fuzz/run.sh --build ;;
	fuzz/*) check_counting "$1" fuzzers as_owner \
	    tests/fuzz/run.sh "${1#*/}" ;;
	service/main) start_service main ;;
	service/fork) start_service forked fork ;;
	soak/mixed) check_counting "soak" soak \
	    env BUILD="$SERVICE_BUILD" node tests/soak/soak.js ;;
	bench/quick) bench_quick ;;
	esac
}

if [ "${1:-}" = --list ]; then
	list_steps
	exit
fi
# To its end, not -q: who writes into a closed pipe fails.
list_steps | grep -xF -- "${1:-}" >/dev/null || {
	echo "steps.sh: \"${1:-}\" is none of: $(list_steps | tr '\n' ' ')" >&2
	exit 1
}
export MUST_RUN=${MUST_RUN:-1} FUZZ_SECONDS=${FUZZ_SECONDS:-30}
export SOAK_SECONDS=${SOAK_SECONDS:-45}
WORK=$SCE_WORK
run_step "$1"
echo "$1: $PASSED passed, $FAILED failed"
[ "$FAILED" -eq 0 ]
