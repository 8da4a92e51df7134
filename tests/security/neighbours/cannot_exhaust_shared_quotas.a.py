# SPDX-License-Identifier: MIT
# attack: use up inotify instances, timers, queued signals, pipe pages
# protection: a uid each; seccomp: no inotify, no POSIX timers, no queues
# expect: {"output": "HELD: no inotify, 64 signals, 50 pipes"}
# default: skipped, it would take them from the host's root
import ctypes, os, signal, time

libc = ctypes.CDLL(None, use_errno=True)
watches = 0
while watches < 300 and libc.inotify_init1(0) != -1:
    watches += 1
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN])
queued = 0
while queued < 5000 and libc.sigqueue(os.getpid(), signal.SIGRTMIN,
                                      ctypes.c_void_p(0)) == 0:
    queued += 1
pipes = [os.pipe() for _ in range(50)]
for _, writing in pipes:
    os.set_blocking(writing, False)
    try:
        while True:
            os.write(writing, b"x" * 4096)
    except BlockingIOError:
        pass
time.sleep(1.2)
print(f"{'BREACH' if watches or queued > 64 else 'HELD'}: "
      f"{watches or 'no'} inotify, {queued} signals, {len(pipes)} pipes")
