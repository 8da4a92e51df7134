# SPDX-License-Identifier: MIT
# attack: ANSI and other escapes, for whoever reads answers or logs in a terminal
# protection: JSON escapes every control character
# expect: {"output": "\u001b[2J\u001b]0;HELD\u0007\u001b[31m\b\b\r\u001bc\t"}
# raw: [^\x00-\x1f]*\n?
# default: skipped, there is no answer to look at
print("\x1b[2J\x1b]0;HELD\x07\x1b[31m\b\b\r\x1bc\t")
