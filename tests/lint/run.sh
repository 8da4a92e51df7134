#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The rules that no compiler knows: layout, sizes, who may see which library,
# and what the analysers find. One line a check; exit 1 if one fails.
#
#   tests/lint/run.sh [GROUP...]     all of them, or these
#   tests/lint/run.sh --list         their names
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

FAILED=0
PASSED=0
mapfile -t SOURCES < <(find fcgi tests/unit tests/fuzz tests/bench -name '*.[ch]' | sort)
mapfile -t PROGRAM_SOURCES < <(find fcgi -name '*.c' | sort)
mapfile -t PROGRAM_HEADERS < <(find fcgi -name '*.h' | sort)
mapfile -t SCRIPTS < <(find fcgi tests .ci -name '*.sh' \
    -not -path '*/node_modules/*' | sort)
mapfile -t MAINTAINER_SCRIPTS < <(find fcgi/package/debian -name '*.p*' |
    grep -E '\.(pre|post)(inst|rm)$' | sort)

# check NAME COMMAND...: the command prints what is wrong, or nothing.
check() {
	local name=$1 found
	shift
	found=$("$@" 2>&1)
	if [ -z "$found" ]; then
		PASSED=$((PASSED + 1))
		printf 'ok      %s\n' "$name"
	else
		FAILED=$((FAILED + 1))
		printf 'FAILED  %s\n%s\n' "$name" "$found"
	fi
}

layout() {
	clang-format --dry-run --Werror "${SOURCES[@]}"
}

first_line() {
	local file
	for file in "${SOURCES[@]}"; do
		head -n 1 "$file" | grep -q '^/\* SPDX-License-Identifier: MIT \*/$' ||
			echo "$file"
	done
}

# Tests' tables may be long, programs may not.
long_files() {
	wc -l "${PROGRAM_SOURCES[@]}" |
		awk '$2 != "total" && $1 > 700 { print $2 ": " $1 " lines" }'
}

long_functions() {
	awk 'FNR == 1 { start = 0 }
		/^\{/ { start = FNR }
		/^\}/ && start { if (FNR - start > 60)
			print FILENAME ":" start ": " FNR - start " lines"
			start = 0 }' "${PROGRAM_SOURCES[@]}"
}

# only FILES... sees PATTERN: prints every other file that has it.
seen_elsewhere() {
	local pattern=$1
	shift
	grep -lE "$pattern" "${PROGRAM_SOURCES[@]}" "${PROGRAM_HEADERS[@]}" |
		grep -vxF "$(printf '%s\n' "$@")"
}

# Every descriptor is born close-on-exec.
close_on_exec() {
	grep -nE '\b(open|openat|socket|accept4|pipe2|epoll_create1|signalfd|memfd_create)\(' \
	    "${PROGRAM_SOURCES[@]}" | while IFS=: read -r file line _; do
		sed -n "$line,$((line + 2))p" "$file" | grep -q CLOEXEC ||
			echo "$file:$line"
	done
	grep -nE '[^_[:alnum:]](accept|pipe|dup|epoll_create|fopen|creat)\(' \
	    "${PROGRAM_SOURCES[@]}" | grep -vE '"re"'
}

exits() {
	grep -nE '\bexit\(' "${PROGRAM_SOURCES[@]}" |
		grep -vE '/(main|log|gate/script)\.c:|_exit\('
}

manuals() {
	find fcgi -name '*.[58]' -exec mandoc -T lint -W warning {} +
}

ANALYSED=build/analyse

analyse_gcc() {
	local said
	said=$(make --no-print-directory -s -j "$(nproc)" WERROR=1 \
	    BUILD="$ANALYSED" CC='gcc -fanalyzer' all 2>&1) || echo "$said"
}

analyse_cppcheck() {
	cppcheck --quiet --enable=warning,portability --inline-suppr \
	    --std=c11 -Ifcgi --suppress=missingIncludeSystem fcgi
}

lint_rules() {
	check 'layout is that of .clang-format' layout
	check 'every file starts with its licence' first_line
	check 'no source above 700 lines' long_files
	check 'no function above 60 lines' long_functions
	check 'includes are those of edges.txt' tests/lint/edges.sh
	check 'only exchange.c sees libfcgi' seen_elsewhere 'fcgiapp\.h' \
	    fcgi/responder/http/exchange.c
	check 'json-c is seen by those who parse and write it' seen_elsewhere \
	    'json-c/json' fcgi/responder/json/read.c \
	    fcgi/responder/json/write.c fcgi/responder/job/request.c \
	    fcgi/responder/api/run/request.c \
	    fcgi/responder/api/piston/request.c fcgi/engine/call.c \
	    fcgi/engine/create.c
	check 'sendmsg and recvmsg are in fdpass.c' seen_elsewhere \
	    '\b(sendmsg|recvmsg)\(' fcgi/common/fdpass.c
	check 'descriptors are born close-on-exec' close_on_exec
	check 'exit is called by main.c, log.c, gate/script.c only' exits
	check 'manuals, by mandoc' manuals
}

lint_scripts() {
	check 'shellcheck' shellcheck -x -P SCRIPTDIR "${SCRIPTS[@]}" .ci/run \
	    "${MAINTAINER_SCRIPTS[@]}"
}

lint_gcc() {
	check 'gcc -fanalyzer' analyse_gcc
	check 'no file is in a circle' tests/lint/circles.sh "$ANALYSED"
}

lint_cppcheck() {
	check 'cppcheck' analyse_cppcheck
}

GROUPS_OF_CHECKS=(rules scripts gcc cppcheck)
if [ "${1:-}" = --list ]; then
	printf '%s\n' "${GROUPS_OF_CHECKS[@]}"
	exit
fi
[ $# -gt 0 ] || set -- "${GROUPS_OF_CHECKS[@]}"
for group; do
	[[ " ${GROUPS_OF_CHECKS[*]} " == *" $group "* ]] || {
		echo "lint/run.sh: there is no group \"$group\"." >&2
		exit 2
	}
	"lint_$group"
done
printf 'lint: %d passed, %d failed\n' "$PASSED" "$FAILED"
[ "$FAILED" = 0 ]
