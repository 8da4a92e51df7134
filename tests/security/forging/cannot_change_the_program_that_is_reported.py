# SPDX-License-Identifier: MIT
# attack: replace main.py while it runs, and start the interpreter anew on it
# protection: the guest looks at neither again; the process counts, not the file
# expect: {"output": "HELD: first\nsecond", "error": "Program exited with status 9", "exit_code": 9}
# default: skipped, there is no answer to forge
import os

print("HELD: first", flush=True)
os.rename("/box/main.py", "/box/old.py")
with open("/box/main.py", "w") as file:
    file.write("import sys\nprint('second')\nsys.exit(9)\n")
os.execvp("python3.11", ["python3.11", "main.py"])
