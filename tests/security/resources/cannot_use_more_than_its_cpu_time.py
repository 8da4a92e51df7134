# SPDX-License-Identifier: MIT
# attack: spin in eight processes, to have all of the cores
# protection: --cpus 0.5 for all of them together
# expect: {"output": "HELD: less than 0.7 cores"}
# nasty: yes
# default: varies, here it is run with a bound of its own
import os, resource, time

start = time.monotonic()
for _ in range(8):
    if os.fork() == 0:
        while time.monotonic() < start + 2.5:
            pass
        os._exit(0)
for _ in range(8):
    os.wait()
used = resource.getrusage(resource.RUSAGE_CHILDREN)
cores = (used.ru_utime + used.ru_stime) / (time.monotonic() - start)
print("HELD: less than 0.7 cores" if cores < 0.7
      else f"BREACH: {cores:.2f} cores")
