# SPDX-License-Identifier: MIT
# expect: {"output": "HELD: nothing was ever locked"}
import fcntl, os, time

found, end = set(), time.monotonic() + 1
while time.monotonic() < end:
    for path in ("/usr/bin/python3.11", "/usr/lib/python3.11/os.py",
                 "/etc/passwd", "/dev/null", "/box", "/tmp", "/dev/shm",
                 "/usr", "/etc/resolv.conf", "/etc/hosts", "/etc/hostname"):
        fd = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            found.add(path)
        os.close(fd)
    time.sleep(0.02)
print(f"BREACH: {sorted(found)}" if found
      else "HELD: nothing was ever locked")
