# SPDX-License-Identifier: MIT
# attack: set the host's clock, which has no namespace
# protection: no capability; seccomp refuses each call
# expect: {"output": "HELD: 4 calls refused"}
# default: varies, Docker refuses them for want of CAP_SYS_TIME
import ctypes, errno, time

libc = ctypes.CDLL(None, use_errno=True)
held, breaches = 0, []


def refused(what, result):
    global held
    if result == -1 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS):
        held += 1
    else:
        breaches.append(f"{what} {ctypes.get_errno()}")


# To what they are already, should one get through.
now = (ctypes.c_long * 2)(int(time.time()), 0)
refused("clock_settime", libc.clock_settime(0, now))
refused("settimeofday", libc.settimeofday(now, None))
state = ctypes.create_string_buffer(208)
state[0:4] = (0x4000).to_bytes(4, "little")  # ADJ_TICK
refused("adjtimex", libc.adjtimex(state))
refused("clock_adjtime", libc.clock_adjtime(0, state))
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} calls refused")
