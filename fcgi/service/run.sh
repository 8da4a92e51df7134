# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Starts, checks and stops the processes of one run directory.

SCED=$RUN_DIR/bin/sced
SCED_PID_FILE=$RUN_DIR/sced.pid
SCED_LOG=$LOGS/sced.log
NGINX_PID_FILE=$RUN_DIR/nginx/nginx.pid
NGINX_LOG=$LOGS/nginx-error.log
HELLO='{"code": "print('\''Hello'\'')"}'

sced_pid() {
	pid_in "$SCED_PID_FILE" "$SCED" "$SCED_CONF"
}

nginx_pid() {
	pid_in "$NGINX_PID_FILE" nginx "$NGINX_CONF"
}

running_port() {
	sed -n 's/^[ \t]*listen 127\.0\.0\.1:\([0-9]*\);$/\1/p' "$NGINX_CONF"
}

# LISTEN's address and port, or nothing.
running_listen() {
	sed -n 's/^[ \t]*listen \(.*\);$/\1/p' "$NGINX_CONF" |
		grep -vE '^(127\.0\.0\.1|\[::1\]):' || :
}

service_is_current() {
	sced_pid >/dev/null && nginx_pid >/dev/null &&
		[ "$(fingerprint)" = "$(cat "$RUN_DIR/started" 2>/dev/null)" ]
}

can_connect() {
	(exec 3<>"/dev/tcp/$1/$PORT") 2>/dev/null
}

# Before any work is done; our own nginx on it is no obstacle.
check_port() {
	if nginx_pid >/dev/null && [ "$(running_port)" = "$PORT" ]; then
		return
	fi
	if can_connect 127.0.0.1 || can_connect ::1 ||
	    { [ -n "$LISTEN" ] && can_connect "$LISTEN"; }; then
		die "port $PORT is taken by another program: stop that, or" \
		    "choose another one, as in 'make up PORT=8080'."
	fi
}

# --- start ----------------------------------------------------------------------

sced_listens_or_ended() {
	[ -S "$RUN_DIR/fastcgi.sock" ] || ! sced_pid >/dev/null
}

# A socket left behind must not look like a sced that is up. sced's own lock
# tells whether one runs that we do not know of.
remove_stale_socket() {
	flock --nonblock "$RUN_DIR/lock" rm -f "$RUN_DIR/fastcgi.sock" ||
		die "a sced that is not in $SCED_PID_FILE uses $RUN_DIR:" \
		    "find it with 'fuser $RUN_DIR/lock' and end it first."
}

# Nothing of the caller's environment: that may have proxies and secrets.
start_sced() {
	rm -f "$RUN_DIR/started"
	remove_stale_socket
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
	    setsid "$SCED" -c "$SCED_CONF" </dev/null >>"$SCED_LOG" 2>&1 9>&- &
	echo $! >"$SCED_PID_FILE"
	# Until then the process is still env or setsid.
	wait_for 5 sced_pid >/dev/null ||
		die_with_log "$SCED_LOG" "sced ended at once."
	if ! wait_for 60 sced_listens_or_ended || ! sced_pid >/dev/null; then
		die_with_log "$SCED_LOG" "sced does not come up."
	fi
}

start_nginx() {
	nginx -p "$RUN_DIR/nginx/" -c "$NGINX_CONF" -e "$NGINX_LOG" 9>&- ||
		die_with_log "$NGINX_LOG" "nginx does not start."
	wait_for 5 nginx_pid >/dev/null ||
		die_with_log "$NGINX_LOG" "nginx ended at once."
}

say_hello() {
	ANSWER=$(curl --silent --show-error --max-time 15 --noproxy '*' \
	    --header 'Content-Type: application/json' --data "$HELLO" \
	    "$(url)run" 2>&1) || return 1
	[ "$(tr -d ' \n' <<<"$ANSWER")" = '{"output":"Hello"}' ]
}

# The whole way, from a client to a sandbox and back.
wait_for_hello() {
	ANSWER=
	wait_for 60 say_hello ||
		die_with_log "$SCED_LOG" \
		    "the service does not run a program: it answered \"$ANSWER\"."
}

print_address() {
	local other
	other=$(running_listen)
	say "Safe Code Executor is at $(url)"
	[ -z "$other" ] || say "and, without TLS or any password, at $other"
	say "Try: curl -H 'Content-Type: application/json'" \
	    "-d '{\"code\": \"print(10 + 20)\"}' $(url)run"
}

# --- stop -----------------------------------------------------------------------

# nginx first: it lets the runs end that it has passed on.
stop_service() {
	stop_process nginx_pid QUIT 35 TERM 5
	stop_process sced_pid TERM 30
	rm -f "$SCED_PID_FILE" "$RUN_DIR/started"
}

# Directories and containers that a sced which was killed could not remove.
remove_leftovers() {
	local left
	local dir
	for dir in "$RUN_DIR/slots" "$RUN_DIR/nets"; do
		[ ! -d "$dir" ] || find "$dir" -mindepth 1 -delete
	done
	docker_answers || return 0
	left=$(docker ps --all --quiet \
	    --filter "label=sce.instance=$RUN_DIR") || return 0
	# shellcheck disable=SC2086 # a list of words
	[ -z "$left" ] || docker rm --force $left >/dev/null 2>&1 || :
}
