# SPDX-License-Identifier: MIT
# attack: open descriptors until the host's table is full; raise the limit
# protection: --ulimit nofile 256:256
# expect: {"output": "HELD: 256 descriptors, the limit stays"}
# default: breach
import os, resource

raised = False
try:
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    raised = True
except (ValueError, PermissionError):
    pass
fds = []
try:
    while len(fds) < 4000:
        fds.append(os.open("/dev/null", os.O_RDONLY))
except OSError:
    pass
count = fds[-1] + 1
print(f"BREACH: {count} descriptors" if raised or count > 256
      else f"HELD: {count} descriptors, the limit stays")
