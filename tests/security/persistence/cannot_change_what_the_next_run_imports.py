# SPDX-License-Identifier: MIT
# attack: a sitecustomize, a changed module, a .pyc, an interpreter of its own
# protection: the image is read-only and nobody's here
# expect: {"output": "HELD: 7 changes refused, nothing changed"}
# times: 2
# default: breach
import os, sys

held, breaches = 0, []
library = "/usr/lib/python3.11"
for path in (library + "/sitecustomize.py", library + "/usercustomize.py",
             library + "/os.py", library + "/__pycache__/os.cpython-311.pyc",
             "/usr/bin/python3.11", "/etc/python3.11/sitecustomize.py",
             "/usr/local/lib/python3.11/dist-packages/own.pth"):
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND))
        breaches.append(path)
    except OSError:
        held += 1
for path in sys.path[1:]:
    if os.access(path, os.W_OK):
        breaches.append(f"{path} is writable")
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} changes refused, nothing changed")
