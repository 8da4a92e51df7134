#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Draws the figures of the last `make bench`, and prints the README's table:
# plot.sh [RESULT [SVG]]. Needs gnuplot (Debian: gnuplot-nox).
set -euo pipefail
cd "$(dirname "$0")/../.."
result=${1:-build/bench/result.json}
svg=${2:-tests/bench/bench.svg}

if ! command -v gnuplot >/dev/null; then
	echo "plot.sh: there is no gnuplot: apt-get install gnuplot-nox" >&2
	exit 1
fi
if [ ! -f "$result" ]; then
	echo "plot.sh: there is no $result: run 'make bench' first" >&2
	exit 1
fi
node tests/bench/plot.js "$result" | gnuplot >"$svg.tmp"
mv -f "$svg.tmp" "$svg"
echo "$svg"
node tests/bench/ratios.js "$result"
