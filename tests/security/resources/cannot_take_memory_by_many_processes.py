# SPDX-License-Identifier: MIT
# attack: take memory in children, each within its own limits
# protection: --memory 128m counts all of them; the main process goes on
# expect: {"output": "HELD: 8 children, killed before they had it all"}
# nasty: yes
# default: breach
import os, signal, time

children = []
for _ in range(8):
    pid = os.fork()
    if pid == 0:
        data = b"x" * (32 << 20)
        time.sleep(1)
        os._exit(0)
    children.append(pid)
killed = 0
for pid in children:
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        killed += 1
print(f"HELD: {len(children)} children, killed before they had it all"
      if killed >= 4 else f"BREACH: only {killed} were killed")
