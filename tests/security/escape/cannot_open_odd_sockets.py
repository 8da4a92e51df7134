# SPDX-License-Identifier: MIT
# attack: vsock to the hypervisor, AF_ALG, netlink, packet and raw sockets
# protection: seccomp: AF_UNIX, and TCP and UDP in an empty network
# expect: {"output": "HELD: 46 families and 8 protocols refused"}
# default: breach
import socket

held, odd, breaches = 0, 0, []
for family in range(0, 48):
    if family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6):
        continue
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            socket.socket(family, kind, 0).close()
            breaches.append(f"family {family}")
        except OSError as error:
            # EAFNOSUPPORT: the filter's answer, and the kernel's own
            if error.errno not in (97, 1):
                breaches.append(f"family {family}: {error.strerror}")
    held += 1
try:  # x32 and the like aside, a number that no header has
    socket.socket(0x7fffffff, socket.SOCK_DGRAM).close()
    breaches.append("family 0x7fffffff")
except OSError:
    held += 1
for family in (socket.AF_INET, socket.AF_INET6):
    for kind, protocol in ((socket.SOCK_RAW, 1), (socket.SOCK_DGRAM, 1),
                           (socket.SOCK_STREAM, 262), (socket.SOCK_DGRAM, 136)):
        try:  # raw, ping, MPTCP, UDP-Lite
            socket.socket(family, kind, protocol).close()
            breaches.append(f"family {family} {kind} {protocol}")
        except OSError:
            odd += 1
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} families and {odd} protocols refused")
