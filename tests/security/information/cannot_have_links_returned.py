# attack: leave links, FIFOs and sockets and have what they lead to returned as its own files
# protection: the guest reads regular files below /box alone, follows no link, opens nothing else
# expect: {"output": "held", "files": [{"name": "own", "content": "b3du", "encoding": "base64"}]}
# returns: files
# default: skipped, Docker returns no files
import os
import socket

TARGETS = ["/etc/passwd", "/etc/shadow", "/etc", "/", "/proc/1/environ",
           "/proc/1/root/etc/hostname", "/proc/1/fd/3", "/proc/self/environ",
           "/proc/self/cwd", "/proc/kcore", "/sys/kernel/notes", "/sce-guest",
           "/run/sce.sock", "/dev/zero", "/dev/stdin", "own", ".", ".."]

for number, target in enumerate(TARGETS):
    os.symlink(target, f"link{number}")
    try:
        os.link(target, f"hard{number}", follow_symlinks=False)
        if target != "own":
            print("BREACH: a hard link to", target)
    except OSError:
        pass
os.mkdir("folder")
os.symlink("/etc", "folder/etc")
os.mkfifo("fifo")
socket.socket(socket.AF_UNIX).bind("socket")
with open("own", "w") as file:
    file.write("own")
print("held")
