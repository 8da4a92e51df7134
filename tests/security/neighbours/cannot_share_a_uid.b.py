# SPDX-License-Identifier: MIT
# expect: {"output": "/HELD: uid [0-9]{6,10}/"}
import os, time

time.sleep(1)
print(f"{'HELD' if os.getuid() >= 100000 else 'BREACH'}: uid {os.getuid()}")
