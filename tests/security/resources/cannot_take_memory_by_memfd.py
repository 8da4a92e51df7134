# SPDX-License-Identifier: MIT
# attack: take memory in files without a name, whose size no tmpfs bounds
# protection: seccomp: no memfd_create; shared maps of /dev/zero are counted
# expect: {"output": "HELD: no memfd", "error": "Memory limit exceeded (128 MB)"}
# nasty: yes
# default: breach
import mmap, os

SIZE = 192 << 20
try:
    os.close(os.memfd_create("memory"))
    print("BREACH: a memfd", flush=True)
except OSError:
    print("HELD: no memfd", flush=True)
with open("/dev/zero", "r+b", buffering=0) as zero:
    area = mmap.mmap(zero.fileno(), SIZE, flags=mmap.MAP_SHARED)
for at in range(0, SIZE, mmap.PAGESIZE):
    area[at] = 1
print("BREACH: 192 MiB")
