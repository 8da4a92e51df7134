# SPDX-License-Identifier: MIT
# attack: NUL bytes, at which a C program may take a text to be over
# protection: lengths, no terminators
# expect: {"output": "\u0000HELD\u0000 to the end\u0000", "stderr": "\u0000e\u0000"}
# default: skipped, there is no answer to look at
import sys

print("\0HELD\0 to the end\0")
print("\0e\0", file=sys.stderr)
