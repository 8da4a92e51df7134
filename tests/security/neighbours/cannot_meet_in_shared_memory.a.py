# SPDX-License-Identifier: MIT
# attack: two runs meet in POSIX shared memory and by System V keys
# protection: a /dev/shm each, --ipc none, no System V calls
# expect: {"output": "HELD: no memory of the neighbour's"}
# default: held
import ctypes, time
from multiprocessing import shared_memory

libc = ctypes.CDLL(None, use_errno=True)
memory = shared_memory.SharedMemory("meeting", create=True, size=4096)
libc.shmget(0x5ced, 4096, 0o1666)
end, seen = time.monotonic() + 1.2, False
while time.monotonic() < end:
    seen = seen or memory.buf[0] != 0
    time.sleep(0.02)
memory.close()
memory.unlink()
print("BREACH: the neighbour wrote" if seen
      else "HELD: no memory of the neighbour's")
