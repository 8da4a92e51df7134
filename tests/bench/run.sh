#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What a run costs, beside what it is compared with: see bench.js. On
# instances of its own, with the default settings, which it stops again.
# BENCH_QUICK=1: less than a minute, as a test of the benchmark itself.

# shellcheck source=tests/lib/runner.sh source-path=SCRIPTDIR/../..
. "$(dirname "${BASH_SOURCE[0]}")/../lib/runner.sh"
MUST_RUN=1

main() {
	have node "the benchmark" || exit 1
	if [ "$(id -u)" != 0 ]; then
		echo "tests/bench/run.sh: needs root to start a service." >&2
		exit 1
	fi
	make_work bench
	export SCE_WORK=$WORK BUILD=$SERVICE_BUILD
	as_owner make --no-print-directory BUILD="$BUILD" bench-tools || exit 1
	# Whose Docker stays while those of the benchmark come and go, should none
	# run yet: the first of them would take it away.
	start_service main && stop_but_docker "$MAIN" >/dev/null || exit 1
	run_node tests/bench/bench.js
}

run_main
