# SPDX-License-Identifier: MIT
# attack: two runs tell each other bits by locks on files both can open
# protection: every file is a container's own, also those of the image
# expect: {"output": "HELD: a has held its locks"}
# default: varies, overlayfs keeps them apart there, too
import fcntl, os, time

held = []
for path in ("/usr/bin/python3.11", "/usr/lib/python3.11/os.py",
             "/etc/passwd", "/dev/null", "/box", "/tmp", "/dev/shm", "/usr",
             "/etc/resolv.conf", "/etc/hosts", "/etc/hostname"):
    fd = os.open(path, os.O_RDONLY)
    fcntl.flock(fd, fcntl.LOCK_EX)
    held.append(fd)
time.sleep(1.5)
print("HELD: a has held its locks")
