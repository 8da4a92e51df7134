#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Makes the image that sandboxes run in and loads it into Docker.
#
#   fcgi/image/build.sh [--kind KIND] [--tag TAG] [--base IMAGE] [--force]
#
# The kinds are python, and python-sci, which has numpy, pandas, matplotlib,
# sympy and pillow besides; --tag is safe-code-executor/KIND:3.11 unless given.
# Without --base the image is put together from Debian bookworm's packages,
# taken from the mirrors that this host's apt uses: an interpreter with its
# standard library, compiled, and just enough of a userland for a shell
# command. With --base an existing image is used as it is. An image made by
# this very script is kept; --force builds anew and takes in Debian's updates.
#
# The same packages always give the same image ID: fixed times, sorted names,
# and a configuration written here, because `docker import` and `docker build`
# put the time of day into theirs.
#
# Environment: DOCKER (the client), SOURCE_DATE_EPOCH (the time that every
# file carries; the day bookworm came out unless set), TMPDIR.
set -eu
umask 022
export LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin

parts=${0%/*} # where packages.sh is, and the kinds
kind=python
tag=
base=
force=no
suite=bookworm
epoch=${SOURCE_DATE_EPOCH:-1686355200}
label=org.safe-code-executor
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# Installed with what they depend on; install-info is there because something
# wants "dpkg | install-info", and goes in the end.
packages="python3.11-minimal libpython3.11-stdlib coreutils findutils sed
	base-files debianutils libc-bin media-types netbase install-info"
# Unpacked alone: what these depend on besides is needed by their maintainer
# scripts only, and would bring in dpkg, debconf and perl.
lone_packages="dash grep tzdata python3-distutils python3-lib2to3"

# What a kind of image has besides; the file of its name says otherwise.
compiled_folders=/usr/lib/python3.11
environment='"PATH=/usr/local/bin:/usr/bin:/bin","LANG=C.UTF-8"'
prepare_kind() { :; }
finish_kind() { :; }
check_kind() { :; }

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

find_docker() {
	if [ -n "${DOCKER:-}" ]; then
		command -v "$DOCKER" >/dev/null ||
			die "DOCKER=$DOCKER is not a program: set it to a Docker client."
	elif [ -x /usr/bin/docker ]; then
		DOCKER=/usr/bin/docker
	else
		DOCKER=$(command -v docker) ||
			die "no docker client found: install docker.io or set DOCKER."
	fi
	"$DOCKER" version --format '{{.Server.Version}}' >/dev/null 2>&1 ||
		die "Docker does not answer: start its daemon, or run this as root."
}

# What the result depends on, apart from the packages' versions.
inputs_hash() {
	{
		cat "$0" "$parts/packages.sh"
		[ "$kind" = python ] || cat "$parts/$kind.sh"
		printf '%s\n' "$epoch" "$1"
	} | sha256sum | cut -d ' ' -f 1
}

is_cached() {
	[ "$force" = no ] && [ "$("$DOCKER" image inspect --format \
	    "{{index .Config.Labels \"$label.inputs\"}}" "$tag" \
	    2>/dev/null)" = "$1" ] && echo "$tag is up to date"
}

# The image that the tag named before, unless something else still needs it.
remove_previous() {
	[ -n "$previous" ] && [ "$("$DOCKER" image inspect \
	    --format '{{len .RepoTags}}' "$previous")" = 0 ] || return 0
	"$DOCKER" rmi "$previous" >/dev/null 2>&1 ||
		echo "containers still use the image $tag was before: $previous"
}

# --- an image that exists ---------------------------------------------------

# A read-only root never gets its .pyc files, and without them `import asyncio`
# takes twice as long: compile them once, here. The guest is mounted into the
# container, so nothing else has to be in the image.
use_base() {
	"$DOCKER" image inspect "$base" >/dev/null 2>&1 ||
		"$DOCKER" pull "$base" ||
		die "image $base is neither here nor can it be pulled: check its name."
	hash=$(inputs_hash "$("$DOCKER" image inspect --format '{{.Id}}' "$base")")
	! is_cached "$hash" || return 0
	container=$("$DOCKER" create --network none --user 0:0 \
	    --entrypoint '' "$base" python3.11 -c '
import compileall, sysconfig
# Tests hold files that are meant not to compile, so the result says nothing.
compileall.compile_dir(sysconfig.get_path("stdlib"), quiet=2)
')
	"$DOCKER" start --attach "$container" ||
		die "image $base has no python3.11 that runs: choose another one."
	"$DOCKER" commit --change 'CMD ["python3.11"]' \
	    --change "LABEL $label.inputs=$hash" "$container" "$tag" >/dev/null
	"$DOCKER" rm "$container" >/dev/null
	container=
	echo "$tag made from $base"
}

# --- an image of our own ----------------------------------------------------

# Nothing ran the packages' maintainer scripts; this is what is wanted of them.
write_system_files() {
	for link in sh:dash python3:python3.11 python:python3.11 awk:mawk \
	    which:which.debianutils; do
		ln -sf "${link#*:}" "$root/usr/bin/${link%:*}"
	done
	cat >"$root/etc/passwd" <<-END
		root:x:0:0:root:/root:/bin/sh
		nobody:x:65534:65534:nobody:/nonexistent:/bin/false
	END
	printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
	printf '%s: files\n' passwd group services protocols \
	    >"$root/etc/nsswitch.conf"
	printf 'hosts: files dns\n' >>"$root/etc/nsswitch.conf"
	# Both are on sys.path of a stock Debian interpreter if they exist.
	mkdir -p "$root/usr/local/lib/python3.11/dist-packages" \
	    "$root/usr/lib/python3/dist-packages"
	mkdir -p "$root/box" "$root/tmp"
}

# The package manager, what only a person would read, and what only root uses.
remove_ballast() {
	(
		cd "$root"
		rm -rf dev/* run/* var etc/apt etc/dpkg etc/default \
		    etc/update-motd.d etc/resolv.conf etc/hostname \
		    usr/share/bug usr/share/debianutils usr/share/doc \
		    usr/share/gcc usr/share/gdb usr/share/info \
		    usr/share/lintian usr/share/locale usr/share/man \
		    usr/share/python3 usr/lib/systemd usr/lib/*/gconv
		find usr/sbin -type f ! -name ldconfig -delete
		rm -f usr/bin/*install-info usr/bin/savelog usr/bin/ischroot
		find . -xdev ! -type l -perm /6002 -exec chmod a-s,o-w {} +
		chmod 1777 tmp
	)
}

# Plain .pyc files, checked by time and size like those that an import writes;
# sorted, one process and one hash seed, so that they are the same each time.
compile_library() {
	find "$root" -xdev -exec touch -h -d "@$epoch" {} +
	# shellcheck disable=SC2086 # a list of words
	env -i PATH=/usr/bin:/usr/sbin PYTHONHASHSEED=0 chroot "$root" python3.11 -B \
	    -m compileall -q --invalidation-mode timestamp $compiled_folders ||
		die "the library does not compile: the packages are broken."
	ldconfig -X -r "$root"
	rm -rf "${root:?}/var"
	mkdir "$root/var"
}

check_tree() {
	env -i PATH=/usr/bin:/usr/sbin LANG=C.UTF-8 chroot "$root" python3.11 -B -c '
import asyncio, bz2, concurrent.futures, ctypes, curses, decimal
import hashlib, lzma, multiprocessing, readline, sqlite3, ssl, subprocess
import sys, uuid, zlib, zoneinfo
zoneinfo.ZoneInfo("Europe/Berlin")
assert sys.stdout.encoding == "utf-8" and not sys.flags.utf8_mode
assert subprocess.run("ls / | grep -q box", shell=True).returncode == 0
' || die "the new image's interpreter does not work: see the message above."
	bad=$(find "$root" -xdev \( -perm /6000 -o ! -type l -perm -0002 \
	    ! -path "$root/tmp" -o -name perl -o -name dpkg -o -name apt-get \))
	[ -z "$bad" ] || die "the new image has files that it must not have: $bad"
}

json_string() {
	tr '\n' ' ' | sed 's/ *$//; s/[\\"]/\\&/g; s/.*/"&"/'
}

write_archive() {
	find "$root" -xdev -exec touch -h -d "@$epoch" {} +
	tar -c -C "$root" --sort=name --mtime="@$epoch" --numeric-owner \
	    --owner=0 --group=0 --format=gnu -f "$work/layer.tar" .
	created=$(date -u -d "@$epoch" +%Y-%m-%dT%H:%M:%SZ)
	diff_id=$(sha256sum "$work/layer.tar" | cut -d ' ' -f 1)
	cat >"$work/config.json" <<-END
		{"architecture":"$arch","os":"linux","created":"$created",
		"config":{
		"Env":[$environment],
		"Cmd":["python3.11"],
		"Labels":{"$label.inputs":"$1",
		"$label.packages":$(json_string <"$work/versions")}},
		"rootfs":{"type":"layers","diff_ids":["sha256:$diff_id"]},
		"history":[{"created":"$created","created_by":"build.sh"}]}
	END
	cat >"$work/manifest.json" <<-END
		[{"Config":"config.json","Layers":["layer.tar"],
		"RepoTags":["$tag"]}]
	END
	tar -c -C "$work" -f "$work/image.tar" manifest.json config.json layer.tar
}

build_own() {
	arch=$("$DOCKER" version --format '{{.Server.Arch}}')
	hash=$(inputs_hash "$arch")
	! is_cached "$hash" || return 0
	[ "$(id -u)" = 0 ] || die "unpacking an image needs root: run this with sudo."
	command -v mmdebstrap >/dev/null ||
		die "mmdebstrap is missing: apt-get install mmdebstrap, or use --base."
	[ -r "$keyring" ] ||
		die "Debian's keys are missing: apt-get install debian-archive-keyring."
	root=$work/root
	unpack_packages
	write_system_files
	remove_ballast
	prepare_kind
	compile_library
	finish_kind
	check_tree
	check_kind
	write_archive "$hash"
	"$DOCKER" load -q -i "$work/image.tar"
}

while [ $# -gt 0 ]; do
	case $1 in
	--kind) kind=${2:?"--kind needs the name of a kind"}; shift ;;
	--tag) tag=${2:?"--tag needs a name"}; shift ;;
	--base) base=${2:?"--base needs the name of an image"}; shift ;;
	--force) force=yes ;;
	*) die "usage: build.sh [--kind KIND] [--tag TAG] [--base IMAGE]" \
	    "[--force]" ;;
	esac
	shift
done

# shellcheck source=packages.sh
. "$parts/packages.sh"
case $kind in
python) ;;
python-sci)
	# shellcheck source=python-sci.sh
	. "$parts/python-sci.sh"
	;;
*) die "there is no kind \"$kind\": take python or python-sci." ;;
esac
tag=${tag:-safe-code-executor/$kind:3.11}

find_docker
container=
previous=$("$DOCKER" image inspect --format '{{.Id}}' "$tag" 2>/dev/null) || :
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"
[ -z "$container" ] || "$DOCKER" rm -f "$container" >/dev/null' EXIT
trap 'exit 1' HUP INT TERM
if [ -n "$base" ]; then
	use_base
else
	build_own
fi
remove_previous
