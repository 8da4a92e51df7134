# SPDX-License-Identifier: MIT
# attack: kill(-1, SIGKILL), which spares PID 1 alone, from a child
# protection: a program that kills itself is reported as that
# expect: {"output": "HELD: killing all", "error": "Program killed by signal SIGKILL", "signal": "SIGKILL"}
# default: skipped, nothing of it can be seen there
import os, signal, time

print("HELD: killing all", flush=True)
if os.fork() == 0:
    os.kill(-1, signal.SIGKILL)
time.sleep(60)
