# SPDX-License-Identifier: MIT
# attack: crash the interpreter: write where nothing is
# protection: one container a run; the signal is part of the answer
# expect: {"output": "HELD: about to crash", "error": "Program killed by signal SIGSEGV", "signal": "SIGSEGV"}
# default: skipped, there is no answer to look at
import ctypes

print("HELD: about to crash", flush=True)
ctypes.memset(0, 0, 1)
