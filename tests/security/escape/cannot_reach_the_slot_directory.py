# SPDX-License-Identifier: MIT
# attack: dial the supervisor again, or put something where it listens
# protection: unlinked after one accept; mounted read-only, Landlock
# needs: landlock 1
# expect: {"output": "HELD: not listed, not dialled, 4 changes refused"}
# default: varies, there is no such directory
import os, socket

breaches = []
try:
    breaches.append(f"lists {os.listdir('/run/sce')}")
except PermissionError:
    pass
with socket.socket(socket.AF_UNIX) as client:
    try:
        client.connect("/run/sce/s")
        breaches.append("connects")
    except FileNotFoundError:
        pass
held = 0
for change in (lambda: os.mkdir("/run/sce/d"),
               lambda: os.symlink("/etc/passwd", "/run/sce/s"),
               lambda: os.mkfifo("/run/sce/s"),
               lambda: socket.socket(socket.AF_UNIX).bind("/run/sce/s")):
    try:
        change()
        breaches.append("changed it")
    except OSError:
        held += 1
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: not listed, not dialled, {held} changes refused")
