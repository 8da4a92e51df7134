# SPDX-License-Identifier: MIT
# expect: {"output": "HELD: nobody listens"}
import socket, time

end = time.monotonic() + 1
datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while time.monotonic() < end:
    datagram.sendto(b"x", ("127.0.0.1", 5999))
    try:
        socket.create_connection(("127.0.0.1", 5999), 0.1)
        print("BREACH: the neighbour listens")
        break
    except ConnectionRefusedError:
        time.sleep(0.02)
else:
    print("HELD: nobody listens")
