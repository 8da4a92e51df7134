# SPDX-License-Identifier: MIT
# attack: fifty processes print for ever and are still at it when main ends
# protection: the end of the main process ends the run and all of them
# expect: {"output": "HELD: the main process is done", "stderr": "/e{65536}/", "truncated": ["stderr"]}
# nasty: yes
# default: skipped, what docker prints would have to be bounded by us
import os

waiting, holding = os.pipe()
told, telling = os.pipe()
for _ in range(50):
    if os.fork() == 0:
        os.nice(19)
        os.close(holding)
        os.read(waiting, 1)
        for _ in range(3):
            os.write(2, b"e" * 1000)
        os.write(telling, b"x")
        while True:
            os.write(2, b"e" * 1000)
os.close(holding)
for _ in range(50):
    os.read(told, 1)
print("HELD: the main process is done")
