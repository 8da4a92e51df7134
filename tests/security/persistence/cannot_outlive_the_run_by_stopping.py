# SPDX-License-Identifier: MIT
# attack: children that have stopped themselves, and traced nobody
# protection: SIGKILL ends stopped processes, too
# expect: {"output": "HELD: 5 stopped children were left behind"}
# nasty: yes
# default: skipped, PID 1 of that container would wait for nobody
import ctypes, os, signal

name = ctypes.CDLL(None).prctl
children = []
for _ in range(5):
    pid = os.fork()
    if pid == 0:
        os.setsid()
        name(15, b"outlives-run", 0, 0, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
    children.append(pid)
for pid in children:
    os.waitpid(pid, os.WUNTRACED)
print("HELD: 5 stopped children were left behind")
