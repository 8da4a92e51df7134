# SPDX-License-Identifier: MIT
# expect: {"output": "HELD: alone in /box /tmp /dev/shm"}
import os, time

folders = ("/box", "/tmp", "/dev/shm")
for folder in folders:
    open(f"{folder}/from-b", "w").write("b")
end, found = time.monotonic() + 1, set()
while time.monotonic() < end:
    found |= {f for f in folders if os.path.exists(f + "/from-a")}
    time.sleep(0.02)
print(f"BREACH: {sorted(found)}" if found
      else f"HELD: alone in {' '.join(folders)}")
