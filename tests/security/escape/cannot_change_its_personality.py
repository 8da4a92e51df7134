# SPDX-License-Identifier: MIT
# attack: execution domains: no address randomisation, executable data
# protection: seccomp: personality is refused
# expect: {"output": "HELD: 5 personalities refused"}
# default: varies, Docker lets some through: UNAME26, LINUX32
import ctypes, errno

libc = ctypes.CDLL(None, use_errno=True)
held, breaches = 0, []
for name, value in (("no randomisation", 0x40000), ("exec data", 0x400000),
                    ("mmap page zero", 0x100000), ("uname26", 0x20000),
                    ("linux32", 8)):
    if libc.personality(ctypes.c_ulong(value)) == -1 and \
            ctypes.get_errno() in (errno.EPERM, errno.ENOSYS):
        held += 1
    else:
        breaches.append(name)
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} personalities refused")
