# SPDX-License-Identifier: MIT
# attack: processes that fork and die, so that their numbers are never known
# protection: the guest kills until nobody is left, and its end kills the rest
# expect: {"output": "HELD: 20 runaways were left behind"}
# nasty: yes
# default: skipped, PID 1 of that container would wait for nobody
import ctypes, os, time

name = ctypes.CDLL(None).prctl
reading, writing = os.pipe()
for _ in range(20):
    if os.fork() == 0:
        os.nice(19)  # or they let nobody else run, also not who prints
        name(15, b"outlives-run", 0, 0, 0)
        os.read(reading, 1)
        os.closerange(0, 256)
        while True:
            try:
                if os.fork() != 0:
                    os._exit(0)
            except OSError:
                pass
os.write(writing, b"x" * 20)
time.sleep(0.3)
print("HELD: 20 runaways were left behind")
