#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Mixed traffic for MINUTES (5), every answer checked, and nothing left: see
# soak.js. On an instance of its own, which it stops again.

# shellcheck source=tests/lib/runner.sh source-path=SCRIPTDIR/../..
. "$(dirname "${BASH_SOURCE[0]}")/../lib/runner.sh"
MUST_RUN=1

main() {
	local minutes=${MINUTES:-5}
	if [ "$(id -u)" != 0 ]; then
		echo "tests/soak/run.sh: needs root to start a service." >&2
		exit 1
	fi
	if ! [[ $minutes =~ ^[1-9][0-9]{0,3}$ ]]; then
		echo "tests/soak/run.sh: MINUTES=$minutes must be a number" \
		    "from 1 to 9999." >&2
		exit 1
	fi
	have node "the soak" || exit 1
	make_work soak
	export SCE_WORK=$WORK BUILD=$SERVICE_BUILD
	SOAK_SECONDS=$((60 * minutes)) run_node tests/soak/soak.js
}

run_main
