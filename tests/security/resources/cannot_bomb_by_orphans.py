# SPDX-License-Identifier: MIT
# attack: children that the guest inherits and has to reap, thousands of them
# protection: the guest reaps whoever ends, whatever else it does
# expect: {"output": "HELD: 300 orphans reaped"}
# nasty: yes
# default: varies, the shell that is PID 1 there may reap them, too
import os

# As many as there are process numbers, five times over: none may stay.
count = 0
for _ in range(300):
    try:
        pid = os.fork()
    except BlockingIOError:
        break
    if pid == 0:
        if os.fork() == 0:
            os._exit(0)
        os._exit(0)
    os.waitpid(pid, 0)
    count += 1
zombies = 0
try:
    for name in os.listdir("/proc"):
        if name.isdigit() and "(zombie)" in open(f"/proc/{name}/status").read():
            zombies += 1
except OSError:
    pass
print(f"BREACH: {count} orphans, {zombies} zombies"
      if count < 300 or zombies > 60 else f"HELD: {count} orphans reaped")
