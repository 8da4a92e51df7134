# SPDX-License-Identifier: MIT
# attack: the size and the free room of the host's disk, by statvfs
# protection: none yet: statfs tells of the file system below the image
# residual: a run sees how full Docker's disk is, and when it changes
# expect: {"output": "HELD: 4 paths tell of nothing larger than 1 GiB"}
# default: breach
import os

held, breaches = 0, []
for path in ("/", "/usr", "/etc/hosts", "/bin/sh"):
    try:
        found = os.statvfs(path)
    except OSError:
        held += 1
        continue
    size = found.f_blocks * found.f_frsize >> 20
    if size > 1024:
        breaches.append(f"{path}: {size} MiB")
    else:
        held += 1
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} paths tell of nothing larger than 1 GiB")
