# SPDX-License-Identifier: MIT
# -*- coding: latin-1 -*-
# attack: a cookie has the program run by a second interpreter: is it confined?
# protection: every interpreter is started by the same steps
# needs: landlock 1
# expect: {"output": "HELD: confined like the first, \u00e9"}
# default: breach
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
breaches = []
if libc.prctl(21, 0, 0, 0, 0) != -1 and libc.prctl(21, 0, 0, 0, 0) != 2:
    breaches.append("no filter")  # PR_GET_SECCOMP
if libc.prctl(39, 0, 0, 0, 0) != 1:
    breaches.append("new privileges")
for path in ("/proc/1/environ", "/proc/self/status", "/sys/kernel"):
    if os.access(path, os.R_OK):
        try:
            os.close(os.open(path, os.O_RDONLY))
            breaches.append(path)
        except PermissionError:
            pass
try:
    os.memfd_create("x")
    breaches.append("memfd")
except OSError:
    pass
if os.getpriority(os.PRIO_PROCESS, 0) != 19:
    breaches.append("not nice")
if os.getsid(0) != os.getpid():
    breaches.append("session")
print("BREACH: " + ", ".join(breaches) if breaches
      else "HELD: confined like the first, \xe9".encode("latin-1")
      .decode("latin-1"))
