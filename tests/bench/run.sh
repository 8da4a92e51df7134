#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What a run costs, beside what it is compared with: see bench.js. Measures
# the service at SCE_URL if that is set, else an instance of its own, with the
# default settings, that it stops again. BENCH_ROUNDS: how many runs (100).

# shellcheck source=tests/lib/runner.sh source-path=SCRIPTDIR/../..
. "$(dirname "${BASH_SOURCE[0]}")/../lib/runner.sh"
MUST_RUN=1

main() {
	have node "the benchmark" || exit 1
	if [ -z "${SCE_URL:-}" ]; then
		if [ "$(id -u)" != 0 ]; then
			echo "tests/bench/run.sh: needs root to start a service," \
			    "or SCE_URL of one that runs." >&2
			exit 1
		fi
		make_work bench
		start_service || exit 1
	fi
	node tests/bench/bench.js
}

run_main
