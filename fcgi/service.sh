#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Runs the service on this machine.
#
#   fcgi/service.sh up            install what is missing, build, start, check
#   fcgi/service.sh down          stop, and leave no process and no container
#   fcgi/service.sh status        0: it runs; 3: it does not
#   fcgi/service.sh logs          the ends of all logs; FOLLOW=1: and go on
#   fcgi/service.sh packages      the first step of up alone
#   fcgi/service.sh build-image   the sandboxes' images alone, python-sci, too;
#                                 BASE=IMAGE
#
# Environment:
#   RUN_DIR      everything that is written (/var/lib/safe-code-executor)
#   PORT         of the page and of POST /run, on loopback (5000)
#   LISTEN       one more address of this host to be reached at, IPv4 or IPv6;
#                0.0.0.0 and :: are all of them
#   CONFIG       settings: a file like fcgi/supervisor/sced.conf; run_dir in it
#                is replaced by RUN_DIR
#   BUILD        where the programs are built (build)
#   IMAGE, BASE  the image's name; what to make it from instead of Debian
#                (python-sci, beside it, is Debian's always)
#   DOCKER       Docker's client, then also sced's instead of sce-docker;
#                DOCKER_HOST is heeded, too
#   KEEP_DOCKER  1: down leaves a dockerd running that up started
set -euo pipefail
umask 022

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
RUN_DIR=${RUN_DIR:-/var/lib/safe-code-executor}
PORT=${PORT:-5000}
LISTEN=${LISTEN:-}
CONFIG=${CONFIG:-}
BUILD=${BUILD:-build}
case $BUILD in
/*) ;;
*) BUILD=$ROOT/$BUILD ;;
esac
# The programs that up needs are not all on an ordinary user's PATH.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# shellcheck source=service/common.sh
. "$ROOT/fcgi/service/common.sh"
LOGS=$(log_dir "${1:-}")
# shellcheck source=service/setup.sh
. "$ROOT/fcgi/service/setup.sh"
# shellcheck source=service/stage.sh
. "$ROOT/fcgi/service/stage.sh"
# shellcheck source=service/run.sh
. "$ROOT/fcgi/service/run.sh"

# Two at a time would undo each other's work. The descriptor is closed for
# everything that stays, or the lock would stay with it.
lock_instance() {
	exec 9>"$RUN_DIR/service.lock"
	flock --nonblock 9 ||
		die "another 'make up' or 'make down' is at work on $RUN_DIR."
}

command_up() {
	require_root up
	check_settings
	check_port
	mkdir -p "$RUN_DIR"
	lock_instance
	install_packages
	start_docker
	build_programs
	build_image
	stage_all
	if service_is_current; then
		echo "Already running."
	else
		stop_service
		start_sced
		start_nginx
	fi
	wait_for_hello
	fingerprint >"$RUN_DIR/started"
	print_address
}

command_down() {
	require_root down
	check_settings
	if [ ! -d "$RUN_DIR" ]; then
		echo "Nothing to stop: there is no $RUN_DIR."
		return
	fi
	lock_instance
	stop_service
	remove_leftovers
	stop_docker
	echo "Stopped."
}

command_status() {
	local sced nginx
	sced=$(sced_pid) || sced=
	nginx=$(nginx_pid) || nginx=
	echo "sced   ${sced:-not running}"
	echo "nginx  ${nginx:-not running}"
	if [ -z "$sced" ] || [ -z "$nginx" ]; then
		return 3
	fi
	# The port it was started with, whatever PORT says now.
	PORT=$(running_port)
	echo "url    $(url)"
	running_listen | sed 's/^/also   /'
	echo "pool   $(curl --silent --show-error --max-time 15 "$(url)healthz")"
}

command_logs() {
	local files=()
	for file in "$LOGS"/*.log "$RUN_DIR"/docker/*.log; do
		[ ! -f "$file" ] || files+=("$file")
	done
	[ ${#files[@]} -gt 0 ] ||
		die "there are no logs in $LOGS that you may read."
	if [ "${FOLLOW:-0}" = 1 ]; then
		exec tail -n 100 -F "${files[@]}"
	fi
	tail -n 100 "${files[@]}"
}

command_packages() {
	require_root packages
	install_packages
}

command_build_image() {
	require_root image
	check_settings
	mkdir -p "$RUN_DIR"
	install_packages
	start_docker
	remember_base "${BASE:-}"
	build_image
	[ "$(image_name)" = "$SCI_IMAGE" ] || build_sci_image
}

case ${1:-} in
up) command_up ;;
down) command_down ;;
status) command_status ;;
logs) command_logs ;;
packages) command_packages ;;
build-image) command_build_image ;;
*) die "usage: service.sh up|down|status|logs|packages|build-image" ;;
esac
