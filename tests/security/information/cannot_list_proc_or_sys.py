# SPDX-License-Identifier: MIT
# attack: list processes, devices, modules, interfaces, hardware
# protection: Landlock gives no right on /proc and /sys
# needs: landlock 1
# expect: {"output": "HELD: 14 folders refuse"}
# default: breach
import os

held, breaches = 0, []
for path in ("/proc", "/proc/1", "/proc/self", "/proc/self/fd",
             "/proc/self/task", "/proc/net", "/proc/sys", "/sys",
             "/sys/block", "/sys/bus/pci/devices", "/sys/class/net",
             "/sys/devices/system/cpu", "/sys/module", "/sys/kernel"):
    try:
        os.listdir(path)
        breaches.append(path)
    except (PermissionError, FileNotFoundError):
        held += 1
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} folders refuse")
