# SPDX-License-Identifier: MIT
# attack: find a setuid or setgid program, or make one
# protection: the image has none; no_new_privs; tmpfs mounted nosuid
# expect: {"output": "HELD: no setuid program, no_new_privs is 1"}
# default: breach
import ctypes, os, stat

libc = ctypes.CDLL(None, use_errno=True)
breaches = []
for top in ("/usr", "/opt", "/etc"):
    for folder, _, names in os.walk(top):
        for name in names:
            mode = os.lstat(os.path.join(folder, name)).st_mode
            if stat.S_ISREG(mode) and mode & (stat.S_ISUID | stat.S_ISGID):
                breaches.append(os.path.join(folder, name))
if libc.prctl(39, 0, 0, 0, 0) != 1:  # PR_GET_NO_NEW_PRIVS
    breaches.append("no_new_privs is 0")
if libc.prctl(38, 0, 0, 0, 0) == 0:  # PR_SET_NO_NEW_PRIVS, back
    breaches.append("no_new_privs can be taken back")
for folder in ("/box", "/tmp", "/dev/shm"):
    if not os.statvfs(folder).f_flag & os.ST_NOSUID:
        breaches.append(f"{folder} honours setuid")
print("BREACH: " + ", ".join(breaches) if breaches
      else "HELD: no setuid program, no_new_privs is 1")
