# SPDX-License-Identifier: MIT
# attack: a child keeps the output open, so that its end never comes
# protection: the end of the main process ends the run
# expect: {"output": "HELD: the answer does not wait"}
# timeout: 3
# nasty: yes
# default: skipped, PID 1 of that container would wait for nobody
import os, time

reading, writing = os.pipe()
if os.fork() == 0:
    os.setsid()
    os.write(writing, b"x")
    time.sleep(60)
    print("BREACH: the answer waited")
    os._exit(0)
os.read(reading, 1)
print("HELD: the answer does not wait")
