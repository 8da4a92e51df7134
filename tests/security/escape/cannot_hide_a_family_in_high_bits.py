# SPDX-License-Identifier: MIT
# attack: socket families with high bits set, which the kernel cuts off
# protection: seccomp compares all 64 bits and lets only listed values through
# expect: {"output": "HELD: 36 sockets refused"}
# default: breach
import ctypes, errno, os

libc = ctypes.CDLL(None, use_errno=True)
SOCKET, PAIR = {"x86_64": (41, 53), "aarch64": (198, 199)}[os.uname().machine]
held, breaches = 0, []
REFUSALS = (errno.EPERM, errno.EAFNOSUPPORT, errno.ENOSYS)
FAMILIES = {"vsock": 40, "alg": 38, "netlink": 16, "packet": 17, "unix": 1,
            "inet": 2}
for name, family in FAMILIES.items():
    for high in (1 << 32, 1 << 63, 0xffffffff00000000):
        for number in (SOCKET, PAIR):
            fds = (ctypes.c_int * 2)()
            if libc.syscall(ctypes.c_long(number),
                            ctypes.c_ulong(high | family), ctypes.c_long(2),
                            ctypes.c_long(0), fds) == -1 and \
                    ctypes.get_errno() in REFUSALS:
                held += 1
            else:
                breaches.append(f"{name} {high:x} {ctypes.get_errno()}")
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} sockets refused")
