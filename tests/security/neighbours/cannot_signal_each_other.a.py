# SPDX-License-Identifier: MIT
# attack: signal, stop or trace the processes of a run at the same time
# protection: a PID namespace each, and a uid each
# expect: {"output": "HELD: not stopped, not signalled"}
# default: held
import signal, time

got = []
for number in (signal.SIGUSR1, signal.SIGTERM, signal.SIGCONT):
    signal.signal(number, lambda number, frame: got.append(number))
start = time.monotonic()
while time.monotonic() < start + 1.2:
    time.sleep(0.02)
print(f"BREACH: {got}" if got else "HELD: not stopped, not signalled")
