# SPDX-License-Identifier: MIT
# attack: every process forks for ever; a failed fork is tried again
# protection: --pids-limit; the guest kills all at the deadline
# timeout: 1
# expect: {"error": "Execution timed out after 1 second"}
# nasty: yes
# default: skipped, a machine without a limit must not meet it
import os

while True:
    try:
        os.fork()
    except OSError:
        pass
