# SPDX-License-Identifier: MIT
# attack: read, replace or execute the program that is PID 1, a host's file
# protection: mounted read-only, Landlock knows no right on it
# needs: landlock 1
# expect: {"output": "HELD: 7 ways refused"}
# default: varies, there is no such file
import os

held, breaches = 0, []
PATH = "/sce-guest"
WAYS = {
    "read": lambda: open(PATH, "rb"), "write": lambda: open(PATH, "ab"),
    "truncate": lambda: os.truncate(PATH, 0),
    "remove": lambda: os.unlink(PATH), "mode": lambda: os.chmod(PATH, 0o777),
    "replace": lambda: os.rename("/box/main.py", PATH),
    "execute": lambda: os.execv(PATH, [PATH]),
}
for name, way in WAYS.items():
    try:
        way()
        breaches.append(name)
    except OSError as error:
        if error.errno == 2:
            breaches.append(f"{name}: not there")
        else:
            held += 1
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} ways refused")
