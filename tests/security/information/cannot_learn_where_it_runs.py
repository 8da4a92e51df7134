# SPDX-License-Identifier: MIT
# attack: the container's id, the host's name, the variables of the service
# protection: a fixed host name; four variables; Landlock
# needs: landlock 1
# expect: {"output": "HELD: a sandbox like any other"}
# default: breach
import os, re, socket

breaches = []
if socket.gethostname() != "sandbox":
    breaches.append("host name " + socket.gethostname())
if sorted(os.environ) != ["HOME", "LANG", "PATH", "USER"]:
    breaches.append("variables " + " ".join(sorted(os.environ)))
for path in ("/etc/hostname", "/etc/hosts", "/proc/self/cgroup",
             "/proc/self/mountinfo", "/proc/sys/kernel/hostname"):
    try:
        with open(path) as file:
            text = file.read()
        if re.search(r"[0-9a-f]{12}|docker|/var/", text):
            breaches.append(path)
    except (PermissionError, FileNotFoundError):
        pass
for path in ("/.dockerenv", "/run/.containerenv"):
    try:
        os.close(os.open(path, os.O_RDONLY))
        breaches.append(path)
    except (PermissionError, FileNotFoundError):
        pass
print("BREACH: " + ", ".join(breaches) if breaches
      else "HELD: a sandbox like any other")
