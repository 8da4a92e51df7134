# attack: swap a file and a folder for links while the guest reads them to return them
# protection: the guest reads when every process of the run is dead, and follows no link
# expect: {"output": "held", "files": "/\\[\\{\"name\":\"[ab]\",\"content\":\"b3du\",\"encoding\":\"base64\"\\},\\{\"name\":\"[de]/passwd\",\"content\":\"b3du\",\"encoding\":\"base64\"\\}\\]/"}
# returns: files
# times: 5
# default: skipped, Docker returns no files
import ctypes
import os

RENAME_EXCHANGE = 2
AT_FDCWD = -100

rename = ctypes.CDLL(None).renameat2
os.mkdir("d")
for name in ("a", "d/passwd"):
    with open(name, "w") as file:
        file.write("own")
os.symlink("/etc/passwd", "b")
os.symlink("/etc", "e")
ready, begun = os.pipe()
for _ in range(4):
    if os.fork() == 0:
        os.setsid()
        os.write(begun, b"!")
        while True:
            for one, other in ((b"a", b"b"), (b"d", b"e")):
                rename(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE)
for _ in range(4):
    os.read(ready, 1)
print("held")
