# SPDX-License-Identifier: MIT
# attack: read on after the end of stdin: another's job, the rest of its own
# protection: stdin is a pipe of its own that ends; the FIFO is gone
# stdin: "mine"
# expect: {"output": "HELD: mine, then nothing, main.py is a file"}
# default: skipped, it has no job
import os, stat, sys

text = sys.stdin.read()
rest = os.read(0, 100)
kind = "a file" if stat.S_ISREG(os.stat("main.py").st_mode) else "no file"
print(f"{'BREACH' if rest else 'HELD'}: {text}, then "
      f"{rest or 'nothing'}, main.py is {kind}")
