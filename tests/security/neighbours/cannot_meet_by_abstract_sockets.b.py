# SPDX-License-Identifier: MIT
# expect: {"output": "HELD: nobody listens"}
import socket, time

end = time.monotonic() + 1
while time.monotonic() < end:
    try:
        socket.socket(socket.AF_UNIX).connect("\0sce-meeting")
        print("BREACH: the neighbour listens")
        break
    except ConnectionRefusedError:
        time.sleep(0.02)
else:
    print("HELD: nobody listens")
