# SPDX-License-Identifier: MIT
# attack: take memory in children, each within its own limits
# protection: --memory 128m counts all of them; the main process goes on
# expect: {"output": "HELD: 8 children, killed before they had it all"}
# nasty: yes
# default: breach
import os, signal

children = []
waiting, holding = os.pipe()
for _ in range(8):
    told, telling = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(holding)
        data = b"x" * (32 << 20)
        os.write(telling, b"x")
        os.read(waiting, 1)
        os._exit(0)
    os.close(telling)
    children.append((pid, told))
for _, told in children:
    os.read(told, 1)  # it has it all, or it is dead
os.close(holding)
killed = 0
for pid, _ in children:
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        killed += 1
print(f"HELD: {len(children)} children, killed before they had it all"
      if killed >= 4 else f"BREACH: only {killed} were killed")
