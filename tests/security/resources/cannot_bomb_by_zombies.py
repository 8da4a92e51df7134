# SPDX-License-Identifier: MIT
# attack: leave dead children behind until the process table is full
# protection: --pids-limit 64 counts the dead until somebody reaps them
# expect: {"output": "/HELD: (5[0-9]|6[0-2]) zombies and no more/"}
# nasty: yes
# default: skipped, a machine without a limit must not meet it
import os

count = 0
try:
    while count < 1000:
        if os.fork() == 0:
            os._exit(0)
        count += 1
except BlockingIOError:
    pass
print(f"BREACH: {count} zombies" if count > 62
      else f"HELD: {count} zombies and no more")
