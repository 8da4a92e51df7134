# SPDX-License-Identifier: MIT
# attack: raise limits, become more urgent than everybody else
# protection: hard limits without CAP_SYS_RESOURCE and CAP_SYS_NICE
# expect: {"output": "HELD: 8 limits and 5 priorities refused"}
# default: breach
import os, resource

limits, priorities, breaches = 0, 0, []
for name in ("CORE", "CPU", "FSIZE", "MEMLOCK", "NOFILE", "STACK",
             "SIGPENDING", "MSGQUEUE"):
    number = {"SIGPENDING": 11, "MSGQUEUE": 12}.get(name) or getattr(
        resource, "RLIMIT_" + name)
    hard = resource.getrlimit(number)[1]
    if hard == resource.RLIM_INFINITY:
        breaches.append(f"{name} is unlimited")
        continue
    try:
        resource.setrlimit(number, (hard + 1, hard + 1))
        breaches.append(name)
    except (ValueError, PermissionError):
        limits += 1
for name, act in (
        ("nice", lambda: os.nice(-1)),
        ("setpriority", lambda: os.setpriority(os.PRIO_PROCESS, 0, -20)),
        ("fifo", lambda: os.sched_setscheduler(
            0, os.SCHED_FIFO, os.sched_param(1))),
        ("round robin", lambda: os.sched_setscheduler(
            0, os.SCHED_RR, os.sched_param(1))),
        ("nice of the group", lambda: os.setpriority(
            os.PRIO_PGRP, 0, -1))):
    try:
        act()
        breaches.append(name)
    except (OSError, PermissionError):
        priorities += 1
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {limits} limits and {priorities} priorities refused")
