# SPDX-License-Identifier: MIT
# attack: get a terminal and push input into it, for whoever reads it next
# protection: no terminal, Landlock hides /dev/ptmx; seccomp lists ioctls
# needs: landlock 1
# expect: {"output": "HELD: no terminal, 12 ioctls refused"}
# default: breach
import errno, fcntl, os

held, breaches = 0, []
for path in ("/dev/tty", "/dev/ptmx", "/dev/pts/ptmx", "/dev/console",
             "/dev/tty0", "/dev/vcs"):
    try:
        os.close(os.open(path, os.O_RDWR | os.O_NOCTTY))
        breaches.append(path)
    except OSError:
        pass
# TIOCSTI, TIOCLINUX, TIOCSCTTY, TIOCCONS
for request in (0x5412, 0x541c, 0x540e, 0x541d):
    for fd in (0, 1, 2):
        try:
            fcntl.ioctl(fd, request, b"\x00")
            breaches.append(f"ioctl {request:x}")
        except OSError as error:
            if error.errno == errno.ENOTTY:
                held += 1
            else:
                breaches.append(f"ioctl {request:x}: {error.strerror}")
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: no terminal, {held} ioctls refused")
