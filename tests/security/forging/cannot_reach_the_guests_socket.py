# SPDX-License-Identifier: MIT
# attack: get at the connected socket by its name, its peer or SCM_RIGHTS
# protection: unlinked, no abstract name, not inherited, its own mount
# expect: {"output": "HELD: 13 names lead nowhere"}
# default: varies, there is no such socket
import socket

held, breaches = 0, []
for path in ("/run/sce/s", "\0/run/sce/s", "\0sce", "/run/sce", "/sce-guest",
             "/proc/1/fd/3", "/proc/1/fd/4", "/proc/1/fd/5",
             "/proc/1/root/run/sce/s", "/run/sced.sock", "\0sced",
             "/box/main.py", "/dev/log"):
    client = socket.socket(socket.AF_UNIX)
    try:
        client.connect(path)
        breaches.append(path)
    except OSError:
        held += 1
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} names lead nowhere")
