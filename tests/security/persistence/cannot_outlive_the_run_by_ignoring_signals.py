# SPDX-License-Identifier: MIT
# attack: children that ignore and block every signal there is
# protection: SIGKILL can be neither ignored nor blocked
# expect: {"output": "HELD: 5 deaf children were left behind"}
# nasty: yes
# default: skipped, PID 1 of that container would wait for nobody
import ctypes, os, signal, time

name = ctypes.CDLL(None).prctl
reading, writing = os.pipe()
for _ in range(5):
    if os.fork() == 0:
        os.setsid()
        name(15, b"outlives-run", 0, 0, 0)
        for number in signal.valid_signals() - {9, 19}:
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        os.write(writing, b"x")
        while True:
            time.sleep(1)
for _ in range(5):
    os.read(reading, 1)
print("HELD: 5 deaf children were left behind")
