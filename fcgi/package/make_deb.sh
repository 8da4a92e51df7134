#!/bin/bash
# SPDX-License-Identifier: MIT
#
# make deb: the package, in the folder that is named. Debian's tools want
# debian/ at the top of the source, so they get a copy that has it there.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
OUT=$1
VERSION=$(cat "$ROOT/fcgi/VERSION")
SOURCE=$OUT/safe-code-executor-$VERSION

die() {
	printf 'make deb: %s\n' "$*" >&2
	exit 1
}

[ "$(dpkg-parsechangelog -S Version \
    -l "$ROOT/fcgi/package/debian/changelog")" = "$VERSION" ] ||
	die "fcgi/VERSION and fcgi/package/debian/changelog differ."
command -v dh >/dev/null ||
	die "debhelper is missing: apt-get install debhelper dpkg-dev fakeroot"

rm -rf "$OUT"
mkdir -p "$SOURCE"
tar -c -C "$ROOT" --exclude=node_modules --exclude=__pycache__ \
    Makefile README.md LICENSE fcgi html nginx tests | tar -x -C "$SOURCE"
mv "$SOURCE/fcgi/package/debian" "$SOURCE/debian"
# The package's make must not get this make's variables, such as BUILD.
(cd "$SOURCE" && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL \
    dpkg-buildpackage -us -uc -b)
rm -rf "$SOURCE"
echo "$OUT/$(cd "$OUT" && echo safe-code-executor_*.deb)"
