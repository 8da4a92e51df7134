# SPDX-License-Identifier: MIT
# attack: what the host has and does: memory, load, up time, memory nodes
# protection: seccomp: no sysinfo, no memory policy; Landlock
# needs: landlock 1
# expect: {"output": "HELD: 4 sources refuse"}
# default: breach
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
POLICY, MOVE = {"x86_64": (239, 279), "aarch64": (236, 239)}[
    os.uname().machine]
held, breaches = 0, []
info = (ctypes.c_ulong * 16)()
if libc.sysinfo(info) == -1:
    held += 1
else:
    breaches.append(f"up for {info[0]} s")
try:
    breaches.append(f"load {os.getloadavg()}")
except OSError:
    held += 1
for name, number, args in (("get_mempolicy", POLICY, (None, None, 0, None, 4)),
                           ("move_pages", MOVE, (0, 0, None, None, None, 0))):
    if libc.syscall(number, *args) == -1:
        held += 1
    else:
        breaches.append(name)
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} sources refuse")
