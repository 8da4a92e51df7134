# SPDX-License-Identifier: MIT
# attack: SIGSTOP to itself: nothing runs, nothing ends
# protection: the deadline's SIGKILL ends stopped processes, too
# timeout: 1
# expect: {"output": "HELD: stopped", "error": "Execution timed out after 1 second"}
# default: skipped, nothing there would end it
import os, signal

print("HELD: stopped", flush=True)
os.kill(os.getpid(), signal.SIGSTOP)
print("BREACH: somebody continued it")
