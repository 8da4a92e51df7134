# SPDX-License-Identifier: MIT
# attack: close stdin, stdout and stderr, and go on for ever
# protection: the end of the pipes is not the end of the run; the deadline is
# timeout: 1
# expect: {"output": "HELD: closed", "error": "Execution timed out after 1 second"}
# default: skipped, nothing there would end it
import os, time

print("HELD: closed", flush=True)
for fd in (0, 1, 2):
    os.close(fd)
while True:
    time.sleep(1)
