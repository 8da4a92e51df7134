# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# The instance that is tested, and the proof that nothing stays of it. Every
# instance, also one that a test starts, lives in a folder WORK/NAME-PORT with
# its run directory in run/, so that all can be found and stopped.

# All suites together; they take about half an hour on two cores.
SUITE_SECONDS=3000
NODE_PID=

# The programs that are tested; SANITIZE=1 in the environment makes them with
# ASan and UBSan.
SERVICE_BUILD=$ROOT/build/gcc
[ "${SANITIZE:-0}" != 1 ] || SERVICE_BUILD=$ROOT/build/sanitized

# What a sanitizer had to say, in the logs of sced and its responders.
sanitizer_findings() {
	grep -hE 'runtime error:|Sanitizer' "$WORK"/*-[0-9]*/run/logs/sced.log \
	    2>/dev/null
}

free_port() {
	node -e 'const s = require("net").createServer();
		s.listen(0, "127.0.0.1", () => {
			console.log(s.address().port);
			s.close();
		});'
}

# service FOLDER COMMAND
service() {
	local config=
	[ ! -f "$1/sced.ini" ] || config=$1/sced.ini
	env RUN_DIR="$1/run" PORT="${1##*-}" LISTEN='' CONFIG="$config" \
	    BUILD="$SERVICE_BUILD" fcgi/service.sh "$2"
}

start_service() {
	local port
	port=$(free_port) || return 1
	MAIN=$WORK/main-$port
	mkdir "$MAIN"
	# The tests are one client; client_limits.test.js has its own instance.
	printf '[clients]\nrate = 0\nconnections = 0\n' >"$MAIN/sced.ini"
	check "the service comes up" service "$MAIN" up || return 1
	export SCE_WORK=$WORK SCE_RUN_DIR=$MAIN/run BUILD=$SERVICE_BUILD
	export SCE_URL=http://127.0.0.1:$port
}

# One file at a time: they share two cores and one instance.
check_node() {
	local files log=$WORK/node.log tap=$WORK/node.tap status=0 bad
	if [ -n "${NODE_TESTS:-}" ]; then
		# shellcheck disable=SC2206 # patterns
		files=($NODE_TESTS)
	else
		shopt -s nullglob
		files=(tests/{integration,fidelity,packaging,postman,browser,security}/*.test.js)
		shopt -u nullglob
	fi
	: >"$log"
	: >"$tap"
	# In the background: a trap does not wait for it then.
	timeout --foreground --kill-after=10 "$SUITE_SECONDS" \
	    node --test --test-concurrency=1 \
	    --test-reporter=spec --test-reporter-destination="$log" \
	    --test-reporter=tap --test-reporter-destination="$tap" \
	    "${files[@]}" </dev/null &
	NODE_PID=$!
	wait "$NODE_PID" || status=$?
	NODE_PID=
	# What was not run to its end has not passed.
	bad=$(sum_of '^# (fail|cancelled|skipped|todo) ([0-9]+)$' "$tap" 2)
	add_counts "tests of the service" \
	    "$(sum_of '^# pass ([0-9]+)$' "$tap")" "$bad" "$status" "$log"
}

# Mixed traffic for a while, on an instance of its own; see tests/soak/soak.js.
check_soak() {
	local log=$WORK/soak.log status=0
	node tests/soak/soak.js >"$log" 2>&1 </dev/null &
	NODE_PID=$!
	wait "$NODE_PID" || status=$?
	NODE_PID=
	add_counting "soak, $SOAK_SECONDS s" soak "$status" "$log"
	grep ' leaked; ' "$log" | sed 's/^/    /'
}

# The benchmark itself, on an instance of its own: errors, and ratios that hold
# by far; never how fast it is.
check_bench() {
	if check "bench tools build" as_owner make --no-print-directory \
	    WERROR=1 BUILD="$SERVICE_BUILD" bench-tools; then
		check "bench, quick" env BENCH_QUICK=1 node tests/bench/bench.js
	fi
}

# Containers of any instance of ours, one id a line.
containers_left() {
	local folder
	for folder in "$WORK"/*-[0-9]*; do
		"$DOCKER_CLI" ps --all --quiet \
		    --filter "label=sce.instance=$folder/run" 2>/dev/null
	done
}

# Processes whose program or command line is in WORK.
processes_left() {
	local dir pid
	for dir in /proc/[0-9]*; do
		pid=${dir#/proc/}
		[ "$pid" != "$$" ] || continue
		case "$(readlink "$dir/exe" 2>/dev/null) $(tr '\0' ' ' \
		    2>/dev/null <"$dir/cmdline")" in
		*"$WORK/"*) echo "$pid" ;;
		esac
	done
}

# Network namespaces that a test made: their names begin with WORK's.
namespaces_left() {
	ip netns list 2>/dev/null | awk -v tag="${WORK##*/}-" \
	    'index($1, tag) == 1 { print $1 }'
}

# nothing_of COMMAND: shows what it finds.
nothing_of() {
	local left
	left=$("$1")
	[ -z "$left" ] || { echo "$left"; return 1; }
}

stop_but_docker() {
	KEEP_DOCKER=1 service "$1" down
}

# Docker goes last, should it be ours: it has to say what is left.
stop_all() {
	local folder
	DOCKER_CLI=$(type -P /usr/bin/docker docker | head -n 1)
	for folder in "$WORK"/*-[0-9]*; do
		[ -d "$folder/run" ] || continue
		check "${folder##*/} is stopped" stop_but_docker "$folder"
	done
	check "no container is left" nothing_of containers_left
	for folder in "$WORK"/*-[0-9]*; do
		[ ! -d "$folder/run" ] || service "$folder" down >/dev/null 2>&1
	done
	check "no process is left" nothing_of processes_left
	check "no network namespace is left" nothing_of namespaces_left
}

# Whatever has happened before.
clean_up() {
	[ -n "$WORK" ] && [ -d "$WORK" ] || return 0
	if [ -n "$NODE_PID" ]; then
		kill "$NODE_PID" 2>/dev/null
		wait "$NODE_PID"
	fi
	[ -z "$(nothing_of processes_left)" ] || stop_all
	namespaces_left | xargs --no-run-if-empty --max-args=1 ip netns delete
	if [ "${KEEP_LOGS:-0}" = 1 ] && [ "$FAILED" -gt 0 ]; then
		echo "The logs are in $WORK"
		return 0
	fi
	rm -rf "$WORK"
	[ ! -e "$WORK" ] || fail "nothing is left in $WORK"
}
