# SPDX-License-Identifier: MIT
# attack: the classic switches in /proc and /sys that run a program as root
# protection: read-only and masked mounts, Landlock
# needs: landlock 1
# expect: {"output": "HELD: 17 files refuse"}
# default: breach
import os

held, breaches = 0, []
for path in ("/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe",
             "/proc/sys/vm/overcommit_memory", "/proc/sys/kernel/hostname",
             "/proc/sysrq-trigger", "/proc/sys/fs/binfmt_misc/register",
             "/proc/self/oom_score_adj", "/proc/self/uid_map",
             "/proc/self/setgroups", "/proc/self/mem", "/proc/self/comm",
             "/proc/self/attr/current", "/sys/kernel/uevent_helper",
             "/sys/kernel/mm/transparent_hugepage/enabled",
             "/sys/fs/cgroup/memory/release_agent",
             "/sys/fs/cgroup/cgroup.procs", "/proc/1/oom_score_adj"):
    try:
        os.close(os.open(path, os.O_WRONLY))
        breaches.append(path)
    except OSError:
        held += 1
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} files refuse")
