# SPDX-License-Identifier: MIT
# attack: make, change, rename or remove a file anywhere but in /box and /tmp
# protection: read-only root, Landlock, not the owner of anything
# expect: {"output": "HELD: 57 changes refused"}
# default: breach
import os

held, breaches = 0, []
folders = ("/", "/bin", "/dev", "/etc", "/home", "/lib", "/opt", "/proc",
           "/root", "/run", "/run/sce", "/sys", "/usr", "/usr/bin",
           "/usr/lib/python3.11", "/usr/local/bin", "/var", "/var/tmp",
           "/dev/mqueue")


def refused(what, act):
    global held
    try:
        act()
        breaches.append(what)
    except OSError:
        held += 1


for folder in folders:
    refused(f"file in {folder}", lambda: os.close(os.open(
        folder + "/own", os.O_CREAT | os.O_WRONLY)))
    refused(f"folder in {folder}", lambda: os.mkdir(folder + "/own.d"))
    refused(f"link in {folder}", lambda: os.symlink("/x", folder + "/own.l"))
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} changes refused")
