# SPDX-License-Identifier: MIT
# attack: make PID 1 the least urgent process and let fifty others spin
# protection: seccomp: scheduling and limits of the caller only
# timeout: 2
# expect: {"output": "HELD: 18 ways refused", "error": "Execution timed out after 2 seconds"}
# nasty: yes
# default: skipped, starving.test.js does it with care
import ctypes, errno, os

libc = ctypes.CDLL(None, use_errno=True)
X86 = os.uname().machine == "x86_64"
PRLIMIT, SCHEDULER, PARAM, PRIORITY, AFFINITY, IOPRIO = (
    (302, 144, 142, 141, 203, 251) if X86 else (261, 119, 118, 140, 122, 30))
held, breaches = 0, []
zero = (ctypes.c_uint64 * 2)(0, 0)
param, mask = ctypes.c_int(0), ctypes.c_ulong(1)
for high in (0, 1 << 32, 0xffffffff00000000):
    one = ctypes.c_ulong(high | 1)
    for name, args in (
            ("RLIMIT_CPU", (PRLIMIT, one, ctypes.c_long(0), zero, None)),
            ("SCHED_IDLE", (SCHEDULER, one, ctypes.c_long(5),
                            ctypes.byref(param))),
            ("param", (PARAM, one, ctypes.byref(param))),
            ("nice", (PRIORITY, ctypes.c_ulong(high), ctypes.c_long(1),
                      ctypes.c_long(19))),
            ("affinity", (AFFINITY, one, ctypes.c_long(8),
                          ctypes.byref(mask))),
            ("ioprio", (IOPRIO, ctypes.c_long(1), one, ctypes.c_long(24576)))):
        if libc.syscall(*args) == -1 and ctypes.get_errno() in (
                errno.EPERM, errno.ENOSYS):
            held += 1
        else:
            breaches.append(f"{name} {high:x} {ctypes.get_errno()}")
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} ways refused", flush=True)
for _ in range(50):
    if os.fork() == 0:
        break
while True:
    pass
