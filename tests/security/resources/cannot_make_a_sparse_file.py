# SPDX-License-Identifier: MIT
# attack: files of a terabyte that take no room, for whoever copies them
# protection: --ulimit fsize of 16 MB; SIGXFSZ does the rest
# expect: {"output": "HELD: 9 ways refused"}
# default: breach
import os

held, breaches = 0, []
for folder in ("/box", "/tmp", "/dev/shm"):
    fd = os.open(folder + "/sparse", os.O_CREAT | os.O_RDWR, 0o600)
    for name, act in (
            ("truncate", lambda: os.ftruncate(fd, 1 << 40)),
            ("write", lambda: os.pwrite(fd, b"x", 1 << 40)),
            ("allocate", lambda: os.posix_fallocate(fd, 1 << 36, 1 << 36))):
        try:
            act()
            breaches.append(f"{name} in {folder}")
        except OSError:
            held += 1
    os.close(fd)
    os.remove(folder + "/sparse")
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} ways refused")
