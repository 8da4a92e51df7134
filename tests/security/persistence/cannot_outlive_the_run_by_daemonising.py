# SPDX-License-Identifier: MIT
# attack: become a daemon: two forks, a session of its own, no descriptors
# protection: kill(-1, SIGKILL) in the PID namespace, then its end
# expect: {"output": "HELD: a daemon was left behind"}
# nasty: yes
# default: skipped, PID 1 of that container would wait for nobody
import ctypes, os, time

name = ctypes.CDLL(None).prctl
reading, writing = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        name(15, b"outlives-run", 0, 0, 0)
        os.write(writing, b"x")
        os.closerange(0, 256)
        while True:
            time.sleep(1)
    os._exit(0)
os.read(reading, 1)
print("HELD: a daemon was left behind")
