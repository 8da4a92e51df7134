# SPDX-License-Identifier: MIT
# attack: two runs meet by files in each folder that they may write
# protection: a tmpfs each
# expect: {"output": "HELD: alone in /box /tmp /dev/shm"}
# default: held
import os, time

folders = ("/box", "/tmp", "/dev/shm")
for folder in folders:
    open(f"{folder}/from-a", "w").write("a")
end, found = time.monotonic() + 1, set()
while time.monotonic() < end:
    found |= {f for f in folders if os.path.exists(f + "/from-b")}
    time.sleep(0.02)
print(f"BREACH: {sorted(found)}" if found
      else f"HELD: alone in {' '.join(folders)}")
