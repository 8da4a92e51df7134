# SPDX-License-Identifier: MIT
# attack: leave files, sockets, FIFOs and names that a later run finds
# protection: a fresh container with fresh tmpfs for every run
# times: 6
# expect: {"output": "HELD: 12 places were empty"}
# default: held
import os, socket

empty, found = 0, []
for folder in ("/box", "/tmp", "/dev/shm"):
    for kind in ("file", "folder", "fifo", "socket"):
        path = f"{folder}/left-{kind}"
        if os.path.lexists(path):
            found.append(path)
        else:
            empty += 1
    open(f"{folder}/left-file", "w").write("from an earlier run")
    os.mkdir(f"{folder}/left-folder")
    os.mkfifo(f"{folder}/left-fifo")
    socket.socket(socket.AF_UNIX).bind(f"{folder}/left-socket")
print("BREACH: " + ", ".join(found) if found
      else f"HELD: {empty} places were empty")
