# SPDX-License-Identifier: MIT
# attack: read what lies on the host, by likely paths and up from everywhere
# protection: a root file system of its own; nothing of the host in it
# expect: {"output": "HELD: 24 paths lead nowhere"}
# default: varies, its image has /etc/hostname and the like, too
import os

held, breaches = 0, []
paths = ["/var/lib/docker", "/var/lib/containerd", "/var/run/docker",
         "/var/lib/safe-code-executor", "/var/log/syslog", "/var/log/nginx",
         "/etc/shadow", "/etc/sudoers", "/etc/ssh/sshd_config",
         "/etc/nginx/nginx.conf", "/etc/docker/daemon.json",
         "/root/.ssh/authorized_keys", "/root/.bash_history",
         "/root/.docker/config.json", "/home/sandbox", "/mnt/host", "/host",
         "/dev/vda", "/dev/sda", "/dev/mem", "/dev/dm-0"]
paths += ["../" * 20 + "var/lib/docker", "/tmp/../../var/lib/docker",
          "/proc/1/root/var/lib/docker"]
for path in paths:
    try:
        os.close(os.open(path, os.O_RDONLY))
        breaches.append(path)
    except (FileNotFoundError, PermissionError):
        held += 1
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} paths lead nowhere")
