# SPDX-License-Identifier: MIT
# attack: load native code from a writable folder into the interpreter
# protection: tmpfs mounted noexec: it can not be mapped executable
# expect: {"output": "HELD: 3 folders refuse"}
# default: breach
import ctypes, glob, shutil

library = glob.glob("/usr/lib/*/libffi.so.*")
held, breaches = 0, []

for folder in ("/box", "/tmp", "/dev/shm"):
    copy = folder + "/own.so"
    try:
        shutil.copy(library[0], copy)
        ctypes.CDLL(copy)
        breaches.append(copy)
    except OSError as error:
        if "failed to map segment" in str(error):
            held += 1
        else:
            breaches.append(str(error))
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} folders refuse")
