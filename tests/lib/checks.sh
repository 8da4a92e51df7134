# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# One line a check, and the sum of them. Needs WORK, PASSED and FAILED.

pass() {
	PASSED=$((PASSED + 1))
	echo "ok $1"
}

# fail NAME [WHY]
fail() {
	FAILED=$((FAILED + 1))
	echo "not ok $1${2:+: $2}"
}

# skip NAME WHY: which MUST_RUN=1 makes a failure.
skip() {
	if [ "$MUST_RUN" = 1 ]; then
		fail "$1" "$2"
	else
		echo "skipped $1: $2"
	fi
}

show_end() {
	tail -n "${2:-60}" "$1" | sed 's/^/    /'
}

# The clone's files stay its owner's, so that their own make works after us.
as_owner() {
	local owner home
	owner=$(stat -c %U "$ROOT")
	if [ "$owner" = root ] || ! home=$(getent passwd "$owner"); then
		"$@"
		return
	fi
	home=$(cut -d : -f 6 <<<"$home")
	runuser -u "$owner" -- env HOME="$home" "$@"
}

# check NAME COMMAND...: its output is shown when it fails.
check() {
	local name=$1 log
	shift
	log=$(mktemp "$WORK/log.XXXXXX")
	if "$@" >"$log" 2>&1 </dev/null; then
		pass "$name"
		return 0
	fi
	fail "$name" "$*"
	show_end "$log"
	return 1
}

# sum_of PATTERN FILE: of the numbers that the pattern's group matches.
sum_of() {
	sed -nE "s/$1/\\1/p" "$2" |
		awk '{ sum += $1 } END { print sum + 0 }'
}

# add_counts NAME PASSED FAILED STATUS LOG: those of a runner of its own. A
# runner that fails without a failed test has failed itself; none at all is
# a failure too.
add_counts() {
	local failed=$3
	if [ "$failed" -eq 0 ] && { [ "$4" -ne 0 ] || [ "$2" -eq 0 ]; }; then
		failed=1
	fi
	PASSED=$((PASSED + $2))
	FAILED=$((FAILED + failed))
	if [ "$failed" -eq 0 ]; then
		echo "ok $1: $2 tests"
		return 0
	fi
	echo "not ok $1: $2 tests passed, $failed failed (status $4)"
	show_end "$5" 150
	return 1
}

# check_unit NAME VARIABLE=VALUE...: cmocka's sums are on stderr.
check_unit() {
	local name=$1 log status=0
	shift
	log=$(mktemp "$WORK/log.XXXXXX")
	as_owner make --no-print-directory -j "$(nproc)" "$@" check \
	    >"$log" 2>&1 </dev/null || status=$?
	add_counts "$name" \
	    "$(sum_of '^\[  PASSED  \] ([0-9]+) test\(s\).*' "$log")" \
	    "$(sum_of '^\[  FAILED  \] ([0-9]+) test\(s\).*' "$log")" \
	    "$status" "$log"
}

# check_counting NAME WORD COMMAND...: of a runner whose last line is
# "WORD: N passed, N failed".
check_counting() {
	local name=$1 word=$2 log status=0
	shift 2
	log=$(mktemp "$WORK/log.XXXXXX")
	"$@" >"$log" 2>&1 </dev/null || status=$?
	add_counts "$name" \
	    "$(sum_of "^$word: ([0-9]+) passed, [0-9]+ failed\$" "$log")" \
	    "$(sum_of "^$word: [0-9]+ passed, ([0-9]+) failed\$" "$log")" \
	    "$status" "$log"
}
