# SPDX-License-Identifier: MIT
# expect: {"output": "HELD: nobody there"}
import os, signal, time

end, reached = time.monotonic() + 1, set()
while time.monotonic() < end:
    for pid in range(2, 3000):
        if pid == os.getpid():
            continue
        try:
            os.kill(pid, signal.SIGUSR1)
            reached.add(pid)
        except OSError:
            pass
    time.sleep(0.02)
print(f"BREACH: {sorted(reached)}" if reached else "HELD: nobody there")
