# SPDX-License-Identifier: MIT
# attack: two runs meet on an abstract socket, which no file system confines
# protection: a network namespace each; Landlock
# expect: {"output": "HELD: nobody called"}
# default: held
import socket

server = socket.socket(socket.AF_UNIX)
server.bind("\0sce-meeting")
server.listen()
server.settimeout(1.5)
try:
    server.accept()
    print("BREACH: the neighbour called")
except TimeoutError:
    print("HELD: nobody called")
