# SPDX-License-Identifier: MIT
# attack: a verdict's frame on every descriptor there is, and then a failure
# protection: the guest's socket is its own; programs have pipes, text is data
# expect: {"output": "/HELD: 0 descriptors beside 1 and 2 took it\\n\\u0006[^]{63}/", "error": "/\\u0006[^]{63}/", "exit_code": 7}
# default: skipped, there are no frames
import os, struct

verdict = struct.pack(">IIQQQQQI", 1, 0, 1, 1, 1, 0, 0, 0) + b"~~~~"
frame = b"\x06\x00\x00\x00" + struct.pack(">I", len(verdict)) + verdict
took = 0
for fd in [0] + list(range(3, 1024)):
    try:
        os.write(fd, frame)
        took += 1
    except OSError:
        pass
print(f"{'BREACH' if took else 'HELD'}: {took} descriptors beside 1 and 2 "
      "took it", flush=True)
os.write(1, frame)
os.write(2, frame)
os._exit(7)
