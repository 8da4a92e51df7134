# SPDX-License-Identifier: MIT
# attack: fill pipes, whose buffers are the kernel's; make each a megabyte
# protection: 256 descriptors; F_SETPIPE_SZ is refused; memory counts them
# expect: {"output": "/HELD: 12[0-9] pipes, [0-8] MiB, none made larger/"}
# default: breach
import fcntl, os

pipes, total, larger = [], 0, 0
try:
    while len(pipes) < 300:
        pipes.append(os.pipe())
except OSError:
    pass
for reading, writing in pipes:
    try:
        fcntl.fcntl(writing, 1031, 1 << 20)  # F_SETPIPE_SZ
        larger += 1
    except OSError:
        pass
    os.set_blocking(writing, False)
    try:
        while total < 256 << 20:
            total += os.write(writing, b"x" * 65536)
    except BlockingIOError:
        pass
print(f"{'BREACH' if larger or len(pipes) > 128 else 'HELD'}: "
      f"{len(pipes)} pipes, {total >> 20} MiB, "
      f"{larger or 'none'} made larger")
