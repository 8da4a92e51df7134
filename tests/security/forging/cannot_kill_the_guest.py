# SPDX-License-Identifier: MIT
# attack: end or stop PID 1: by every signal, to it, to its group, to all
# protection: the kernel protects PID 1 of a namespace; Landlock refuses
# expect: {"output": "HELD: PID 1 has lived through 124 signals"}
# timeout: 5
# default: varies, the kernel protects PID 1 there, too
import os, signal

sent = 0
for number in signal.valid_signals():
    for send in (lambda: os.kill(1, number),
                 lambda: signal.pidfd_send_signal(os.pidfd_open(1), number)):
        try:
            send()
        except OSError:
            pass
        sent += 1
print(f"HELD: PID 1 has lived through {sent} signals")
