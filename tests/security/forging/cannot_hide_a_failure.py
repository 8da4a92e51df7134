# SPDX-License-Identifier: MIT
# attack: fail with every status that Docker and shells have a meaning for
# protection: the status comes in a frame, not from a docker client
# expect: {"output": "HELD: 125", "error": "Program exited with status 125", "exit_code": 125}
# default: skipped, there is no answer to forge
import os

print("HELD: 125", flush=True)
os._exit(125)
