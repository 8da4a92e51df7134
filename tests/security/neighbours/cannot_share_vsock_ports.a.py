# SPDX-License-Identifier: MIT
# attack: two runs meet on vsock, which has no namespace
# protection: seccomp: there is no such socket
# expect: {"output": "HELD: no vsock"}
# default: varies, Docker refuses it since 26.1; a kernel may have none
import socket, time

try:
    server = socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)
    server.bind((socket.VMADDR_CID_ANY, 45678))
    time.sleep(1)
    print("BREACH: vsock port taken")
except OSError:
    print("HELD: no vsock")
