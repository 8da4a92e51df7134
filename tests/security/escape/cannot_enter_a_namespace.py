# SPDX-License-Identifier: MIT
# attack: join the namespaces of PID 1, of the program itself, of its parent
# protection: the guest is not dumpable; seccomp: setns does not exist
# expect: {"output": "HELD: 7 of PID 1 stay shut, 9 joins refused"}
# default: breach
import ctypes, errno, os

libc = ctypes.CDLL(None, use_errno=True)
shut, held, breaches = 0, 0, []


def join(what, fd, kind):
    global held
    if libc.setns(fd, kind) == -1 and ctypes.get_errno() == errno.ENOSYS:
        held += 1
    else:
        breaches.append(f"{what} {ctypes.get_errno()}")


for name in ("user", "pid", "net", "mnt", "uts", "ipc", "cgroup"):
    try:
        os.close(os.open(f"/proc/1/ns/{name}", os.O_RDONLY))
        breaches.append(f"{name} of PID 1 opened")
    except PermissionError:
        shut += 1
    # The kernel lets it have its own, whatever Landlock says of /proc.
    join(name, os.open(f"/proc/self/ns/{name}", os.O_RDONLY), 0)
for pid in (1, os.getppid()):
    join(f"process {pid}", os.pidfd_open(pid), 0x40000000)
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {shut} of PID 1 stay shut, {held} joins refused")
