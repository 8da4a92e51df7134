# SPDX-License-Identifier: MIT
# expect: {"output": "HELD: 64 signals and whole pipes all the time"}
import ctypes, os, signal, time

libc = ctypes.CDLL(None, use_errno=True)
end, fewest, smallest = time.monotonic() + 1, 64, 65536
while time.monotonic() < end:
    pid = os.fork()
    if pid == 0:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN])
        queued = 0
        while queued < 64 and libc.sigqueue(
                os.getpid(), signal.SIGRTMIN, ctypes.c_void_p(0)) == 0:
            queued += 1
        os._exit(queued)
    fewest = min(fewest, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    smallest = min(smallest, os.write(writing, b"x" * 65536))
    os.close(reading)
    os.close(writing)
    time.sleep(0.05)
print("HELD: 64 signals and whole pipes all the time"
      if (fewest, smallest) == (64, 65536)
      else f"BREACH: {fewest} signals, {smallest} bytes in a pipe")
