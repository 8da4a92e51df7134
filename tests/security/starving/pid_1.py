# SPDX-License-Identifier: MIT
# PID 1 of a container without our seccomp profile, and the program in it that
# starves it: PID 1 becomes the least urgent process, and fifty others spin.
import os
import time

SPINNERS = 50

if os.fork() == 0:
    os.setsid()
    os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0))
    os.setpriority(os.PRIO_PROCESS, 1, 19)
    for _ in range(SPINNERS):
        if os.fork() == 0:
            while True:
                pass
    os._exit(0)
while True:
    time.sleep(60)
