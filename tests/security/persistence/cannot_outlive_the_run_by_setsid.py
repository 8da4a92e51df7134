# SPDX-License-Identifier: MIT
# attack: thirty children in sessions and process groups of their own
# protection: kill(-1, SIGKILL) knows neither sessions nor groups
# expect: {"output": "HELD: 30 sessions were left behind"}
# nasty: yes
# default: skipped, PID 1 of that container would wait for nobody
import ctypes, os, time

name = ctypes.CDLL(None).prctl
reading, writing = os.pipe()
for _ in range(30):
    if os.fork() == 0:
        os.setsid()
        name(15, b"outlives-run", 0, 0, 0)
        os.write(writing, b"x")
        while True:
            time.sleep(1)
for _ in range(30):
    os.read(reading, 1)
print("HELD: 30 sessions were left behind")
