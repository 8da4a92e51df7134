# SPDX-License-Identifier: MIT
# expect: {"output": "HELD: no memory of the neighbour's"}
import ctypes, time
from multiprocessing import shared_memory

libc = ctypes.CDLL(None, use_errno=True)
end, seen = time.monotonic() + 1, False
while time.monotonic() < end and not seen:
    try:
        memory = shared_memory.SharedMemory("meeting")
        memory.buf[0] = 1
        seen = True
    except FileNotFoundError:
        pass
    seen = seen or libc.shmget(0x5ced, 4096, 0o666) != -1
    time.sleep(0.02)
print("BREACH: the neighbour's memory" if seen
      else "HELD: no memory of the neighbour's")
