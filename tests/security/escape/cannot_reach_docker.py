# SPDX-License-Identifier: MIT
# attack: talk to Docker or containerd: who can, is root on the host
# protection: no socket of the host is mounted
# expect: {"output": "HELD: 10 sockets out of reach"}
# default: held
import socket

held, breaches = 0, []
for path in ("/var/run/docker.sock", "/run/docker.sock",
             "/run/containerd/containerd.sock", "/run/podman/podman.sock",
             "/var/run/docker/containerd/containerd.sock",
             "/run/dbus/system_bus_socket", "/run/systemd/private",
             "/run/snapd.socket", "/run/crio/crio.sock", "/run/user/0/bus"):
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(path)
            breaches.append(path)
        except OSError:
            held += 1
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} sockets out of reach")
