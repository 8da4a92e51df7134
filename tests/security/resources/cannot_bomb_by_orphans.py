# SPDX-License-Identifier: MIT
# attack: children that the guest inherits and has to reap, thousands of them
# protection: the guest reaps whoever ends, whatever else it does
# expect: {"output": "HELD: 300 orphans reaped"}
# nasty: yes
# default: varies, the shell that is PID 1 there may reap them, too
import os, time

# As many as there are process numbers, five times over: none may stay.
count = 0
while count < 300:
    try:
        pid = os.fork()
    except BlockingIOError:
        time.sleep(0.01)  # they are reaped in the end, or this never ends
        continue
    if pid == 0:
        try:
            os.fork()
        except BlockingIOError:
            os._exit(1)
        os._exit(0)
    count += os.waitpid(pid, 0)[1] == 0
zombies = 0
try:
    for name in os.listdir("/proc"):
        if name.isdigit() and "(zombie)" in open(f"/proc/{name}/status").read():
            zombies += 1
except OSError:
    pass
print(f"BREACH: {count} orphans, {zombies} zombies"
      if count < 300 or zombies > 60 else f"HELD: {count} orphans reaped")
