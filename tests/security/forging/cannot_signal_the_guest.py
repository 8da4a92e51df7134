# SPDX-License-Identifier: MIT
# attack: any signal to PID 1: SIGALRM would be its deadline, SIGCHLD its child
# protection: Landlock: no signal leaves the program's domain
# needs: landlock 6
# expect: {"output": "HELD: 189 signals refused"}
# default: breach
import os, signal

held, sent = 0, 0
for number in [0] + sorted(signal.valid_signals()):
    for send in (lambda: os.kill(1, number),
                 lambda: os.kill(os.getppid(), number),
                 lambda: signal.pidfd_send_signal(os.pidfd_open(1), number)):
        try:
            if number not in (signal.SIGKILL, signal.SIGSTOP) or \
                    os.getuid() > 0:
                send()
            sent += 1
        except PermissionError:
            held += 1
print(f"BREACH: {sent} signals sent" if sent
      else f"HELD: {held} signals refused")
