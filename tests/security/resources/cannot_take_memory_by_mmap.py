# SPDX-License-Identifier: MIT
# attack: take memory by anonymous maps, private and shared with a child
# protection: --memory 128m counts both kinds
# expect: {"error": "Memory limit exceeded (128 MB)"}
# nasty: yes
# default: breach
import mmap

taken = []
for i in range(16):
    flags = (mmap.MAP_SHARED if i % 2 else mmap.MAP_PRIVATE) | \
        mmap.MAP_ANONYMOUS
    area = mmap.mmap(-1, 16 << 20, flags=flags)
    for at in range(0, len(area), 4096):
        area[at] = 1
    taken.append(area)
print(f"BREACH: {16 * len(taken)} MiB")
