# SPDX-License-Identifier: MIT
# attack: make device nodes: memory, a disk, /dev/kmsg, the loop control
# protection: no CAP_MKNOD; seccomp and Landlock refuse it, tmpfs is nodev
# expect: {"output": "HELD: 15 nodes refused"}
# default: breach
import os, stat

NODES = {"mem": (stat.S_IFCHR, 1, 1), "kmsg": (stat.S_IFCHR, 1, 11),
         "disk": (stat.S_IFBLK, 254, 0), "loop": (stat.S_IFCHR, 10, 237),
         "null": (stat.S_IFCHR, 1, 3)}
held, breaches = 0, []

for folder in ("/box", "/tmp", "/dev/shm"):
    for name, (kind, major, minor) in NODES.items():
        try:
            os.mknod(f"{folder}/{name}", kind | 0o666,
                     os.makedev(major, minor))
            breaches.append(f"{folder}/{name}")
        except PermissionError:
            held += 1
        except OSError as error:
            breaches.append(f"{folder}/{name}: {error.strerror}")
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} nodes refused")
