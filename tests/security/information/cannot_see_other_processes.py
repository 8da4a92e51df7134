# SPDX-License-Identifier: MIT
# attack: find processes that are not its own: by signals, groups, pidfds
# protection: its own PID namespace; there is PID 1 and nobody else
# needs: landlock 6
# expect: {"output": "HELD: alone with PID 1, which refuses"}
# default: breach
import os

breaches = []
for pid in range(1, 33000):
    if pid == os.getpid():
        continue
    try:
        os.kill(pid, 0)
        breaches.append(f"process {pid}")
    except ProcessLookupError:
        pass
    except PermissionError:
        if os.getsid(pid) != 1:  # threads of PID 1 have numbers, too
            breaches.append(f"somebody else's process {pid}")
if os.getppid() != 1 or os.getpid() > 100:
    breaches.append(f"is {os.getpid()} of {os.getppid()}")
print("BREACH: " + ", ".join(breaches) if breaches
      else "HELD: alone with PID 1, which refuses")
