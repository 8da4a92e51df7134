# SPDX-License-Identifier: MIT
# attack: load a module, start another kernel, reboot, ports, swap, accounting
# protection: no capability; seccomp refuses each call
# expect: {"output": "HELD: 10 calls refused"}
# default: varies, Docker refuses them for want of a capability
import ctypes, errno, os

libc = ctypes.CDLL(None, use_errno=True)
X86 = os.uname().machine == "x86_64"
INIT, FINIT, DELETE, KEXEC = (175, 313, 176, 246) if X86 else (105, 273, 106,
                                                               104)
held, breaches = 0, []


def refused(what, result):
    global held
    if result == -1 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS):
        held += 1
    else:
        breaches.append(f"{what} {ctypes.get_errno()}")


refused("init_module", libc.syscall(INIT, b"", 0, b""))
refused("finit_module", libc.syscall(FINIT, 0, b"", 0))
refused("delete_module", libc.syscall(DELETE, b"no_such_module", 0))
refused("kexec", libc.syscall(KEXEC, 0, 0, None, 0))
refused("reboot", libc.reboot(0))  # CAD off
refused("swapon", libc.swapon(b"/tmp/none", 0))
refused("acct", libc.acct(b"/tmp/none"))
refused("sethostname", libc.sethostname(b"own", 3))
refused("setdomainname", libc.setdomainname(b"own", 3))
refused("iopl", libc.iopl(3) if X86 else libc.reboot(0))
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} calls refused")
