# SPDX-License-Identifier: MIT
# attack: the main process kills itself while its children go on
# protection: however the main process ends, everything ends
# expect: {"output": "HELD: left behind", "error": "Program killed by signal SIGKILL", "signal": "SIGKILL"}
# nasty: yes
# default: skipped, PID 1 of that container would wait for nobody
import ctypes, os, signal, time

name = ctypes.CDLL(None).prctl
reading, writing = os.pipe()
if os.fork() == 0:
    os.setsid()
    name(15, b"outlives-run", 0, 0, 0)
    os.write(writing, b"x")
    while True:
        time.sleep(1)
os.read(reading, 1)
print("HELD: left behind", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
