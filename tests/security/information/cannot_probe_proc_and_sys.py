# SPDX-License-Identifier: MIT
# attack: what exists below /proc and /sys, by stat and readlink
# protection: none: Landlock guards opening, not looking
# residual: names of devices and modules can be guessed, nothing can be read
# expect: {"output": "HELD: 6 paths are not there"}
# default: breach
import os

held, breaches = 0, []
for act, path in ((os.stat, "/proc/1"), (os.stat, "/proc/meminfo"),
                  (os.stat, "/sys/kernel/mm"), (os.stat, "/sys/class/net/lo"),
                  (os.readlink, "/proc/self/ns/user"),
                  (os.readlink, "/proc/self/cwd")):
    try:
        act(path)
        breaches.append(path)
    except OSError:
        held += 1
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} paths are not there")
