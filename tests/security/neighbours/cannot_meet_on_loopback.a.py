# SPDX-License-Identifier: MIT
# attack: two runs meet on 127.0.0.1, by TCP and UDP
# protection: a network namespace each, with a loopback of its own
# expect: {"output": "HELD: nobody called"}
# default: held
import select, socket

stream = socket.create_server(("127.0.0.1", 5999))
datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagram.bind(("127.0.0.1", 5999))
if select.select([stream, datagram], [], [], 1.5)[0]:
    print("BREACH: the neighbour called")
else:
    print("HELD: nobody called")
