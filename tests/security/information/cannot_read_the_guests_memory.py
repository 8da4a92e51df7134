# SPDX-License-Identifier: MIT
# attack: read the guest's memory, map, environment and arguments
# protection: the guest is not dumpable; Landlock
# expect: {"output": "HELD: 8 files refuse, 4 links refuse"}
# default: breach
import os

files, links, breaches = 0, 0, []
for name in ("mem", "maps", "environ", "auxv", "pagemap", "syscall", "stack",
             "io"):
    try:
        os.close(os.open("/proc/1/" + name, os.O_RDONLY))
        breaches.append(name)
    except PermissionError:
        files += 1
for name in ("exe", "cwd", "root", "fd/1"):
    try:
        breaches.append(f"{name} {os.readlink('/proc/1/' + name)}")
    except PermissionError:
        links += 1
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {files} files refuse, {links} links refuse")
