# SPDX-License-Identifier: MIT
# attack: catch the interrupt at the deadline and go on, printing
# protection: 200 ms after the interrupt comes SIGKILL
# timeout: 1
# expect: {"output": "/HELD: waiting(\\ncaught){0,100}/", "error": "Execution timed out after 1 second"}
# default: skipped, nothing there would end it
import time

print("HELD: waiting", flush=True)
while True:
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        print("caught", flush=True)
