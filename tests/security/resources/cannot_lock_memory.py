# SPDX-License-Identifier: MIT
# attack: pin memory, so that the host can not reclaim it
# protection: RLIMIT_MEMLOCK 0; seccomp refuses mlockall
# expect: {"output": "HELD: 3 ways refused"}
# default: breach
import ctypes, mmap

libc = ctypes.CDLL(None, use_errno=True)
held, breaches = 0, []
page = mmap.mmap(-1, 4096)
address = ctypes.addressof(ctypes.c_char.from_buffer(page))
for name, result in (("mlock", libc.mlock(ctypes.c_void_p(address), 4096)),
                     ("mlockall", libc.mlockall(3)),
                     ("mlock2", libc.mlock2(ctypes.c_void_p(address), 4096,
                                            1))):
    if result == -1:
        held += 1
    else:
        breaches.append(name)
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} ways refused")
