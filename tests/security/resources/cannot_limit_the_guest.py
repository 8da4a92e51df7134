# SPDX-License-Identifier: MIT
# attack: set the guest's limits, so that it dies or can not open anything
# protection: seccomp: prlimit of the caller only, high bits or not
# expect: {"output": "HELD: 51 limits refused, read or written"}
# default: breach
import ctypes, errno, os

libc = ctypes.CDLL(None, use_errno=True)
PRLIMIT = {"x86_64": 302, "aarch64": 261}[os.uname().machine]
held, breaches = 0, []
old = (ctypes.c_uint64 * 2)()
zero = (ctypes.c_uint64 * 2)(0, 0)
# All but RLIMIT_CPU only read first: a default container is to live on.
for number in range(16):
    for pid in (1, os.getppid(), (1 << 32) | 1):
        if libc.syscall(ctypes.c_long(PRLIMIT), ctypes.c_ulong(pid),
                        ctypes.c_long(number), None, old) == -1 and \
                ctypes.get_errno() == errno.EPERM:
            held += 1
        else:
            breaches.append(f"read {number} of {pid:x}")
for number in (4, 12, 13):  # CORE, MSGQUEUE, NICE
    if libc.syscall(ctypes.c_long(PRLIMIT), ctypes.c_long(1),
                    ctypes.c_long(number), zero, None) == -1 and \
            ctypes.get_errno() == errno.EPERM:
        held += 1
    else:
        breaches.append(f"write {number}")
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} limits refused, read or written")
