# SPDX-License-Identifier: MIT
# attack: fork until the host has no process left
# protection: --pids-limit 64 counts every process and thread
# expect: {"output": "/HELD: (5[0-9]|6[0-2]) children and no more/"}
# nasty: yes
# default: skipped, a machine without a limit must not meet it
import os, signal

count = 0
try:
    while count < 1000:
        if os.fork() == 0:
            signal.pause()
        count += 1
except BlockingIOError:
    pass
if count > 62:
    print(f"BREACH: {count} children")
else:
    print(f"HELD: {count} children and no more")
