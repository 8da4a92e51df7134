# SPDX-License-Identifier: MIT
# attack: execute a program from memory, where no file system is noexec
# protection: seccomp refuses memfd_create, memfd_secret and execveat
# expect: {"output": "HELD: 3 ways refused"}
# default: breach
import ctypes, errno, os

libc = ctypes.CDLL(None, use_errno=True)
EXECVEAT = {"x86_64": 322, "aarch64": 281}[os.uname().machine]
held, breaches = 0, []

try:
    fd = os.memfd_create("program")
    with open("/bin/true", "rb") as program:
        os.write(fd, program.read())
    if os.spawnv(os.P_WAIT, f"/proc/self/fd/{fd}", ["true"]) == 0:
        breaches.append("executed a memfd")
    else:
        breaches.append("made a memfd")
except OSError as error:
    if error.errno == errno.ENOSYS:
        held += 1
    else:
        breaches.append(str(error))
# memfd_secret, and execveat of an empty path
for name, args in (("memfd_secret", (447, 0)),
                   ("execveat", (EXECVEAT, 0, b"", None, None, 4096))):
    result = libc.syscall(*args)
    if result == -1 and ctypes.get_errno() in (
            errno.ENOSYS, errno.EPERM):
        held += 1
    else:
        breaches.append(f"{name}: {ctypes.get_errno()}")
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} ways refused")
