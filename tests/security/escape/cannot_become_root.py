# SPDX-License-Identifier: MIT
# attack: become root or somebody else, or get a capability
# protection: started without any of them, no_new_privs; seccomp
# expect: {"output": "HELD: 10 ways refused, no capability"}
# default: breach
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
held, breaches = 0, []
ways = {
    "setuid": lambda: os.setuid(0), "setgid": lambda: os.setgid(0),
    "seteuid": lambda: os.seteuid(0), "setegid": lambda: os.setegid(0),
    "setreuid": lambda: os.setreuid(0, 0),
    "setresuid": lambda: os.setresuid(0, 0, 0),
    "setresgid": lambda: os.setresgid(0, 0, 0),
    "setgroups": lambda: os.setgroups([0]),
    "another": lambda: os.setuid(os.getuid() + 1),
}
for name, way in ways.items():
    try:
        way()
        breaches.append(name)
    except PermissionError:
        held += 1

header = (ctypes.c_uint32 * 2)(0x20080522, 0)
sets = (ctypes.c_uint32 * 6)()
libc.capget(header, sets)
if any(sets):
    breaches.append(f"capabilities {sets[0]:x}")
for i in range(6):
    sets[i] = 0xffffffff
if libc.capset(header, sets) == -1:
    held += 1
else:
    breaches.append("capset")
for number in range(41):
    if libc.prctl(23, number, 0, 0, 0) == 1:  # PR_CAPBSET_READ
        breaches.append(f"capability {number} in the bounding set")
        break
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} ways refused, no capability")
