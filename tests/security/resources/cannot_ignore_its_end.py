# SPDX-License-Identifier: MIT
# attack: an endless loop that ignores or blocks every signal
# protection: SIGKILL to everything in the container, which nobody can ignore
# timeout: 1.5
# expect: {"output": "HELD: all signals ignored, to no avail", "error": "Execution timed out after 1.5 seconds"}
# default: skipped, nothing there would end it
import signal

for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
print("HELD: all signals ignored, to no avail", flush=True)
while True:
    pass
