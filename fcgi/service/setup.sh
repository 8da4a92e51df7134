# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Prepares the machine: packages, a Docker that answers, our programs, the
# sandboxes' image.

BUILD_PACKAGES="gcc make pkg-config libc6-dev libfcgi-dev libjson-c-dev
	libinih-dev libseccomp-dev libcap-dev libmd-dev
	musl-tools linux-libc-dev"
RUN_PACKAGES="nginx mmdebstrap debian-archive-keyring curl ca-certificates
	libjs-codemirror"
DOCKER_PACKAGES="docker.io iptables"
DEFAULT_IMAGE=safe-code-executor/python:3.11
POLICY=/usr/sbin/policy-rc.d
DOCKERD_PID_FILE=$RUN_DIR/docker/dockerd.pid
DOCKERD_LOG=$RUN_DIR/docker/dockerd.log

# user_setting SECTION KEY: of the user's own file, as there may be no sced yet.
user_setting() {
	[ -z "$CONFIG" ] || ini_value "$CONFIG" "$1" "$2"
}

# Docker's own client, for images; sced's is another one unless it is told.
docker_client() {
	local client
	client=$(user_setting docker docker_cli)
	[ "${client##*/}" != sce-docker ] || client=
	client=${client:-${DOCKER:-}}
	if [ -n "$client" ]; then
		type -P "$client"
	else
		find_docker
	fi
}

docker_host() {
	local host
	host=$(user_setting docker docker_host)
	printf '%s' "${host:-${DOCKER_HOST:-}}"
}

# The client that sced will use: the one that it is told, else sce-docker, which
# knows sockets only.
sced_docker_client() {
	local client host
	client=$(user_setting docker docker_cli)
	host=$(docker_host)
	client=${client:-${DOCKER:-}}
	case $client:$host in
	: | :unix://*) ;;
	*/sce-docker:*) printf '%s' "$client" ;;
	*) docker_client ;;
	esac
}

# docker ARGUMENTS...: Docker's client, and the daemon that sced will use.
docker() {
	local client host
	client=$(docker_client) || return 127
	host=$(docker_host)
	${PATIENCE:+timeout "$PATIENCE"} "$client" ${host:+--host "$host"} "$@"
}

docker_answers() {
	# One that hangs is none, and would be waited for without end.
	local PATIENCE=10
	docker version --format '{{.Server.Version}}' >/dev/null 2>&1
}

# --- packages -----------------------------------------------------------------

# Those of its arguments that are, one a line.
installed() {
	dpkg-query --show \
	    --showformat '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
		sed -n 's/ installed$//p'
}

is_installed() {
	[ -n "$(installed "$1")" ]
}

wanted_packages() {
	# shellcheck disable=SC2086 # lists of words
	printf '%s\n' $BUILD_PACKAGES $RUN_PACKAGES
	if ! command -v dockerd >/dev/null && ! docker_answers; then
		# shellcheck disable=SC2086
		printf '%s\n' $DOCKER_PACKAGES
		# Where the kernel has AppArmor dockerd wants its parser.
		[ ! -e /sys/module/apparmor ] || echo apparmor
	fi
}

missing_packages() {
	local wanted
	wanted=$(wanted_packages)
	# shellcheck disable=SC2086 # a list of words
	{ installed $wanted || :; } |
		{ grep -vxF -f - <(printf '%s\n' "$wanted") || :; }
}

# No daemon that a package brings may start by itself: Debian's own nginx would
# take port 80. An administrator's policy is left alone.
forbid_daemons() {
	[ ! -e "$POLICY" ] || return 0
	printf '#!/bin/sh\n# safe-code-executor, while it installs\nexit 101\n' \
	    >"$POLICY"
	chmod 0755 "$POLICY"
	trap allow_daemons EXIT
}

allow_daemons() {
	! grep -qs '^# safe-code-executor, while it installs$' "$POLICY" ||
		rm -f "$POLICY"
}

disable_nginx() {
	if command -v systemctl >/dev/null; then
		systemctl --quiet disable nginx.service 2>/dev/null || :
	fi
	if [ -e /etc/init.d/nginx ] && command -v update-rc.d >/dev/null; then
		update-rc.d nginx disable >/dev/null 2>&1 || :
	fi
}

install_packages() {
	local missing had_nginx=yes
	if ! command -v dpkg-query >/dev/null; then
		die "this is no Debian; install what $ROOT/fcgi/service/setup.sh" \
		    "lists, and start the programs as service/run.sh does."
	fi
	missing=$(missing_packages)
	[ -n "$missing" ] || return 0
	say "Installing ${missing//$'\n'/ }"
	is_installed nginx || had_nginx=no
	export DEBIAN_FRONTEND=noninteractive
	apt-get -qq update || say "apt-get update failed: trying with old lists."
	forbid_daemons
	# shellcheck disable=SC2086 # a list of words
	apt-get -qq -y install --no-install-recommends $missing >/dev/null ||
		die "the packages could not be installed: see apt's message above."
	allow_daemons
	[ "$had_nginx" = yes ] || disable_nginx
}

# --- Docker -------------------------------------------------------------------

dockerd_pid() {
	pid_in "$DOCKERD_PID_FILE" dockerd "$DOCKERD_PID_FILE"
}

docker_has_ended() {
	docker_answers || ! kill -0 "$1" 2>/dev/null
}

# launch_dockerd OPTIONS...: with a log and a pid file of ours, by which down
# knows whether it was us. 0 if it answers. A dockerd that was killed leaves its
# file, and the next one refuses to start if anybody has that pid by now.
launch_dockerd() {
	mkdir -p "$RUN_DIR/docker"
	dockerd_pid >/dev/null || rm -f "$DOCKERD_PID_FILE"
	setsid dockerd --pidfile "$DOCKERD_PID_FILE" "$@" \
	    </dev/null >>"$DOCKERD_LOG" 2>&1 9>&- &
	wait_for 60 docker_has_ended $! && docker_answers
}

# Sandboxes have no network, so Docker can do without its own, should the
# machine not let it make one. Not if the first one is alive, merely slow.
relaunch_dockerd() {
	! dockerd_pid >/dev/null || return 1
	launch_dockerd --bridge=none --iptables=false --ip6tables=false
}

# Somebody has Docker's socket: a second dockerd would take it away, and leave
# the first one's containers without a dockerd.
docker_listens() {
	awk '$4 == "00010000" && $8 ~ /^(\/var)?\/run\/docker\.sock$/ { n++ }
	    END { exit n > 0 ? 0 : 1 }' /proc/net/unix
}

start_docker() {
	! docker_answers || return 0
	[ -z "$(docker_host)" ] ||
		die "no Docker answers at $(docker_host): start it, or choose" \
		    "another docker_host."
	command -v dockerd >/dev/null ||
		die "no Docker answers, and there is no dockerd to start."
	say "Starting Docker."
	if [ -d /run/systemd/system ]; then
		systemctl start docker.service || :
		wait_for 60 docker_answers ||
			die "Docker does not start: see 'journalctl -u docker'."
		return 0
	fi
	if docker_listens; then
		wait_for 20 docker_answers ||
			die "Docker is there but does not answer: end it, or" \
			    "see what keeps it."
		return 0
	fi
	launch_dockerd || relaunch_dockerd ||
		die_with_log "$DOCKERD_LOG" "Docker does not start."
}

stop_docker() {
	dockerd_pid >/dev/null && [ "${KEEP_DOCKER:-0}" != 1 ] || return 0
	say "Stopping the Docker that was started for this."
	stop_process dockerd_pid TERM 30
}

# --- programs and image ---------------------------------------------------------

# A clone's files stay its owner's, or their own make would fail next time.
build_programs() {
	local owner as=()
	owner=$(stat -c %U "$ROOT")
	if [ -d "$BUILD" ]; then
		owner=$(stat -c %U "$BUILD")
	fi
	if [ "$owner" != root ] && id "$owner" >/dev/null 2>&1; then
		as=(runuser -u "$owner" --)
	fi
	"${as[@]}" make --no-print-directory -C "$ROOT" all BUILD="$BUILD" ||
		die "the programs could not be built: see the message above."
}

# The image of a language whose section names none.
common_image() {
	local image
	image=$(user_setting docker image)
	printf '%s' "${IMAGE:-${image:-$DEFAULT_IMAGE}}"
}

# Python's, without which there is no service.
image_name() {
	local image
	image=$(user_setting 'runtime python' image)
	printf '%s' "${IMAGE:-${image:-$(common_image)}}"
}

# Is it the image of a language besides Python?
is_named_image() {
	[ -n "$CONFIG" ] || return 1
	# To its end, not -q: who writes into a closed pipe fails.
	ini_values "$CONFIG" '[runtime ' image | grep -xF -- "$1" >/dev/null
}

# The base of the image is remembered, so that a later up makes the same.
remember_base() {
	printf '%s\n' "$1" >"$RUN_DIR/image-base"
}

image_base() {
	cat "$RUN_DIR/image-base" 2>/dev/null || :
}

# An image that somebody else made under that name is used, never replaced.
is_foreign_image() {
	local made_by_us
	made_by_us=$(docker image inspect --format \
	    '{{index .Config.Labels "org.safe-code-executor.inputs"}}' \
	    "$1" 2>/dev/null) || return 1
	[ -z "$made_by_us" ] || [ "$made_by_us" = "<no value>" ]
}

# make_image NAME ARGUMENTS...: by build.sh, in the Docker that sced will use.
make_image() {
	local image=$1 client host
	shift
	client=$(docker_client)
	host=$(docker_host)
	env DOCKER="$client" ${host:+DOCKER_HOST="$host"} \
	    "$ROOT/fcgi/image/build.sh" --tag "$image" "$@" ||
		die "the image $image could not be made: see the message above."
}

build_image() {
	local image base
	image=$(image_name)
	[ -z "${BASE:-}" ] || remember_base "$BASE"
	base=$(image_base)
	if [ "$image" = "$SCI_IMAGE" ]; then
		build_sci_image
	elif is_foreign_image "$image"; then
		say "$image is used as it is."
	elif [ -n "$base" ]; then
		make_image "$image" --base "$base"
	else
		make_image "$image"
	fi
	[ "$image" = "$SCI_IMAGE" ] || ! is_named_image "$SCI_IMAGE" ||
		build_sci_image
}

# Always from Debian's packages: no other image is known to have the modules.
build_sci_image() {
	if is_foreign_image "$SCI_IMAGE"; then
		say "$SCI_IMAGE is used as it is."
		return
	fi
	make_image "$SCI_IMAGE" --kind python-sci
}
