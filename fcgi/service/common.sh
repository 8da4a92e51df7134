# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Messages, waiting, processes by pid file, values of INI files.

# set -e, which every user of this has, in $(...) too: what is put into a file
# by way of one is never half of it.
shopt -s inherit_errexit

# The kind of image besides Python's that build.sh makes, by its name.
# shellcheck disable=SC2034 # for whoever makes images
SCI_IMAGE=safe-code-executor/python-sci:3.11

say() {
	printf '%s\n' "$*"
}

die() {
	printf '%s: %s\n' "$(basename "$0")" "$*" >&2
	exit 1
}

# die_with_log LOG SENTENCE: with the log's end, which has the reason.
die_with_log() {
	printf '%s: %s\n' "$(basename "$0")" "$2" >&2
	if [ -s "$1" ]; then
		printf -- '--- the last lines of %s ---\n' "$1" >&2
		tail -n 20 "$1" >&2
	fi
	exit 1
}

require_root() {
	[ "$(id -u)" = 0 ] ||
		die "this needs root, for Docker and for the sandboxes' users:" \
		    "run 'sudo make $1'."
}

# These go into nginx.conf, into socket paths and into Docker's labels.
check_settings() {
	[[ $RUN_DIR =~ ^(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$ ]] ||
		die "RUN_DIR=$RUN_DIR must be an absolute path of letters," \
		    "digits and ._- ."
	[[ $LOGS =~ ^(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$ ]] ||
		die "log_dir = $LOGS in $CONFIG must be an absolute path of" \
		    "letters, digits and ._- ."
	[[ $PORT =~ ^[1-9][0-9]{0,4}$ && $PORT -le 65535 ]] ||
		die "PORT=$PORT must be a number from 1 to 65535."
	[ -z "$LISTEN" ] || is_address "$LISTEN" ||
		die "LISTEN=$LISTEN must be an IPv4 or IPv6 address of this" \
		    "host, such as 192.0.2.7 or 2001:db8::7, without a port."
	[ -z "$CONFIG" ] || [ -r "$CONFIG" ] ||
		die "CONFIG=$CONFIG can not be read."
}

# Characters and shape only; whether it is one of this host's, nginx says.
is_address() {
	local octet='(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])'
	[[ $1 =~ ^$octet(\.$octet){3}$ ]] ||
		[[ $1 == *:*:* && $1 =~ ^[0-9A-Fa-f:]{2,39}$ ]]
}

# log_dir COMMAND: what the service has that runs; for up, what it will have.
log_dir() {
	local file=$RUN_DIR/settings dir=
	[ "$1" != up ] || file=$CONFIG
	[ ! -r "$file" ] || dir=$(ini_value "$file" service log_dir)
	printf '%s\n' "${dir:-$RUN_DIR/logs}"
}

url() {
	printf 'http://127.0.0.1:%s/' "$PORT"
}

# wait_for SECONDS COMMAND...: until COMMAND succeeds; 1 if it does not.
wait_for() {
	local deadline=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.1
	done
}

# pid_in FILE PROGRAM WORD: the pid in FILE, if that process runs PROGRAM (a
# path, or its last part) with WORD on its command line. A pid file alone
# proves nothing: the number may be somebody else's by now.
pid_in() {
	local pid exe words
	[ -r "$1" ] || return 1
	pid=$(cat "$1") # dockerd ends it without a newline
	[[ $pid =~ ^[1-9][0-9]*$ ]] || return 1
	words=$(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline") || return 1
	exe=$(readlink "/proc/$pid/exe") || exe=$(exe_by_words "$words")
	# So says the kernel once make up has put a new program in its place.
	exe=${exe% (deleted)}
	[ "$exe" = "$2" ] || [ "${exe##*/}" = "$2" ] || return 1
	[[ $words == *"$3"* ]] || return 1
	printf '%s\n' "$pid"
}

# A user who is not root may not read the link, but the first word.
exe_by_words() {
	local words=${1#nginx: master process }
	printf '%s\n' "${words%% *}"
}

# stop_process GETTER SIGNAL SECONDS...: until GETTER prints no pid any more;
# at the end, SIGKILL.
stop_process() {
	local getter=$1 pid
	shift
	while [ $# -gt 0 ]; do
		pid=$("$getter") || return 0
		kill -s "$1" "$pid" 2>/dev/null || :
		! wait_for "$2" is_gone "$getter" "$pid" || return 0
		shift 2
	done
	say "Process $pid does not end: killing it."
	kill -s KILL "$pid" 2>/dev/null || :
	wait_for 5 is_gone "$getter" "$pid"
}

is_gone() {
	[ "$("$1" 2>/dev/null || :)" != "$2" ]
}

# Docker's own client: the distribution's, else what is on the PATH.
find_docker() {
	if [ -x /usr/bin/docker ]; then
		echo /usr/bin/docker
	else
		type -P docker
	fi
}

# ini_value FILE SECTION KEY: as it is written, or nothing.
ini_value() {
	ini_values "$1" "[$2]" "$3"
}

# ini_values FILE HEADER KEY: the same of each section whose line begins so. A
# list's further lines, which are indented, are joined by commas. [language NAME]
# counts as [runtime NAME], which it is another spelling of.
ini_values() {
	awk -v section="$2" -v key="$3" '
		function trim(text) {
			sub(/[ \t]+;.*/, "", text)
			gsub(/^[ \t]+|[ \t\r]+$/, "", text)
			return text
		}
		function tell() {
			if (found)
				print value
			found = 0
		}
		/^[ \t]*([#;]|\r?$)/ { next }
		/^[ \t]/ {
			value = value (value == "" ? "" : ",") trim($0)
			next
		}
		{ tell() }
		/^\[/ {
			sub(/^\[language /, "[runtime ")
			inside = index($0, section) == 1
		}
		inside && match($0, "^" key "[ \t]*[=:]") {
			value = trim(substr($0, RLENGTH + 1))
			found = 1
		}
		END { tell() }' "$1"
}
