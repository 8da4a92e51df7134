# SPDX-License-Identifier: MIT
# attack: fill sockets, whose buffers are the kernel's, by all descriptors
# protection: --memory 128m counts the buffers; none can be forced larger
# expect: {"error": "Memory limit exceeded (128 MB)", "output": "HELD: no buffer forced"}
# nasty: yes
# default: breach
import socket

pairs, total, forced = [], 0, 0
try:
    while len(pairs) < 1000:
        pairs.append(socket.socketpair())
except OSError:
    pass
for one, other in pairs:
    one.setblocking(False)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24)
    try:
        one.setsockopt(socket.SOL_SOCKET, 32, 1 << 24)  # SO_SNDBUFFORCE
        forced += 1
    except PermissionError:
        pass
print(f"BREACH: {forced} forced" if forced else "HELD: no buffer forced",
      flush=True)
for one, other in pairs:
    try:
        while total < 200 << 20:
            total += one.send(b"x" * 65536)
    except BlockingIOError:
        pass
print(f"BREACH: {total >> 20} MiB in {len(pairs)} pairs")
