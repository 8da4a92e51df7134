# SPDX-License-Identifier: MIT
# attack: write into PID 1's descriptors, its memory, its children's pipes
# protection: the guest is not dumpable; Landlock
# expect: {"output": "HELD: 130 files refuse"}
# default: breach
import os

held, breaches = 0, []
paths = [f"/proc/1/fd/{fd}" for fd in range(64)]
paths += [f"/proc/{os.getppid()}/fd/{fd}" for fd in range(64)]
for path in paths + ["/proc/1/mem", "/proc/1/clear_refs"]:
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
        breaches.append(path)
    except (PermissionError, FileNotFoundError):
        held += 1
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} files refuse")
