# SPDX-License-Identifier: MIT
# attack: so many signals to PID 1 that it does nothing else, or times out
# protection: Landlock; SIGALRM only wakes the guest, the clock decides
# timeout: 5
# expect: {"output": "HELD: 20000 signals did nothing"}
# default: varies, signals to PID 1 do nothing there either
import os, signal, time

end = time.monotonic() + 0.7
for i in range(20000):
    try:
        os.kill(1, (signal.SIGALRM, signal.SIGCHLD)[i % 2])
    except PermissionError:
        pass
time.sleep(max(0, end - time.monotonic()))
print("HELD: 20000 signals did nothing")
