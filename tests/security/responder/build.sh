#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Builds a sce-responder for the tests: the stock one's objects, linked with
# the functions of NAME.c in front of some of its own.
#
#   build.sh probe|peer|picker FOLDER      makes FOLDER/sce-responder-NAME
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

# Never with a sanitizer, whatever the rest is built with: its filter would be
# another one. And never with the flags of a make that we run under.
env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u SANITIZE -u BUILD \
    make --no-print-directory -s -C "$ROOT" CC="$CC" \
    BUILD="$FOLDER/objects" "$FOLDER/objects/sce-responder"
"$CC" -std=c11 -D_GNU_SOURCE -I"$ROOT/fcgi" -O2 -g -Wall -Wextra \
    -fstack-protector-strong -fPIE -DSCE_VERSION='"test"' \
    -c -o "$FOLDER/objects/$NAME.o" "$HERE/$NAME.c"
"$CC" -pie -Wl,-z,relro,-z,now,-z,noexecstack \
    "${WRAPPED[@]/#/-Wl,--wrap=}" -o "$FOLDER/sce-responder-$NAME" \
    "$FOLDER/objects/$NAME.o" \
    "$FOLDER"/objects/fcgi/{common,responder}/*.o \
    -lfcgi -ljson-c -lseccomp -lcap -lmd -lresolv
