# SPDX-License-Identifier: MIT
# attack: userfaultfd, bpf, perf events, keys: half of all kernel exploits
# protection: seccomp: none of the calls exists
# expect: {"output": "HELD: 8 calls do not exist"}
# default: breach
import ctypes, errno, os

libc = ctypes.CDLL(None, use_errno=True)
NUMBERS = {
    "x86_64": {"userfaultfd": 323, "bpf": 321, "perf_event_open": 298,
               "add_key": 248, "request_key": 249, "keyctl": 250,
               "splice": 275, "vmsplice": 278},
    "aarch64": {"userfaultfd": 282, "bpf": 280, "perf_event_open": 241,
                "add_key": 217, "request_key": 218, "keyctl": 219,
                "splice": 76, "vmsplice": 75},
}[os.uname().machine]
held, breaches = 0, []
attributes = ctypes.create_string_buffer(128)
fds = os.pipe()
ARGS = {"userfaultfd": (1,), "bpf": (0, attributes, 72),
        "perf_event_open": (attributes, 0, -1, -1, 0),
        "add_key": (b"user", b"x", b"y", 1, -3),
        "request_key": (b"user", b"x", None, -3), "keyctl": (0, -3, 0),
        "splice": (fds[0], None, fds[1], None, 1, 0),
        "vmsplice": (fds[1], None, 0, 0)}
for name, number in NUMBERS.items():
    if libc.syscall(number, *ARGS[name]) == -1 and \
            ctypes.get_errno() == errno.ENOSYS:
        held += 1
    else:
        breaches.append(f"{name} {ctypes.get_errno()}")
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} calls do not exist")
