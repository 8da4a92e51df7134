# SPDX-License-Identifier: MIT
# attack: use up what the kernel counts per user, by being the same user
# protection: a uid each, far from any that the host has
# expect: {"output": "/HELD: uid [0-9]{6,10}/"}
# distinct: output
# default: breach
import os, time

time.sleep(1)
print(f"{'HELD' if os.getuid() >= 100000 else 'BREACH'}: uid {os.getuid()}")
