# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# The instance that is tested, and the proof that nothing stays of it. Every
# instance, also one that a test starts, lives in a folder WORK/NAME-PORT with
# its run directory in run/, so that all can be found and stopped.

# Of what runs in the background: a trap does not wait for it then.
NODE_PID=

# The programs that are tested; SANITIZE=1 in the environment makes them with
# ASan and UBSan.
SERVICE_BUILD=$ROOT/build/gcc
[ "${SANITIZE:-0}" != 1 ] || SERVICE_BUILD=$ROOT/build/sanitized

# What a sanitizer had to say, in the logs of sced and its responders.
sanitizer_findings() {
	grep -hE 'runtime error:|Sanitizer' "$WORK"/*-[0-9]*/run/logs/sced.log \
	    2>/dev/null || :
}

# service FOLDER COMMAND
service() {
	local config=
	[ ! -f "$1/sced.ini" ] || config=$1/sced.ini
	env RUN_DIR="$1/run" PORT="${1##*-}" LISTEN='' CONFIG="$config" \
	    BUILD="$SERVICE_BUILD" fcgi/service.sh "$2"
}

# start_service NAME [ISOLATION]
start_service() {
	local port uid_base responder_uid
	read -r port uid_base responder_uid < <(SCE_WORK=$WORK \
	    node tests/integration/lib/place.js) && [ -n "$port" ] || return 1
	MAIN=$WORK/$1-$port
	mkdir "$MAIN"
	# The tests are one client; client_limits.test.js has its own instance.
	printf '%s\n' '[clients]' 'rate = 0' 'connections = 0' '[service]' \
	    "responder_uid = $responder_uid" '[docker]' \
	    "uid_base = $uid_base" '[pool]' \
	    "isolation = ${2:-container}" >"$MAIN/sced.ini"
	check "the service comes up" service "$MAIN" up
}

# run_node FILE ARGUMENTS...
run_node() {
	local status=0
	node "$@" </dev/null &
	NODE_PID=$!
	wait "$NODE_PID" || status=$?
	NODE_PID=
	return "$status"
}

# Containers of any instance of ours, and those that a test made itself, one id
# a line.
containers_left() {
	local folder
	"$DOCKER_CLI" ps --all --quiet --filter "label=sce.test=$WORK" || return
	for folder in "$WORK"/*-[0-9]*; do
		"$DOCKER_CLI" ps --all --quiet \
		    --filter "label=sce.instance=$folder/run" || return
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

# nothing_of COMMAND: shows what it finds. One that can not look has found.
nothing_of() {
	local left
	left=$("$1") || return
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
	if [ -e /var/run/docker.sock ] ||
	    compgen -G "$WORK/*-[0-9]*/run" >/dev/null; then
		check "no container is left" nothing_of containers_left
	fi
	containers_left 2>/dev/null |
		xargs --no-run-if-empty "$DOCKER_CLI" rm --force >/dev/null 2>&1
	for folder in "$WORK"/*-[0-9]*; do
		[ ! -d "$folder/run" ] || service "$folder" down >/dev/null 2>&1
	done
	check "no process is left" nothing_of processes_left
	check "no network namespace is left" nothing_of namespaces_left
}

# runsc.test.js keeps there what it changes for a while.
restore_daemon_config() {
	[ -f "$WORK/daemon.json" ] || return 0
	if [ -s "$WORK/daemon.json" ]; then
		cp "$WORK/daemon.json" /etc/docker/daemon.json
	else
		rm -f /etc/docker/daemon.json
	fi
}

# Whatever has happened before.
clean_up() {
	[ -n "$WORK" ] && [ -d "$WORK" ] || return 0
	if [ -n "$NODE_PID" ]; then
		kill "$NODE_PID" 2>/dev/null
		wait "$NODE_PID"
	fi
	[ -z "$(processes_left)" ] || stop_all
	processes_left | xargs --no-run-if-empty kill -s KILL 2>/dev/null
	awk -v dir="$WORK/" 'index($5, dir) == 1 { print $5 }' \
	    /proc/self/mountinfo | tac |
		xargs --no-run-if-empty --max-args=1 umount --lazy
	restore_daemon_config
	namespaces_left | xargs --no-run-if-empty --max-args=1 ip netns delete
	if [ "${KEEP_LOGS:-0}" = 1 ] && [ "$FAILED" -gt 0 ]; then
		echo "The logs are in $WORK"
		return 0
	fi
	rm -rf "$WORK"
	[ ! -e "$WORK" ] || fail "nothing is left in $WORK"
}
