# SPDX-License-Identifier: MIT
# attack: put /dev/full in stdout's place, so that its end fails
# protection: an error of the program is an answer like any other
# expect: {"error": "/[^]*OSError: \\[Errno 28\\] No space left on device/", "exit_code": 120}
# default: skipped, there is no answer to look at
import os

os.dup2(os.open("/dev/full", os.O_WRONLY), 1)
print("BREACH: it took this")
