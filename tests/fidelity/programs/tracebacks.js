/* SPDX-License-Identifier: MIT */
/* What is shown of an exception, wherever it was raised. */
export default {
	'carets below the part that failed': String.raw`
def f(x):
    return 1 + x["a"]["b"]

print("before")
f({"a": {}})
`,
	'carets below wide characters': 'x = {"日本": 1}["日本"] + ' +
	    '{"é": 2}["語"]\n',
	'an expression on several lines': String.raw`
def f(a, b):
    return (a
            + b
            + 1 / 0)

print(
    f(1,
      2))
`,
	'a cause': String.raw`
try:
    1 / 0
except ZeroDivisionError as e:
    raise ValueError("x") from e
`,
	'a context': String.raw`
try:
    {}["a"]
except KeyError:
    undefined_name
`,
	'a context that is hidden': String.raw`
try:
    {}["a"]
except KeyError:
    raise ValueError("only this") from None
`,
	'a cause that is its own context': String.raw`
a, b = ValueError("a"), ValueError("b")
a.__context__ = b
b.__context__ = a
raise a
`,
	'an exception in finally': String.raw`
try:
    raise ValueError("first")
finally:
    raise TypeError("second")
`,
	'a group': 'raise ExceptionGroup("g", [ValueError(1), TypeError("é")])',
	'a group in a group': String.raw`
def f(n):
    try:
        raise ValueError(n)
    except ValueError as e:
        return e
inner = ExceptionGroup("inner", [f(1), f(2)])
try:
    raise inner
except ExceptionGroup as e:
    inner = e
raise ExceptionGroup("outer", [inner, KeyError("k")])
`,
	'a large group is cut': 'raise ExceptionGroup("g", ' +
	    '[ValueError(i) for i in range(30)])',
	'a group of base exceptions': 'raise BaseExceptionGroup("g", ' +
	    '[KeyboardInterrupt(), SystemExit(3)])',
	'what except* leaves': String.raw`
try:
    raise ExceptionGroup("g", [ValueError(1), TypeError(2), OSError(3, "x")])
except* ValueError as g:
    print("caught", g.exceptions)
except* TypeError:
    raise RuntimeError("in a handler")
`,
	'notes': String.raw`
e = ValueError(1)
e.add_note("a note")
e.add_note("two\nlines")
raise e
`,
	'notes of a wrong type': 'e = ValueError(1)\ne.__notes__ = 5\nraise e',
	'deep recursion': 'def f():\n    f()\nf()',
	'deep recursion of two': String.raw`
def even(n):
    return odd(n + 1)
def odd(n):
    return even(n + 1)
import sys
sys.setrecursionlimit(60)
even(0)
`,
	'how deep recursion goes': String.raw`
def f(n):
    global deepest
    deepest = n
    f(n + 1)
try:
    f(1)
except RecursionError as e:
    print(deepest, e)
`,
	'a lower recursion limit': String.raw`
import sys
sys.setrecursionlimit(50)
def f(n):
    return f(n + 1)
f(0)
`,
	'recursion in __repr__': String.raw`
class A:
    def __repr__(self):
        return repr(self)
print(A())
`,
	'frames of the library': 'import json\njson.loads("{\\"a\\": }")',
	'a frame without source': 'exec("def f():\\n    1 / 0\\nf()")',
	'a frame of eval': 'eval("1 +\\n (2 / 0)")',
	'a frame of compiled text with a name': String.raw`
code = compile("x = 1\nraise ValueError(x)", "other.py", "exec")
exec(code)
`,
	'a frame of compiled text with the program\'s name': String.raw`
code = compile("1 / 0", "main.py", "exec")
exec(code)
`,
	'a lambda and a comprehension': String.raw`
f = lambda x: [1 / (y - x) for y in range(3)]
f(1)
`,
	'a generator': String.raw`
def g():
    yield 1
    raise ValueError("in the generator")
def h():
    yield from g()
print(list(h()))
`,
	'StopIteration in a generator': String.raw`
def g():
    yield next(iter([]))
next(g())
`,
	'a class body': 'class A:\n    x = 1\n    y = x.z\n',
	'a decorator': String.raw`
import functools
def d(f):
    @functools.wraps(f)
    def inner(*a):
        return f(*a)
    return inner
@d
def f(a):
    raise ValueError(a)
f("x")
`,
	'an assertion': 'x = 3\nassert x == 4, f"{x} is not 4"',
	'a name that is nearly known': 'value = 1\nprint(valeu)',
	'an attribute that is nearly known':
	    'import collections\ncollections.namedtoplo',
	'a module that there is not': 'import no_such_module.inner',
	'a name that a module has not': 'from os import no_such_name',
	'wrong arguments': 'def f(a, *, b): pass\nf(1, 2, c=3)',
	'unpacking': 'a, b, *c = [1]',
	'a message of several lines': 'raise ValueError("one\\ntwo\\n\\nfour")',
	'no message': 'raise ValueError',
	'a class of one\'s own': String.raw`
class Outer:
    class Broken(Exception):
        def __str__(self):
            return "as text"
raise Outer.Broken(1)
`,
	'an exception whose __str__ fails': String.raw`
class Broken(Exception):
    def __str__(self):
        raise ValueError
raise Broken(1)
`,
	'not an exception': 'raise "text"',
	'an OSError': 'open("/box/no/such/file")',
	'an OSError that the sandbox causes': 'open("/usr/file", "w")',
	'undecodable bytes': 'b"a\\xff".decode()',
	'a lone surrogate in a message': 'raise ValueError("a\\udc80b")',
	'a control character in a message': 'raise ValueError("a\\x1b[1m\\0b")',
	'non-ASCII source lines': String.raw`
def grüße():
    raise ValueError("ß€😀")
grüße()
`,
	'a long line': `x = ${'1 + '.repeat(300)}undefined_name`,
	'a program as long as one may be': 'x = 1 #' +
	    `${'😀'.repeat(77)}\n#`.repeat(62) + '\nx / 0  # é',
	'a line without an end': 'print("a")\nraise ValueError',
	'tabs': 'if True:\n\tx = [\n\t\t1 /\t0]\n',
	'in a thread': String.raw`
import threading
t = threading.Thread(target=lambda: 1 / 0, name="T")
t.start()
t.join()
print("main")
`,
	'SystemExit in a thread': String.raw`
import sys, threading
t = threading.Thread(target=sys.exit, args=("not shown",))
t.start()
t.join()
print("main goes on")
`,
	'in a thread started by _thread': String.raw`
import _thread, time
lock = _thread.allocate_lock()
lock.acquire()
def f():
    lock.release()
    raise ValueError("x")
def unraisable(u):
    print(u.exc_type.__name__, u.err_msg)
import sys
sys.unraisablehook = unraisable
_thread.start_new_thread(f, ())
lock.acquire()
while _thread._count():
    time.sleep(0.001)
`,
	'threading.excepthook': String.raw`
import threading
threading.excepthook = lambda a: print(a.exc_type, a.thread.name)
t = threading.Thread(target=lambda: 1 / 0, name="T")
t.start()
t.join()
`,
	'in a pool of threads': String.raw`
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(2) as pool:
    pool.submit(lambda: 1 / 0).result()
`,
	'in a pool of processes': String.raw`
from concurrent.futures import ProcessPoolExecutor
def f(x):
    return 1 / x
if __name__ == "__main__":
    with ProcessPoolExecutor(1) as pool:
        print(list(pool.map(f, [1])))
        pool.submit(f, 0).result()
`,
	'in __del__': String.raw`
class Call:
    def __call__(self, *a):
        print("called")
        raise ValueError("in del")
    def __repr__(self):
        return "a Call"
class A:
    __del__ = Call()
a = A()
del a
print("after")
`,
	'in __del__ at the end': String.raw`
class Call:
    def __call__(self, *a):
        print("called", __name__)
        raise ValueError("in del")
    def __repr__(self):
        return "a Call"
class A:
    __del__ = Call()
a = A()
`,
	'in a weak reference\'s callback': String.raw`
import weakref
class Call:
    def __call__(self, *a):
        print(len(a))
        raise ValueError("gone")
    def __repr__(self):
        return "a Call"
class A: pass
o = A()
r = weakref.ref(o, Call())
del o
`,
	'in a callback of ctypes': String.raw`
import ctypes
@ctypes.CFUNCTYPE(ctypes.c_int)
def f():
    raise ValueError("in C")
import sys
sys.unraisablehook = lambda u: print(repr(u.exc_value), u.err_msg)
print(f())
`,
	'in atexit': String.raw`
import atexit
class Call:
    def __call__(self, *a):
        print("called")
        raise ValueError("at exit")
    def __repr__(self):
        return "a Call"
atexit.register(print, "first registered, last called")
atexit.register(Call())
print("end")
`,
	'sys.excepthook': String.raw`
import sys
sys.excepthook = lambda t, v, tb: print("hook", t.__name__, v, tb.tb_lineno)
1 / 0
`,
	'a hook that fails': String.raw`
import sys
def hook(*a):
    raise TypeError("in the hook")
sys.excepthook = hook
1 / 0
`,
	'no hook at all': 'import sys\ndel sys.excepthook\n1 / 0',
	'no stderr': 'import sys\nsys.stderr = None\n1 / 0',
	'stderr of one\'s own': String.raw`
import io, sys, atexit
sys.stderr = io.StringIO()
atexit.register(lambda: print(sys.stderr.getvalue()))
1 / 0
`,
	'sys.tracebacklimit': String.raw`
import sys
sys.tracebacklimit = 1
def f(): g()
def g(): 1 / 0
f()
`,
	'printed by the program': String.raw`
import sys, traceback
def f():
    try:
        1 / 0
    except ZeroDivisionError:
        traceback.print_exc(file=sys.stdout)
        print(traceback.format_exc(limit=0))
        traceback.print_stack(file=sys.stdout)
f()
`,
	'with local variables': String.raw`
import sys, traceback
def f(a):
    b = [a, "x"]
    1 / 0
try:
    f(5)
except ZeroDivisionError as e:
    t = traceback.TracebackException.from_exception(e, capture_locals=True)
    f_only = traceback.StackSummary.from_list(t.stack[1:])
    print("".join(f_only.format()), t.stack[1].locals)
`,
	'logged': String.raw`
import logging
logging.basicConfig(format="%(levelname)s:%(filename)s:%(lineno)d:%(message)s")
try:
    1 / 0
except ZeroDivisionError:
    logging.exception("oh")
logging.warning("with a stack", stack_info=True)
`,
	'a traceback that was changed': String.raw`
def f():
    raise ValueError(1)
try:
    f()
except ValueError as e:
    raise e.with_traceback(None)
`,
	'raised again': String.raw`
def f():
    raise ValueError(1)
try:
    f()
except ValueError:
    raise
`,
	'the program is gone': 'import os\nos.remove(__file__)\n1 / 0',
	'the program has changed': String.raw`
with open(__file__, "w") as f:
    f.write("# other\n# text\n# here\n# below\n")
1 / 0
`,
	'the directory has changed': 'import os\nos.chdir("/tmp")\n1 / 0',
	'a module beside it': String.raw`
with open("helper.py", "w") as f:
    f.write("def f(x):\n    return 1 / x\n")
import helper
print(helper.__file__, helper.__spec__.origin)
helper.f(0)
`,
	'a syntax error in a module beside it': String.raw`
with open("helper.py", "w") as f:
    f.write("x = 1\ndef f(:\n    pass\n")
import helper
`,
	'the whole stack of frames': String.raw`
import sys
def f():
    frame = sys._getframe()
    while frame:
        print(frame.f_code.co_name, frame.f_code.co_filename, frame.f_lineno)
        frame = frame.f_back
f()
`,
	'faulthandler': String.raw`
import faulthandler, sys
def f():
    faulthandler.dump_traceback(file=sys.stdout.fileno(), all_threads=False)
f()
print(faulthandler.is_enabled())
`,
	'out of memory, politely': 'x = bytearray(10 ** 13)',
};
