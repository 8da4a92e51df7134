# SPDX-License-Identifier: MIT
# attack: be root in a user namespace of its own, by unshare, clone, clone3
# protection: seccomp: unshare and clone3 do not exist, clone takes no CLONE_NEW*
# expect: {"output": "HELD: 19 ways refused"}
# default: varies, Docker refuses most of them to those without a capability
import ctypes, errno, os, signal

libc = ctypes.CDLL(None, use_errno=True)
CLONE = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
KINDS = {"user": 0x10000000, "pid": 0x20000000, "net": 0x40000000,
         "mount": 0x20000, "cgroup": 0x2000000, "uts": 0x4000000,
         "ipc": 0x8000000}
held, breaches = 0, []


def refused(what, result):
    global held
    if result == 0:
        os._exit(0)  # a child in its namespace
    if result == -1 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS):
        held += 1
    else:
        breaches.append(f"{what} {ctypes.get_errno()}")


def unshared(flag):
    pid = os.fork()
    if pid == 0:
        done = libc.unshare(flag)
        os._exit(0 if done == 0 else ctypes.get_errno())
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


for name, flag in KINDS.items():
    error = unshared(flag)
    ctypes.set_errno(error)
    refused("unshare " + name, -1 if error else 1)
    # The kernel looks at the low half only, a careless filter at both.
    for high in (0, 1 << 32):
        if high and name not in ("user", "net", "mount", "pid"):
            continue
        refused(f"clone {name}", libc.syscall(ctypes.c_long(CLONE),
                ctypes.c_ulong(high | flag | signal.SIGCHLD),
                ctypes.c_long(0), ctypes.c_long(0), ctypes.c_long(0),
                ctypes.c_long(0)))
args = (ctypes.c_uint64 * 8)(KINDS["user"], 0, 0, 0, signal.SIGCHLD)
refused("clone3", libc.syscall(ctypes.c_long(435), args, ctypes.c_long(64)))
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} ways refused")
