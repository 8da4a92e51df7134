# SPDX-License-Identifier: MIT
# attack: open the descriptors of PID 1: the host's socket, the program's pipes
# protection: the guest is not dumpable; Landlock
# expect: {"output": "HELD: neither listed nor opened"}
# default: breach
import os

breaches = []
try:
    breaches.append(f"lists {os.listdir('/proc/1/fd')}")
except PermissionError:
    pass
for fd in range(64):
    for path in (f"/proc/1/fd/{fd}", f"/proc/1/fdinfo/{fd}"):
        try:
            os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
            breaches.append(path)
        except (PermissionError, FileNotFoundError):
            pass
print("BREACH: " + ", ".join(breaches) if breaches
      else "HELD: neither listed nor opened")
