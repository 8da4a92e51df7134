# SPDX-License-Identifier: MIT
# attack: start threads until the host has no process number left
# protection: --pids-limit 64 counts every process and thread
# expect: {"output": "/HELD: (5[0-9]|6[0-2]) threads and no more/"}
# nasty: yes
# default: skipped, a machine without a limit must not meet it
import os, threading, time

count = 0
try:
    while count < 1000:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        count += 1
except RuntimeError:
    pass
print(f"BREACH: {count} threads" if count > 62
      else f"HELD: {count} threads and no more", flush=True)
os._exit(0)
