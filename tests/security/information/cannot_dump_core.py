# SPDX-License-Identifier: MIT
# attack: have the host write a core, with its own handler, as root
# protection: RLIMIT_CORE is 1: no file, no handler; it can not be raised
# expect: {"output": "HELD: no core, no way to raise the limit"}
# default: breach
import os, resource, signal

breaches = []
if resource.getrlimit(resource.RLIMIT_CORE) not in ((1, 1), (0, 0)):
    breaches.append(f"limit {resource.getrlimit(resource.RLIMIT_CORE)}")
try:
    resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20))
    breaches.append("limit raised")
except (ValueError, PermissionError):
    pass
os.chdir("/tmp")
for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGQUIT, signal.SIGSYS):
    pid = os.fork()
    if pid == 0:
        os.kill(os.getpid(), number)
        os._exit(1)
    if os.WCOREDUMP(os.waitpid(pid, 0)[1]):
        breaches.append(f"signal {number} dumps core")
if os.listdir("/tmp"):
    breaches.append(f"{os.listdir('/tmp')}")
print("BREACH: " + ", ".join(breaches) if breaches
      else "HELD: no core, no way to raise the limit")
