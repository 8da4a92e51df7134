# SPDX-License-Identifier: MIT
# attack: use a descriptor that somebody forgot to close: a socket, a folder
# protection: every descriptor is close-on-exec; three pipes are given
# expect: {"output": "HELD: 0 1 2 are pipes, the rest is closed"}
# default: varies, no pipes there
import os, stat

breaches = []
for fd in range(65536):
    try:
        mode = os.fstat(fd).st_mode
    except OSError:
        continue
    if fd > 2:
        breaches.append(f"descriptor {fd} is open")
    elif not stat.S_ISFIFO(mode):
        breaches.append(f"descriptor {fd} is no pipe")
print("BREACH: " + ", ".join(breaches) if breaches
      else "HELD: 0 1 2 are pipes, the rest is closed")
