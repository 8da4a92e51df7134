# SPDX-License-Identifier: MIT
# expect: {"output": "HELD: no vsock"}
import socket, time

try:
    server = socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)
    server.bind((socket.VMADDR_CID_ANY, 45678))
    time.sleep(1)
    print("BREACH: vsock port taken")
except OSError:
    print("HELD: no vsock")
