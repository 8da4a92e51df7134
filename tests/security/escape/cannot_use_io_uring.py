# SPDX-License-Identifier: MIT
# attack: io_uring and the older aio, around the filter and into kernel bugs
# protection: seccomp: neither exists
# expect: {"output": "HELD: 4 calls do not exist"}
# default: varies, Docker refuses it since 25.0
import ctypes, errno, os

libc = ctypes.CDLL(None, use_errno=True)
IO_SETUP = {"x86_64": 206, "aarch64": 0}[os.uname().machine]
held, breaches = 0, []
params = ctypes.create_string_buffer(120)
context = ctypes.c_ulong(0)
for name, args in (("setup", (425, 4, params)),
                   ("enter", (426, 0, 0, 0, 0, None, 0)),
                   ("register", (427, 0, 0, None, 0)),
                   ("aio", (IO_SETUP, 8, ctypes.byref(context)))):
    if libc.syscall(*args) == -1 and ctypes.get_errno() == errno.ENOSYS:
        held += 1
    else:
        breaches.append(f"{name} {ctypes.get_errno()}")
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} calls do not exist")
