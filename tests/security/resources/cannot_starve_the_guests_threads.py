# SPDX-License-Identifier: MIT
# attack: schedule, limit and signal PID 1's other threads, by their numbers
# protection: seccomp: of the caller only, and a thread's number is not 0
# needs: landlock 6
# expect: {"output": "/HELD: [0-9]+ calls refused/"}
# default: varies, there is no such thread
import os, resource, signal

held, breaches = 0, []
WAYS = {
    "SCHED_IDLE": lambda n: os.sched_setscheduler(
        n, os.SCHED_IDLE, os.sched_param(0)),
    "affinity": lambda n: os.sched_setaffinity(n, {0}),
    "nice": lambda n: os.setpriority(os.PRIO_PROCESS, n, 19),
    "limits": lambda n: resource.prlimit(n, resource.RLIMIT_CORE),
    "signal": lambda n: os.kill(n, signal.SIGALRM),
    "memory": lambda n: os.close(os.open(f"/proc/{n}/mem", os.O_RDONLY)),
    "of PID 1": lambda n: os.close(os.open(
        f"/proc/1/task/{n}/mem", os.O_RDONLY)),
}
for number in range(1, 64):
    try:
        if os.getsid(number) != 1:
            continue
    except ProcessLookupError:
        continue
    for name, way in WAYS.items():
        try:
            way(number)
            breaches.append(f"{name} of {number}")
        except PermissionError:
            held += 1
        except FileNotFoundError:
            pass  # the number of another thread's folder
print("BREACH: " + ", ".join(breaches) if breaches or held < 7
      else f"HELD: {held} calls refused")
