# SPDX-License-Identifier: MIT
# attack: write a program into each writable folder and execute it
# protection: tmpfs mounted noexec; Landlock grants no execution there
# expect: {"output": "HELD: 9 tries refused in /box /tmp /dev/shm"}
# default: breach
import glob, os, shutil, subprocess

loader = (glob.glob("/lib64/ld-linux-*.so.*") + glob.glob("/lib/ld-linux-*"))[0]
held, breaches = 0, []
folders = ("/box", "/tmp", "/dev/shm")

for folder in folders:
    copy = os.path.join(folder, "own")
    script = os.path.join(folder, "own.sh")
    try:
        shutil.copy("/bin/true", copy)
        with open(script, "w") as file:
            file.write("#!/bin/sh\nexit 0\n")
        os.chmod(copy, 0o755)
        os.chmod(script, 0o755)
    except OSError as error:
        breaches.append(f"{folder} is not writable: {error}")
        continue
    # Directly, by its first line, and by the loader, which only maps it.
    for command in ([copy], [script], [loader, copy]):
        try:
            done = subprocess.run(command, capture_output=True)
            if done.returncode == 0:
                breaches.append(" ".join(command))
            else:
                held += 1
        except PermissionError:
            held += 1
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} tries refused in {' '.join(folders)}")
