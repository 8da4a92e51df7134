# SPDX-License-Identifier: MIT
# attack: chroot and pivot_root, with which one walks out of a chroot
# protection: no capability; seccomp refuses both
# expect: {"output": "HELD: 2 calls refused"}
# default: breach
import ctypes, errno, os

libc = ctypes.CDLL(None, use_errno=True)
PIVOT = {"x86_64": 155, "aarch64": 41}[os.uname().machine]
held, breaches = 0, []

try:
    os.mkdir("/tmp/root")
    os.chroot("/tmp/root")
    breaches.append("chroot")
except PermissionError:
    held += 1
if libc.syscall(PIVOT, b".", b".") == -1 and ctypes.get_errno() in (
        errno.EPERM, errno.ENOSYS):
    held += 1
else:
    breaches.append("pivot_root")
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} calls refused")
