#!/bin/bash
# SPDX-License-Identifier: MIT
#
# boot.sh NAME ROOT RUN_DIR DOCKER_SOCKET
#
# Runs a real systemd on the file system in ROOT, without being process 1: a
# manager of the kind that users have, but as root, so that what a unit says
# of namespaces, filters and capabilities is done. Everything mounted here is
# so in a mount namespace of its own, and goes with it. The cgroup NAME is
# made for the manager, since it moves all processes of its own around.
# RUN_DIR has the same path inside, because dockerd has to find it.
#
# To be executed by: unshare --mount --propagation private
set -euo pipefail
NAME=$1
ROOT=$2
RUN_DIR=$3
DOCKER_SOCKET=$4

for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
	[ -w "$hierarchy/cgroup.procs" ] || continue
	mkdir -p "$hierarchy/$NAME"
	echo $$ >"$hierarchy/$NAME/cgroup.procs"
done

mount --bind "$ROOT" "$ROOT"
for dir in proc sys dev; do
	mount --rbind "/$dir" "$ROOT/$dir"
done
mount -t tmpfs -o mode=0755 run "$ROOT/run"
mkdir -p "$ROOT$RUN_DIR"
mount --bind "$RUN_DIR" "$ROOT$RUN_DIR"
: >"$ROOT/run/docker.sock"
mount --bind "$DOCKER_SOCKET" "$ROOT/run/docker.sock"

# What it has to say, it says there.
: >"$ROOT/run/console"
mount --bind "$ROOT/run/console" "$ROOT/dev/console"

# What the machine's own systemd would have left there.
mkdir -p "$ROOT"/run/systemd/{system,inaccessible/dir} "$ROOT/run/manager"
chmod 0700 "$ROOT/run/manager"
cd "$ROOT/run/systemd/inaccessible"
: >reg
mkfifo fifo
mknod chr c 0 0
mknod blk b 0 0
ln -s reg sock
chmod 0 reg fifo chr blk dir

cd "$ROOT"
mkdir -p mnt
pivot_root . mnt
exec chroot . /bin/sh -c 'umount -l /mnt && exec env -i \
    PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root XDG_RUNTIME_DIR=/run/manager \
    SYSTEMD_UNIT_PATH=/etc/systemd/system:/lib/systemd/system \
    /lib/systemd/systemd --user --unit=basic.target' </dev/null
