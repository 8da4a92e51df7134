# SPDX-License-Identifier: MIT
# attack: trace the guest, read and write its memory, take its descriptors
# protection: seccomp: no such call; the guest is not dumpable
# expect: {"output": "HELD: 7 calls refused"}
# default: breach
import ctypes, errno, os

libc = ctypes.CDLL(None, use_errno=True)
READV, WRITEV, KCMP = {"x86_64": (310, 311, 312),
                       "aarch64": (270, 271, 272)}[os.uname().machine]
PIDFD_GETFD, PROCESS_MADVISE = 438, 440
held, breaches = 0, []


class Span(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]


def refused(what, result):
    global held
    if result == -1 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS,
                                               errno.EACCES):
        held += 1
    else:
        breaches.append(f"{what} {ctypes.get_errno()}")


buffer = ctypes.create_string_buffer(64)
mine = Span(ctypes.addressof(buffer), 64)
theirs = Span(0x400000, 64)
one, zero = ctypes.c_long(1), ctypes.c_long(0)
refused("read", libc.syscall(READV, one, ctypes.byref(mine), one,
                             ctypes.byref(theirs), one, zero))
refused("write", libc.syscall(WRITEV, one, ctypes.byref(mine), one,
                              ctypes.byref(theirs), one, zero))
refused("kcmp", libc.syscall(KCMP, 1, os.getpid(), 0, 0, 0))
pidfd = os.pidfd_open(1)
for fd in (1, 3):
    refused(f"getfd {fd}", libc.syscall(PIDFD_GETFD, pidfd, fd, 0))
refused("madvise", libc.syscall(PROCESS_MADVISE, pidfd, ctypes.byref(theirs),
                                one, ctypes.c_long(4), zero))
# PTRACE_SEIZE does not stop it.
refused("ptrace", libc.ptrace(0x4206, 1, None, None))
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} calls refused")
