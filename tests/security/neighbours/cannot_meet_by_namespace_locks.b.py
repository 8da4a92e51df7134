# SPDX-License-Identifier: MIT
# expect: {"output": "HELD: nothing was ever locked"}
import fcntl, os, struct, time

QUESTION = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0)
found, end = set(), time.monotonic() + 3


def look(name, fd):
    """flock fails where a has one; F_GETLK tells of a's read lock."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(fd, fcntl.LOCK_UN)
    except BlockingIOError:
        found.add("flock " + name)
    except OSError:
        pass
    try:
        answer = fcntl.fcntl(fd, fcntl.F_GETLK, QUESTION)
        if struct.unpack("hhqqi4x", answer)[0] != fcntl.F_UNLCK:
            found.add("fcntl " + name)
    except OSError:
        pass


while not found and time.monotonic() < end:
    for name in ("user", "time", "net", "mnt", "pid", "uts", "ipc", "cgroup"):
        try:
            fd = os.open(f"/proc/self/ns/{name}", os.O_RDONLY)
        except OSError:
            continue
        look(name, fd)
        os.close(fd)
    time.sleep(0.02)
print("BREACH: " + ", ".join(sorted(found)) if found
      else "HELD: nothing was ever locked")
