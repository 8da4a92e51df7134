#!/bin/bash
# SPDX-License-Identifier: MIT
#
# sce-make-image: makes the image that sced.conf names, or one of another kind.
# See sce-make-image(8).
set -euo pipefail

CONFIG=@SYSCONFDIR@/safe-code-executor/sced.conf
IF_MISSING=no
BASE=()
KIND=

# shellcheck source=../service/common.sh
. "@SHAREDIR@/common.sh"

usage() {
	die "usage: sce-make-image [-c FILE] [--if-missing]" \
	    "[--kind KIND | --base IMAGE]"
}

while [ $# -gt 0 ]; do
	case $1 in
	-c) [ $# -ge 2 ] || usage; CONFIG=$2; shift ;;
	--base) [ $# -ge 2 ] || usage; BASE=(--base "$2"); shift ;;
	--kind) [ $# -ge 2 ] || usage; KIND=$2; shift ;;
	--if-missing) IF_MISSING=yes ;;
	*) usage ;;
	esac
	shift
done
[ -z "$KIND" ] || [ ${#BASE[@]} -eq 0 ] || usage
case $KIND in
'' | python | python-sci) ;;
*) die "there is no kind \"$KIND\": take python or python-sci." ;;
esac

SETTINGS=$(mktemp)
trap 'rm -f "$SETTINGS"' EXIT
@SBINDIR@/sced -c "$CONFIG" --check-config >"$SETTINGS"
IMAGE=$(ini_value "$SETTINGS" 'runtime python' image)
DOCKER=$(ini_value "$SETTINGS" docker docker_cli)
HOST=$(ini_value "$SETTINGS" docker docker_host)
# sced's own client makes no images.
[ "${DOCKER##*/}" != sce-docker ] || DOCKER=$(find_docker) ||
	die "there is no docker client: install docker.io."
# A kind has its own name, and the name says the kind.
if [ -n "$KIND" ]; then
	IMAGE=safe-code-executor/$KIND:3.11
elif [ "$IMAGE" = "$SCI_IMAGE" ]; then
	KIND=python-sci
fi
export DOCKER
[ -z "$HOST" ] || export DOCKER_HOST="$HOST"

"$DOCKER" version >/dev/null 2>&1 ||
	die "Docker does not answer: start it, or set docker_host in $CONFIG."
if [ "$IF_MISSING" = yes ] &&
	"$DOCKER" image inspect "$IMAGE" >/dev/null 2>&1; then
	say "$IMAGE is there."
	exit 0
fi
@LIBEXECDIR@/build-image --force --tag "$IMAGE" --kind "${KIND:-python}" \
	"${BASE[@]}"
