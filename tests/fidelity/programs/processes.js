/* SPDX-License-Identifier: MIT */
/* Children, threads, tasks and signals. */
export default {
	'subprocess': 'import subprocess, sys\nprint(subprocess.run(' +
	    '[sys.executable, "-c", "print(6 * 7)"], capture_output=True))',
	'subprocess by the name python3.11': 'import subprocess\n' +
	    'print(subprocess.getstatusoutput("python3.11 -V"), ' +
	    'subprocess.getstatusoutput("python3 -V"), ' +
	    'subprocess.getstatusoutput("python -V"))',
	'subprocess that fails': 'import subprocess\n' +
	    'subprocess.run(["false"], check=True)',
	'subprocess that is not there': 'import subprocess\n' +
	    'subprocess.run(["no-such-program"])',
	'subprocess that is killed': String.raw`
import subprocess
p = subprocess.Popen(["sleep", "60"])
p.terminate()
print(p.wait())
p = subprocess.Popen("kill -SEGV $$", shell=True)
print(p.wait())
`,
	'subprocess with a timeout': 'import subprocess\ntry:\n    ' +
	    'subprocess.run(["sleep", "60"], timeout=0.05)\n' +
	    'except subprocess.TimeoutExpired as e:\n    print(e.cmd)',
	'subprocess with pipes': String.raw`
import subprocess
p = subprocess.run(["tr", "a-z", "A-Z"], input="abc é", text=True,
                   stdout=subprocess.PIPE)
print(p.stdout, p.returncode)
a = subprocess.Popen(["echo", "x y"], stdout=subprocess.PIPE)
print(subprocess.check_output(["wc", "-w"], stdin=a.stdout), a.wait())
`,
	'a shell': 'import os\nprint(os.system("echo from shell; exit 3"))',
	'os.popen': 'import os\nf = os.popen("echo x; exit 2")\n' +
	    'print(f.read(), f.close())',
	'os.spawn': 'import os\nprint(os.spawnlp(os.P_WAIT, "sh", "sh", ' +
	    '"-c", "exit 4"))',
	'os.posix_spawn': 'import os\npid = os.posix_spawnp("echo", ' +
	    '["echo", "hi"], os.environ)\nprint(os.waitpid(pid, 0)[1])',
	'fork and wait': String.raw`
import os
pid = os.fork()
if pid == 0:
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`,
	'fork and an exception in the child': String.raw`
import os, sys
pid = os.fork()
if pid == 0:
    1 / 0
os.waitpid(pid, 0)
print("parent")
`,
	'fork and atexit': String.raw`
import atexit, os
atexit.register(lambda: print("exit", os.getpid() == main, flush=True))
main = os.getpid()
pid = os.fork()
if pid:
    os.waitpid(pid, 0)
`,
	'orphans have PID 1 for a parent': String.raw`
import os, time
r, w = os.pipe()
if os.fork() == 0:
    if os.fork() == 0:
        while os.getppid() != 1:
            time.sleep(0.001)
        os.write(w, b"adopted")
    os._exit(0)
os.wait()
print(os.read(r, 10))
`,
	'no child to wait for': 'import os\nos.wait()',
	'multiprocessing by fork': String.raw`
import multiprocessing as m
def f(x):
    return x * x
with m.get_context("fork").Pool(2) as p:
    print(p.map(f, range(4)), m.get_start_method())
`,
	'multiprocessing by spawn': String.raw`
import multiprocessing as m
def f(x):
    return x * x
if __name__ == "__main__":
    with m.get_context("spawn").Pool(1) as p:
        print(p.map(f, range(4)))
`,
	'multiprocessing by forkserver': String.raw`
import multiprocessing as m
def f(q):
    q.put(__name__)
if __name__ == "__main__":
    c = m.get_context("forkserver")
    q = c.SimpleQueue()
    p = c.Process(target=f, args=(q,))
    p.start()
    print(q.get())
    p.join()
    print(p.exitcode)
`,
	'multiprocessing without a guard': String.raw`
import multiprocessing as m, sys
def f(): pass
m.set_start_method("spawn")
p = m.Process(target=f)
p.start()
p.join()
print(p.exitcode)
`,
	'multiprocessing, a lambda': String.raw`
import multiprocessing as m
if __name__ == "__main__":
    p = m.get_context("spawn").Process(target=lambda: 1)
    try:
        p.start()
    except Exception as e:
        print(type(e).__name__, str(e).split(" at 0x")[0])
`,
	'multiprocessing, an exception': String.raw`
import multiprocessing as m
def f():
    raise ValueError("in the child")
p = m.get_context("fork").Process(target=f, name="P")
p.start()
p.join()
print(p.exitcode)
`,
	'multiprocessing, sys.exit': String.raw`
import multiprocessing as m, sys
for value in (None, 3, "text"):
    p = m.get_context("fork").Process(target=sys.exit, args=(value,))
    p.start()
    p.join()
    print(p.exitcode)
`,
	'multiprocessing, shared things': String.raw`
import multiprocessing as m
from multiprocessing import shared_memory
def f(value, array, lock, name):
    with lock:
        value.value += 1
        array[1] = 5
    s = shared_memory.SharedMemory(name)
    s.buf[0] = 7
    s.close()
c = m.get_context("fork")
value, array, lock = c.Value("i", 1), c.Array("i", 3), c.Lock()
s = shared_memory.SharedMemory(create=True, size=10)
p = c.Process(target=f, args=(value, array, lock, s.name))
p.start()
p.join()
print(p.exitcode, value.value, array[:], s.buf[0])
s.close()
s.unlink()
`,
	'multiprocessing, a manager': String.raw`
import multiprocessing as m
def f(d):
    d["x"] = 1
if __name__ == "__main__":
    with m.Manager() as manager:
        d = manager.dict()
        p = m.Process(target=f, args=(d,))
        p.start()
        p.join()
        print(dict(d))
`,
	'multiprocessing, a queue and a pipe': String.raw`
import multiprocessing as m
def f(q, end):
    q.put([end.recv(), m.current_process().name])
c = m.get_context("fork")
q = c.Queue()
a, b = c.Pipe()
p = c.Process(target=f, args=(q, b), name="worker")
p.start()
a.send({"x": 1})
print(q.get())
p.join()
`,
	'threads': String.raw`
import threading
lock, total = threading.Lock(), 0
def f():
    global total
    for i in range(1000):
        with lock:
            total += 1
ts = [threading.Thread(target=f) for i in range(8)]
for t in ts: t.start()
for t in ts: t.join()
print(total, threading.active_count(), ts[0].name, threading.main_thread().name)
`,
	'threads at the limit': String.raw`
import threading
stop = threading.Event()
count = 0
try:
    while count < 500:
        threading.Thread(target=stop.wait).start()
        count += 1
except RuntimeError as e:
    print(e, 40 < count < 64)
stop.set()
`,
	'threading.local and a barrier': String.raw`
import threading
local, barrier, seen = threading.local(), threading.Barrier(3), []
def f(n):
    local.n = n
    barrier.wait()
    seen.append(local.n)
ts = [threading.Thread(target=f, args=(i,)) for i in range(3)]
for t in ts: t.start()
for t in ts: t.join()
print(sorted(seen), hasattr(local, "n"))
`,
	'a timer': 'import threading\nt = threading.Timer(0.02, print, ' +
	    '["timer"])\nt.start()\nt.join()\nprint("main")',
	'thread stack size': 'import threading\nprint(threading.stack_size(), ' +
	    'threading.stack_size(65536), threading.stack_size())',
	'queue': String.raw`
import queue, threading
q = queue.Queue()
t = threading.Thread(target=lambda: [print(q.get()) for i in range(3)])
t.start()
for i in range(3): q.put(i)
t.join()
print(q.empty())
`,

	'asyncio': 'import asyncio\nasync def f():\n    await ' +
	    'asyncio.sleep(0.01)\n    return 5\nprint(asyncio.run(f()))',
	'asyncio, an exception': String.raw`
import asyncio
async def f():
    await asyncio.sleep(0)
    raise ValueError("x")
asyncio.run(f())
`,
	'asyncio, a group of tasks': String.raw`
import asyncio
async def f(n):
    await asyncio.sleep(0)
    if n: raise ValueError(n)
async def main():
    async with asyncio.TaskGroup() as g:
        for i in range(3): g.create_task(f(i))
asyncio.run(main())
`,
	'asyncio, never awaited': 'async def f(): pass\nf()\nprint("end")',
	'asyncio, never retrieved': String.raw`
import asyncio
async def f():
    raise ValueError("x")
async def main():
    t = asyncio.create_task(f(), name="T")
    await asyncio.sleep(0)
    del t
import logging, sys
logging.basicConfig(stream=sys.stdout, format="%(name)s %(exc_text)s")
asyncio.run(main())
`,
	'asyncio, cancelled': String.raw`
import asyncio
async def f():
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        print("cancelled")
        raise
async def main():
    t = asyncio.create_task(f())
    await asyncio.sleep(0)
    t.cancel()
    try:
        await t
    except asyncio.CancelledError as e:
        print(repr(e))
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(60)
    except TimeoutError as e:
        print(repr(e))
asyncio.run(main())
`,
	'asyncio, sys.exit in a task': String.raw`
import asyncio, sys
async def f():
    sys.exit(6)
async def main():
    await asyncio.create_task(f())
asyncio.run(main())
`,
	'asyncio, a child': String.raw`
import asyncio
async def main():
    p = await asyncio.create_subprocess_exec(
        "cat", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    print(await p.communicate(b"through cat"), p.returncode)
asyncio.run(main())
`,
	'asyncio, a thread': String.raw`
import asyncio, threading
async def main():
    print(await asyncio.to_thread(lambda: threading.current_thread().name))
asyncio.run(main())
`,
	'asyncio, the network of its own': String.raw`
import asyncio
async def serve(reader, writer):
    writer.write((await reader.readline()).upper())
    writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"hello\n")
    print(await reader.read())
    writer.close()
    server.close()
asyncio.run(main())
`,
	'asyncio, debugging': String.raw`
import asyncio, logging, sys
logging.basicConfig(level=logging.DEBUG, stream=sys.stdout)
async def main():
    loop = asyncio.get_running_loop()
    loop.slow_callback_duration = 60
    print(loop.get_debug())
asyncio.run(main(), debug=True)
`,

	'the dispositions of signals': String.raw`
import signal
for s in sorted(signal.valid_signals()):
    h = signal.getsignal(s)
    print(int(s), h if not callable(h) or isinstance(h, signal.Handlers)
          else h.__name__)
print(signal.pthread_sigmask(signal.SIG_BLOCK, []), signal.sigpending(),
      signal.getitimer(signal.ITIMER_REAL))
`,
	'a handler': String.raw`
import os, signal
signal.signal(signal.SIGUSR1, lambda n, f: print("got", n, f.f_lineno))
os.kill(os.getpid(), signal.SIGUSR1)
print("end")
`,
	'a handler that raises': String.raw`
import signal, time
def handler(n, frame):
    raise TimeoutError("too slow")
signal.signal(signal.SIGALRM, handler)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
signal.setitimer(signal.ITIMER_REAL, 0.01)
while not signal.sigpending():
    time.sleep(0.001)
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGALRM])
`,
	'signals to a group': String.raw`
import os, signal
signal.signal(signal.SIGTERM, lambda n, f: print("got", n))
os.killpg(0, signal.SIGTERM)
print("end")
`,
	'signals blocked': String.raw`
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
os.kill(os.getpid(), signal.SIGUSR1)
print(signal.sigpending(), signal.sigwait([signal.SIGUSR1]))
`,
	'signals of children': String.raw`
import os, signal
signal.signal(signal.SIGCHLD, lambda n, f: print("a child has ended"))
pid = os.fork()
if pid == 0: os._exit(0)
os.waitpid(pid, 0)
`,
	'SIGINT from a child': String.raw`
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
if os.fork() == 0:
    os.kill(os.getppid(), signal.SIGINT)
    os._exit(0)
os.wait()
try:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
except KeyboardInterrupt:
    print("interrupted")
`,
	'SIGINT from a child, not handled': {
		code: String.raw`
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
if os.fork() == 0:
    os.kill(os.getppid(), signal.SIGINT)
    os._exit(0)
os.wait()
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
`, killed: 'SIGINT' },
	'SIGSTOP to a child': String.raw`
import os, signal
pid = os.fork()
if pid == 0:
    os.kill(os.getpid(), signal.SIGSTOP)
    os._exit(5)
print(os.WIFSTOPPED(os.waitpid(pid, os.WUNTRACED)[1]))
os.kill(pid, signal.SIGCONT)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`,
	'names of signals': 'import signal\nprint([signal.strsignal(s) for s ' +
	    'in (1, 2, 9, 11, 15)], signal.Signals(9))',
	'faulthandler on a timer': String.raw`
import faulthandler, time
f = open("dump", "w")
faulthandler.dump_traceback_later(0.05, file=f, exit=True)
print("lost")
time.sleep(9)
`,
	'faulthandler on a signal': String.raw`
import faulthandler, os, signal
faulthandler.register(signal.SIGUSR1, all_threads=False)
def f():
    os.kill(os.getpid(), signal.SIGUSR1)
f()
`,
};
