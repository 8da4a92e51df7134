#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Files that need each other in a circle: a symbol of one is used in the other,
# and the other way round, directly or over more files. The objects' symbols
# say so, thus calls, tables and addresses all count.
#
#   tests/lint/circles.sh BUILD     the folder with the objects of `make all`
#
# Prints the files that are in circles, a line for each program; nothing if there
# are none.
set -euo pipefail
cd "$(dirname "$0")/../.."

# list_objects FOLDER PROGRAM...: those of which there is a source.
list_objects() {
	local folder=$1 source
	shift
	find "${@/#/fcgi/}" -name '*.c' | while read -r source; do
		source=$folder/${source%.c}.o
		[ ! -e "$source" ] || echo "$source"
	done
}

# Prints "USER OWNER" for each symbol of another file.
print_uses() {
	xargs nm -A | awk '
		{ file = $1; sub(/:.*/, "", file) }
		$(NF - 1) ~ /^[TDBRVW]$/ { owner[$NF] = file }
		$(NF - 1) == "U" { uses[file SUBSEP $NF] }
		END {
			for (use in uses) {
				split(use, part, SUBSEP)
				if (part[2] in owner)
					print part[1], owner[part[2]]
			}
		}'
}

# tsort names the files of each circle that it has to break.
check_circles() {
	{ list_objects "$@" | print_uses | tsort 2>&1 >/dev/null || true; } |
		sed -n 's,^tsort: .*/fcgi/\(.*\)\.o$,\1.c,p' | sort -u | xargs -r
}

BUILD=$1
check_circles "$BUILD" common supervisor
check_circles "$BUILD" common responder
check_circles "$BUILD" common engine
check_circles "$BUILD/musl" common guest
check_circles "$BUILD/gate" common guest
