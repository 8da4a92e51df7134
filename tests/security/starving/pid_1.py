# SPDX-License-Identifier: MIT
# PID 1 of a container without our seccomp profile, and the program in it that
# starves it: PID 1 becomes the least urgent process, and fifty others spin.
# With the argument "spared" they spin, and it stays as it is.
import os
import sys
import time

SPINNERS = 50

if os.fork() == 0:
    os.setsid()
    if sys.argv[1:] != ["spared"]:
        os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0))
        os.setpriority(os.PRIO_PROCESS, 1, 19)
    # Who spins early would only slow down the forks of the others: they begin
    # when nobody can write any more, at the end of this process.
    waiting, holding = os.pipe()
    for _ in range(SPINNERS):
        if os.fork() == 0:
            os.close(holding)
            os.read(waiting, 1)
            while True:
                pass
    os._exit(0)
while True:
    time.sleep(60)
