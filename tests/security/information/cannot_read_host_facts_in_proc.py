# SPDX-License-Identifier: MIT
# attack: the host's boot command line, mounts, memory, load, interrupts
# protection: Landlock gives no right on /proc
# needs: landlock 1
# expect: {"output": "HELD: 28 files refuse"}
# default: breach
held, breaches = 0, []
for path in ("cmdline", "config.gz", "cpuinfo", "crypto", "devices",
             "diskstats", "filesystems", "interrupts", "iomem", "ioports",
             "key-users", "loadavg", "locks", "meminfo", "modules", "mounts",
             "partitions", "pressure/cpu", "stat", "swaps", "uptime",
             "version", "vmstat", "zoneinfo", "self/mountinfo", "self/cgroup",
             "sys/kernel/random/boot_id", "sys/kernel/osrelease"):
    try:
        with open("/proc/" + path, "rb") as file:
            file.read(64)
        breaches.append(path)
    except (PermissionError, FileNotFoundError):
        held += 1
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} files refuse")
