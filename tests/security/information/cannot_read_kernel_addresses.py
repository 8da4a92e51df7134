# SPDX-License-Identifier: MIT
# attack: learn where the kernel lies, for an exploit
# protection: Landlock gives no right on /proc and /sys; syslog is refused
# needs: landlock 1
# expect: {"output": "HELD: 11 sources refuse"}
# default: breach
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
held, breaches = 0, []
for path in ("/proc/kallsyms", "/proc/kcore", "/proc/modules",
             "/proc/self/stack", "/proc/self/wchan", "/proc/slabinfo",
             "/sys/kernel/notes", "/sys/kernel/vmcoreinfo", "/dev/kmsg",
             "/boot/System.map"):
    try:
        os.close(os.open(path, os.O_RDONLY))
        breaches.append(path)
    except OSError:
        held += 1
if libc.klogctl(3, ctypes.create_string_buffer(64), 64) == -1:
    held += 1
else:
    breaches.append("the kernel's log")
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} sources refuse")
