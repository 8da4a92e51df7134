# SPDX-License-Identifier: MIT
# attack: print for ever, on stdout and stderr at once
# protection: the guest keeps 64 KiB of each and discards the rest
# timeout: 1
# expect: {"output": "/o{65536}/", "stderr": "/e{65536}/", "truncated": ["stdout", "stderr"], "error": "Execution timed out after 1 second"}
# nasty: yes
# default: skipped, what docker prints would have to be bounded by us
import os, threading


def flood(fd, text):
    while True:
        os.write(fd, text * 65536)


threading.Thread(target=flood, args=(2, b"e"), daemon=True).start()
flood(1, b"o")
