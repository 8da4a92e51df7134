# SPDX-License-Identifier: MIT
# attack: mount a file system or move one, by the old calls and the new
# protection: seccomp: none of the calls exists; no capability
# expect: {"output": "HELD: 10 calls refused"}
# default: varies, Docker refuses them for want of CAP_SYS_ADMIN
import ctypes, errno

libc = ctypes.CDLL(None, use_errno=True)
held, breaches = 0, []


def refused(what, result):
    global held
    if result == -1 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS):
        held += 1
    else:
        breaches.append(f"{what} {ctypes.get_errno()}")


def call(number, *args):
    return libc.syscall(*[ctypes.c_long(a) if isinstance(a, int) else a
                          for a in (number, *args)])


refused("tmpfs", libc.mount(b"none", b"/tmp", b"tmpfs", 0, None))
refused("proc", libc.mount(b"proc", b"/tmp", b"proc", 0, None))
refused("bind", libc.mount(b"/", b"/tmp", None, 4096, None))
refused("remount", libc.mount(None, b"/", None, 32 | 4096, None))
refused("umount", libc.umount2(b"/tmp", 2))
refused("fsopen", call(430, b"tmpfs", 0))
refused("open_tree", call(428, -100, b"/", 1))
refused("move_mount", call(429, -100, b"/tmp", -100, b"/box", 0))
refused("mount_setattr", call(442, -100, b"/", 0, (ctypes.c_uint64 * 4)(), 32))
refused("fspick", call(433, -100, b"/", 0))
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} calls refused")
