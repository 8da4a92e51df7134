# SPDX-License-Identifier: MIT
# attack: open a host's file by its handle, past every mount ("shocker")
# protection: no capability; seccomp refuses both calls
# expect: {"output": "HELD: 2 calls refused"}
# default: varies, Docker refuses the second
import ctypes, errno

libc = ctypes.CDLL(None, use_errno=True)
held, breaches = 0, []
handle = (ctypes.c_uint32 * 34)(128, 1)
mount = ctypes.c_int()
if libc.name_to_handle_at(-100, b"/box", handle, ctypes.byref(mount),
                          0) == -1 and ctypes.get_errno() == errno.EPERM:
    held += 1
else:
    breaches.append("name_to_handle_at")
handle = (ctypes.c_uint32 * 4)(8, 1, 2, 0)  # inode 2: a root directory
if libc.open_by_handle_at(3, handle, 0) == -1 and \
        ctypes.get_errno() == errno.EPERM:
    held += 1
else:
    breaches.append("open_by_handle_at")
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} calls refused")
