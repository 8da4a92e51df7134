#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Builds and runs the fuzzers: tests/fuzz/fuzz_NAME.c over the kept inputs of
# tests/fuzz/corpus/NAME. What a run finds on the way is kept in the build
# folder and is where the next one starts; a crash leaves its input there and
# fails.
#
#   tests/fuzz/run.sh [NAME...]     all of them, or these
#   tests/fuzz/run.sh --build       none; they are built
#
# Environment: FUZZ_SECONDS for each of them (10), BUILD (build/fuzz), CLANG.
# The last line is "fuzzers: N passed, N failed".
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
FUZZ_SECONDS=${FUZZ_SECONDS:-10}
BUILD=${BUILD:-build/fuzz}
CLANG=${CLANG:-clang}
FLAGS=(-O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all)
cd "$ROOT"

RUN=true
if [ "${1:-}" = --build ]; then
	RUN=false
	shift
fi
if [ $# -eq 0 ]; then
	for source in tests/fuzz/fuzz_*.c; do
		name=${source##*/fuzz_}
		set -- "$@" "${name%.c}"
	done
fi

# The same sources as the unit tests', but with the fuzzer's eyes in them.
build() {
	local objects=() name
	for name; do
		objects+=("$BUILD/tests/fuzz/fuzz_$name.o")
	done
	make --no-print-directory -j "$(nproc)" CC="$CLANG" BUILD="$BUILD" WERROR=1 \
	    HARDEN="${FLAGS[*]} -fsanitize=fuzzer-no-link,address,undefined" \
	    LDHARDEN= "$BUILD/libtestable.a" "${objects[@]}"
	for name; do
		# The linker's order counts: what is used comes last.
		"$CLANG" -fsanitize=fuzzer,address,undefined \
		    -o "$BUILD/fuzz_$name" "$BUILD/tests/fuzz/fuzz_$name.o" \
		    "$BUILD/libtestable.a" -linih -lcap \
		    -ljson-c -lseccomp -lmd -lresolv
	done
}

fuzz() {
	local kept=tests/fuzz/corpus/$1 found=$BUILD/corpus/$1
	local corpora=("$found")
	mkdir -p "$found"
	[ ! -d "$kept" ] || corpora+=("$kept")
	# With no run at all of the kept inputs a fuzzer shows nothing.
	if [ -z "$(find "${corpora[@]}" -type f -print -quit)" ]; then
		echo "fuzz_$1: there is no input in $kept" >&2
		return 1
	fi
	"$BUILD/fuzz_$1" -max_total_time="$FUZZ_SECONDS" -timeout=10 \
	    -rss_limit_mb=1024 -print_final_stats=1 -verbosity=1 \
	    -artifact_prefix="$BUILD/crash-$1-" "${corpora[@]}" \
	    >"$BUILD/fuzz_$1.log" 2>&1
}

build "$@"
"$RUN" || exit 0
passed=0
failed=0
for name; do
	if fuzz "$name"; then
		passed=$((passed + 1))
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' \
		    "$BUILD/fuzz_$name.log")
		echo "ok fuzz_$name: $runs runs"
	else
		failed=$((failed + 1))
		echo "not ok fuzz_$name: the end of $BUILD/fuzz_$name.log:"
		tail -n 30 "$BUILD/fuzz_$name.log" 2>/dev/null || :
	fi
done
echo "fuzzers: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
