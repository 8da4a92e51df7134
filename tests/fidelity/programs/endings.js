/* SPDX-License-Identifier: MIT */
/* How a program ends: statuses, signals, and what is done on the way out. */
const programs = {
	'raise SystemExit with text': 'raise SystemExit("x")',
	'a subclass of SystemExit': 'class E(SystemExit): pass\nraise E(9)',
	'SystemExit with two arguments': 'raise SystemExit(3, 4)',
	'SystemExit with a code of its own': 'e = SystemExit(3)\ne.code = 4\n' +
	    'raise e',
	'SystemExit with an object': 'class A:\n    def __str__(self):\n' +
	    '        return "an A"\nraise SystemExit(A())',
	'SystemExit with text that is not ASCII': 'raise SystemExit("é\\udcff")',
	'SystemExit with a text and output': 'print("out")\n' +
	    'raise SystemExit("err")',
	'SystemExit whose text fails': 'class A:\n    def __str__(self):\n' +
	    '        raise ValueError\nraise SystemExit(A())',
	'SystemExit in a group': 'raise BaseExceptionGroup("g", ' +
	    '[SystemExit(3)])',
	'SystemExit through finally': 'import sys\ntry:\n    sys.exit(3)\n' +
	    'finally:\n    print("finally")',
	'SystemExit replaced in finally': 'import sys\ntry:\n    sys.exit(3)\n' +
	    'finally:\n    sys.exit(4)',
	'SystemExit caught': 'import sys\ntry:\n    sys.exit(3)\n' +
	    'except SystemExit as e:\n    print(repr(e))',
	'exit()': 'exit(5)',
	'exit as text': 'print(exit, quit, copyright().__class__)\nexit',
	'os._exit': 'import os\nos._exit(4)',
	'os._exit loses the buffer': 'import os\nprint("x")\nos._exit(4)',
	'os._exit skips atexit': 'import atexit, os\n' +
	    'atexit.register(print, "never", flush=True)\nos._exit(0)',
	'an exception': 'print("x")\n1 / 0',

	'atexit, last in first out': String.raw`
import atexit
for i in range(3):
    atexit.register(print, i)
atexit.unregister(len)
print("end")
`,
	'atexit after an exception': String.raw`
import atexit, sys
atexit.register(lambda: print("at exit", sys.last_type.__name__))
1 / 0
`,
	'atexit and sys.exit in it': String.raw`
import atexit, sys
atexit.register(print, "called, too")
atexit.register(sys.exit, 7)
`,
	'atexit registered in atexit': String.raw`
import atexit
atexit.register(lambda: atexit.register(print, "late"))
`,
	'atexit and threads': String.raw`
import atexit, threading
atexit.register(print, "atexit")
def f():
    threading.main_thread().join()
    print("thread")
threading.Thread(target=f).start()
print("main")
`,
	'__del__ of globals': String.raw`
class A:
    def __init__(self, n): self.n = n
    def __del__(self): print("del", self.n)
a = A(1)
b = [A(2)]
c = A(3); c.me = c
print("end")
`,
	'__del__ behind atexit': String.raw`
import atexit
atexit.register(print, "bye")
class A:
    def __del__(self):
        print("del")
a = A()
`,
	'weakref.finalize': String.raw`
import weakref
class A: pass
a, b = A(), A()
weakref.finalize(a, print, "a")
weakref.finalize(b, print, "b").atexit = False
print("end")
`,
	'a weak reference at the end': String.raw`
import weakref
class A: pass
a = A()
r = weakref.ref(a, lambda r: print("callback", r() is None))
del a
print("end")
`,
	'a generator that is left open': String.raw`
def g():
    try:
        yield 1
    finally:
        print("closed")
x = g()
next(x)
print("end")
`,
	'a thread that is waited for': String.raw`
import threading
def f():
    threading.main_thread().join()
    print("thread")
threading.Thread(target=f).start()
print("main")
`,
	'a daemon that is not': String.raw`
import threading
threading.Thread(target=threading.Event().wait, daemon=True).start()
print("main")
`,
	'a thread that is waited for, after an exception': String.raw`
import threading
def f():
    threading.main_thread().join()
    print("thread")
threading.Thread(target=f).start()
1 / 0
`,
	'the main thread ends by sys.exit': String.raw`
import sys, threading
def f():
    threading.main_thread().join()
    print("thread", threading.main_thread().is_alive())
threading.Thread(target=f).start()
sys.exit(3)
`,
	'a new thread at exit': String.raw`
import atexit, threading
def f():
    try:
        t = threading.Thread(target=print, args=("late",))
        t.start()
        t.join()
    except RuntimeError as e:
        print(e)
atexit.register(f)
`,
	'a pool at exit': String.raw`
from concurrent.futures import ThreadPoolExecutor
import threading
pool = ThreadPoolExecutor(1)
printed = threading.Event()
pool.submit(lambda: (printed.wait(), print("done")))
print("main")
printed.set()
`,
	'a child that goes on is not waited for': String.raw`
import os, time
if os.fork() == 0:
    os.close(0); os.close(1); os.close(2)
    time.sleep(60)
print("parent")
`,
	'stdout is closed by name': 'import sys\nprint("x")\nsys.stdout.close()',
	'stdout is closed by number': 'import os\nprint("x")\nos.close(1)',
	'stderr is closed by number': 'import os, sys\nos.close(2)\n1 / 0',
	'stdout is None': 'import sys\nsys.stdout = None\nprint("x")',
	'stdout is full': String.raw`
import os
fd = os.open("/dev/full", os.O_WRONLY)
print("x")
os.dup2(fd, 1)
`,
	'stdout has no reader': String.raw`
import os
r, w = os.pipe()
os.dup2(w, 1)
os.close(r)
print("x", flush=True)
`,
	'flush fails at the end': String.raw`
import sys
class Bad:
    def __repr__(self): return "a Bad"
    def write(self, s): return len(s)
    def flush(self): raise ValueError("no flush")
sys.stdout = Bad()
print("x")
`,
	'an interrupt': { code: 'print("x")\nraise KeyboardInterrupt',
		killed: 'SIGINT' },
	'an interrupt that is caught': 'try:\n    raise KeyboardInterrupt\n' +
	    'except KeyboardInterrupt:\n    print("caught")',
	'an interrupt at exit': String.raw`
import atexit
class Call:
    def __call__(self): raise KeyboardInterrupt
    def __repr__(self): return "a Call"
atexit.register(Call())
`,
	'a null pointer': { code: 'import ctypes\nctypes.string_at(0)',
		killed: 'SIGSEGV' },
	'a null pointer, told by faulthandler': {
		code: 'import ctypes, faulthandler\nfaulthandler.enable(' +
		    'all_threads=False)\n' +
		    'def f():\n    ctypes.string_at(0)\nf()',
		killed: 'SIGSEGV' },
	'a stack overflow in C': {
		code: 'import sys\nsys.setrecursionlimit(10 ** 9)\n' +
		    'x = ()\nfor i in range(10 ** 6):\n    x = (x,)\n' +
		    'print("built", flush=True)\nhash(x)',
		killed: 'SIGSEGV' },
	'os.abort': { code: 'import os\nprint("lost")\nos.abort()',
		killed: 'SIGABRT' },
	'an alarm that nobody handles': {
		code: 'import signal, time\nsignal.setitimer(' +
		    'signal.ITIMER_REAL, 0.05)\ntime.sleep(9)',
		killed: 'SIGALRM' },
	'a pipe without a reader, the default way': {
		code: 'import os, signal\n' +
		    'signal.signal(signal.SIGPIPE, signal.SIG_DFL)\n' +
		    'r, w = os.pipe()\nos.close(r)\nos.write(w, b"x")',
		killed: 'SIGPIPE' },
	'a floating point trap': { code: 'import signal\n' +
	    'signal.raise_signal(signal.SIGFPE)', killed: 'SIGFPE' },
	'a real-time signal': { code: 'import os, signal\n' +
	    'os.kill(os.getpid(), signal.SIGRTMIN)', killed: '34' },
	'a file that grows too large': {
		code: 'import signal\nsignal.signal(signal.SIGXFSZ, ' +
		    'signal.SIG_DFL)\nimport resource\n' +
		    'resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))\n' +
		    'with open("f", "wb") as f:\n    f.write(b"x" * 100)',
		killed: 'SIGXFSZ' },
	'more memory than there is': { code: 'x = []\nprint("y", flush=True)\n' +
	    'while True: x.append(bytearray(10 ** 6))', killed: 'SIGKILL' },
};

/* What becomes of a status. */
for (const value of ['None', '0', '1', '3', '137', '255', '256', '263', '-1',
	'2 ** 31', '2 ** 64', 'True', '"x"', '""', '(3, 4)', 'NotImplemented'])
	programs[`sys.exit(${value})`] = `import sys\nsys.exit(${value})`;
for (const value of ['0', '1', '139', '256', '-1'])
	programs[`os._exit(${value})`] = `import os\nos._exit(${value})`;
for (const name of ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGILL', 'SIGBUS',
	'SIGKILL', 'SIGUSR1', 'SIGTERM', 'SIGVTALRM', 'SIGSYS']) {
	programs[`${name} by its own hand`] = {
		code: 'import os, signal\nprint("x", flush=True)\n' +
		    `os.kill(os.getpid(), signal.${name})`,
		killed: name };
}
/* Python's own handler is in the way of the interrupt alone. */
programs['SIGINT, the default way'] = {
	code: 'import os, signal\nsignal.signal(signal.SIGINT, signal.SIG_DFL)\n' +
	    'print("lost")\nos.kill(os.getpid(), signal.SIGINT)',
	killed: 'SIGINT' };

export default programs;
