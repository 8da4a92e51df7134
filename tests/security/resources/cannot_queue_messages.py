# SPDX-License-Identifier: MIT
# attack: System V and POSIX queues, semaphores, shared memory: they outlive
# protection: seccomp: none of the calls exists
# expect: {"output": "HELD: 5 calls do not exist"}
# default: breach
import ctypes, errno, os

libc = ctypes.CDLL(None, use_errno=True)
MQ_OPEN, TIMER = {"x86_64": (240, 222), "aarch64": (180, 107)}[
    os.uname().machine]
held, breaches = 0, []
timer = ctypes.c_int()
for name, act in (
        ("shmget", lambda: libc.shmget(0, 4096, 0o1600)),
        ("msgget", lambda: libc.msgget(0, 0o1600)),
        ("semget", lambda: libc.semget(0, 1, 0o1600)),
        ("mq_open", lambda: libc.syscall(MQ_OPEN, b"own", 0o102, 0o600,
                                         None)),
        ("timer_create", lambda: libc.syscall(TIMER, 0, None,
                                              ctypes.byref(timer)))):
    if act() == -1 and ctypes.get_errno() == errno.ENOSYS:
        held += 1
    else:
        breaches.append(f"{name} {ctypes.get_errno()}")
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} calls do not exist")
