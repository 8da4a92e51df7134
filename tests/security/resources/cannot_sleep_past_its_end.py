# SPDX-License-Identifier: MIT
# attack: wait for ever in the kernel, with sixty threads
# protection: the guest's alarm does not depend on the program's CPU time
# timeout: 1.5
# expect: {"output": "HELD: asleep", "error": "Execution timed out after 1.5 seconds"}
# default: skipped, nothing there would end it
import threading

for _ in range(40):
    threading.Thread(target=threading.Event().wait, daemon=True).start()
print("HELD: asleep", flush=True)
threading.Event().wait()
