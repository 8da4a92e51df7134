# SPDX-License-Identifier: MIT
# attack: make empty files until the memory for their inodes is gone
# protection: nr_inodes of every tmpfs
# expect: {"output": "HELD: /box /tmp /dev/shm end at 1024 1024 64"}
# default: breach
import errno, os

limits = {"/box": 1024, "/tmp": 1024, "/dev/shm": 64}
breaches = []
for folder, limit in limits.items():
    os.mkdir(folder + "/many")
    made = 0
    try:
        while made <= 2000:
            os.close(os.open(f"{folder}/many/{made}", os.O_CREAT, 0o600))
            made += 1
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
    if made >= limit:
        breaches.append(f"{made} files in {folder}")
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {' '.join(limits)} end at "
      f"{' '.join(map(str, limits.values()))}")
