# SPDX-License-Identifier: MIT
# attack: reach an address, a name, the host, a cloud's metadata
# protection: --network none: there is a loopback of its own and nothing else
# expect: {"output": "HELD: 11 addresses out of reach, no names"}
# default: varies, here it is run without a network too
import errno, socket

held, breaches = 0, []
try:
    breaches += [name for _, name in socket.if_nameindex() if name != "lo"]
except OSError:
    pass  # asked by netlink, which is refused
TARGETS = [("192.0.2.1", 80), ("169.254.169.254", 80), ("172.17.0.1", 5000),
           ("10.0.0.1", 22), ("1.1.1.1", 53), ("2001:db8::1", 80),
           ("fe80::1", 80), ("255.255.255.255", 9)]
for host, port in TARGETS:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as client:
        client.settimeout(0.5)
        try:
            client.connect((host, port))
            breaches.append(f"{host}:{port}")
        except OSError as error:
            if error.errno in (errno.ENETUNREACH, errno.EADDRNOTAVAIL,
                               errno.EHOSTUNREACH, errno.EINVAL):
                held += 1
            else:
                breaches.append(f"{host}: {error}")
for host in ("192.0.2.1", "8.8.8.8", "2001:db8::1"):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as client:
        try:
            client.sendto(b"x", (host, 53))
            breaches.append(f"datagram to {host}")
        except OSError:
            held += 1
for name in ("example.com", "host.docker.internal", "metadata.google.internal"):
    try:
        socket.getaddrinfo(name, 80)
        breaches.append(f"knows {name}")
    except socket.gaierror:
        pass
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} addresses out of reach, no names")
