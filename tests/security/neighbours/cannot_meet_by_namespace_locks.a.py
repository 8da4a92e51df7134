# SPDX-License-Identifier: MIT
# attack: two runs tell each other bits by locks on /proc/self/ns/*
# protection: none yet: the host's user and time namespace are everybody's
# residual: two runs at once that want to can talk; neither learns more
# times: 5
# expect: {"output": "HELD: a has locked what it could"}
# default: breach
import fcntl, os, time

taken = []
for name in ("user", "time", "net", "mnt", "pid", "uts", "ipc", "cgroup"):
    for lock, how in ((fcntl.flock, fcntl.LOCK_EX | fcntl.LOCK_NB),
                      (fcntl.lockf, fcntl.LOCK_SH | fcntl.LOCK_NB)):
        try:
            fd = os.open(f"/proc/self/ns/{name}", os.O_RDONLY)
            lock(fd, how)
            taken.append(fd)
        except OSError:
            pass
time.sleep(3.5)
print("HELD: a has locked what it could")
