#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Tests: what `make test` and `make test-all` run. Installs what they need,
# runs the rows of plan.txt, and leaves nothing behind. The last line is
# "N passed, N failed".
#
#   tests/run.sh test    the tier "main": each feature, on the real stack
#   tests/run.sh all     everything
#   tests/run.sh rest    everything but "main"
#
# Environment:
#   ONLY          patterns of rows instead, such as 'integration/files*'
#   FUZZ_SECONDS  for each fuzzer (30)
#   SOAK_SECONDS  of mixed traffic (45)
#   KEEP_LOGS=1   leave the logs of a failed run
#   SANITIZE=1    only the tests of the service, with sced and sce-responder
#                 made with ASan and UBSan
#   SUMS          a file that gets the two numbers of the last line
#   LANES, BUDGET_S, END_S, TURN: see runner/main.js

# shellcheck source=tests/lib/runner.sh source-path=SCRIPTDIR/..
. "$(dirname "${BASH_SOURCE[0]}")/lib/runner.sh"

export MUST_RUN=1
unset BUILD

case ${1:-test} in
test) TIERS=(main) ;;
all) TIERS=(main next turn) ;;
rest) TIERS=(next turn) ;;
*)
	echo "usage: tests/run.sh [test|all|rest]" >&2
	exit 2
	;;
esac

# Whatever ends us ends here, once.
on_exit() {
	local status=$?
	trap - EXIT
	trap '' INT TERM HUP PIPE
	[ -n "${FINISHED:-}" ] || fail "all tests ran" "ended early ($status)"
	clean_up
	[ "$(id -u)" = 0 ] || exit 1
	[ -z "${SUMS:-}" ] || echo "$PASSED $FAILED" >"$SUMS"
	echo "$PASSED passed, $FAILED failed"
	# exit alone would repeat the status from before the trap.
	[ "$FAILED" -eq 0 ] && [ "$PASSED" -gt 0 ] || exit 1
	exit 0
}

# The rows; a runner that ends without its sums has failed.
run_plan() {
	local status=0 passed failed
	have node "the tests" || return
	SCE_WORK=$WORK run_node tests/runner/main.js "${TIERS[@]}" || status=$?
	if read -r passed failed 2>/dev/null <"$WORK/counts"; then
		PASSED=$((PASSED + passed))
		FAILED=$((FAILED + failed))
	else
		fail "the runner ends" "status $status"
	fi
	check "no sanitizer finding" nothing_of sanitizer_findings
}

# timed NAME COMMAND...: NAME as one of plan.txt's.
timed() {
	local name=$1 begin=${EPOCHREALTIME/[.,]/}
	shift
	"$@"
	echo "$(((${EPOCHREALTIME/[.,]/} - begin) / 1000)) $name" \
	    >>"$WORK/times"
}

# Where the time went, slowest first: milliseconds and a name each line.
print_times() {
	printf '\nseconds of each phase, some side by side:\n'
	awk '{ split($2, part, "/"); fork = $2 ~ /@fork$/ ? "@fork" : ""
		sum[part[1] fork] += $1 }
	    END { for (phase in sum) print sum[phase], phase }' "$WORK/times" |
		print_seconds
	printf 'seconds of each:\n'
	print_seconds <"$WORK/times"
	echo
}

print_seconds() {
	sort -rn | awk '{ printf "%9.1f  %s\n", $1 / 1000, $2 }'
}

main() {
	if [ "$(id -u)" != 0 ]; then
		echo "tests/run.sh: Docker and nginx need root:" \
		    "run 'sudo make test'." >&2
		FINISHED=1
		exit 1
	fi
	make_work test
	timed tools/packages install_tools
	run_plan
	timed service/stop stop_all
	print_times
	FINISHED=1
}

run_main
