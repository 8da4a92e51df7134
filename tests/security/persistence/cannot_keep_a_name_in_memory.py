# SPDX-License-Identifier: MIT
# attack: shared memory and semaphores by name, kept for a later run
# protection: /dev/shm is the container's own and ends with it
# times: 6
# expect: {"output": "HELD: no name from before"}
# default: varies, the name is gone with the container there, too
import os
from multiprocessing import resource_tracker, shared_memory

resource_tracker.register = lambda *args: None  # do not tidy up at the end
found = [name for name in os.listdir("/dev/shm")]
memory = shared_memory.SharedMemory("kept", create=True, size=4096)
memory.buf[:4] = b"kept"
print(f"BREACH: {found}" if found else "HELD: no name from before")
