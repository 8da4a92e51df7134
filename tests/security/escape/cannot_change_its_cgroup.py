# SPDX-License-Identifier: MIT
# attack: leave the cgroup, lift its limits, make one with a release agent
# protection: cgroups are mounted read-only, and Landlock hides them
# needs: landlock 1
# expect: {"output": "HELD: neither listed nor changed"}
# default: breach
import os

breaches = []
try:
    if os.listdir("/sys/fs/cgroup"):
        breaches.append("listed")
except PermissionError:
    pass
for path in ("memory/memory.limit_in_bytes", "memory.max", "pids/pids.max",
             "pids.max", "cpu/cpu.cfs_quota_us", "cpu.max", "cgroup.kill"):
    try:
        os.close(os.open("/sys/fs/cgroup/" + path, os.O_WRONLY))
        breaches.append(path)
    except OSError:
        pass
for folder in ("/sys/fs/cgroup/own", "/sys/fs/cgroup/memory/own",
               "/sys/fs/cgroup/pids/own"):
    try:
        os.mkdir(folder)
        breaches.append(folder)
    except OSError:
        pass
print("BREACH: " + ", ".join(breaches) if breaches
      else "HELD: neither listed nor changed")
