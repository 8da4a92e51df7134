# SPDX-License-Identifier: MIT
# attack: fill the disk: write until nothing goes any more
# protection: /box, /tmp and /dev/shm are small tmpfs, the root is read-only
# expect: {"output": "/HELD: (7|8) MiB in /box, 16 MiB in /tmp, 8 MiB in /dev/shm/"}
# default: breach
import errno, os

found, breached = [], False
for folder, limit in (("/box", 8), ("/tmp", 16), ("/dev/shm", 8)):
    written = 0
    try:
        for number in range(4):
            with open(f"{folder}/big{number}", "wb", buffering=0) as file:
                for _ in range(15):  # below the limit of one file
                    written += file.write(b"x" * (1 << 20))
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
    for name in os.listdir(folder):
        if name.startswith("big"):
            os.remove(f"{folder}/{name}")
    written = round(written / (1 << 20))
    breached = breached or written > limit
    found.append(f"{written} MiB in {folder}")
print(("BREACH: " if breached else "HELD: ") + ", ".join(found))
