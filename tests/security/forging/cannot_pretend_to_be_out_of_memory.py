# SPDX-License-Identifier: MIT
# attack: end by SIGKILL as the kernel's OOM killer would have it
# protection: memory is the verdict only if the kernel has counted an OOM kill
# expect: {"error": "Program killed by signal SIGKILL", "signal": "SIGKILL"}
# default: skipped, there is no answer to forge
import os, signal

os.kill(os.getpid(), signal.SIGKILL)
