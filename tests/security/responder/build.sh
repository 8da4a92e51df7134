#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Builds a sce-responder for the tests: the stock one's objects, linked with
# the functions of NAME.c in front of some of its own.
#
#   build.sh probe|peer|picker FOLDER      makes FOLDER/sce-responder-NAME
#
# Environment: SCE_WORK, where the objects are kept for the next one (FOLDER).
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../../.." && pwd)
NAME=$1
FOLDER=$2
CC=${CC:-cc}

case $NAME in
probe) WRAPPED=(confine_responder worker_loop) ;;
peer) WRAPPED=(confine_responder worker_loop link_acquire) ;;
picker) WRAPPED=(link_acquire) ;;
*)
	echo "usage: build.sh probe|peer|picker FOLDER" >&2
	exit 2
	;;
esac

# Those who run beside us make the same ones: whoever is first, for all.
OBJECTS=${SCE_WORK:-$FOLDER}/responder.objects.${CC##*/}
mkdir -p "$OBJECTS"

# Never with a sanitizer, whatever the rest is built with: its filter would be
# another one. And never with the flags of a make that we run under.
(
	flock 9
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u SANITIZE -u BUILD \
	    make --no-print-directory -s -j "$(nproc)" -C "$ROOT" CC="$CC" \
	    BUILD="$OBJECTS" "$OBJECTS/sce-responder"
) 9>"$OBJECTS/lock"
"$CC" -std=c11 -D_GNU_SOURCE -I"$ROOT/fcgi" -O2 -g -Wall -Wextra \
    -fstack-protector-strong -fPIE -DSCE_VERSION='"test"' \
    -c -o "$FOLDER/$NAME.o" "$HERE/$NAME.c"
mapfile -t STOCK < <(find "$OBJECTS"/fcgi/{common,responder} -name '*.o')
"$CC" -pie -Wl,-z,relro,-z,now,-z,noexecstack \
    "${WRAPPED[@]/#/-Wl,--wrap=}" -o "$FOLDER/sce-responder-$NAME" \
    "$FOLDER/$NAME.o" "${STOCK[@]}" \
    -lfcgi -ljson-c -lseccomp -lcap -lmd -lresolv
