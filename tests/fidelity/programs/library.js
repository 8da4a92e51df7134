/* SPDX-License-Identifier: MIT */
/* Warnings, classes, pickles, files: what the library makes of its place. */
export default {
	'a warning': 'import warnings\nwarnings.warn("careful")',
	'a warning, twice in a loop': 'import warnings\nfor i in range(3):\n' +
	    '    warnings.warn("careful")',
	'a warning for the caller': String.raw`
import warnings
def f():
    warnings.warn("old", DeprecationWarning, stacklevel=2)
f()
`,
	'a warning above the top': 'import warnings\n' +
	    'warnings.warn("careful", stacklevel=9)',
	'a deprecation in another module is not shown': String.raw`
with open("old.py", "w") as f:
    f.write("import warnings\nwarnings.warn('old', DeprecationWarning)\n")
import old
print("end")
`,
	'a warning as an error': 'import warnings\n' +
	    'warnings.simplefilter("error")\nwarnings.warn("careful")',
	'warnings that are caught': String.raw`
import warnings
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    warnings.warn("x")
print(w[0].message, w[0].filename, w[0].lineno, w[0].line)
`,
	'a warning about a resource': String.raw`
import warnings
warnings.simplefilter("always")
def f():
    open("main.py")
f()
`,
	'the filters of warnings': 'import warnings\nprint(warnings.filters)',

	'a dataclass': String.raw`
from dataclasses import dataclass, field, asdict, replace
@dataclass(order=True, slots=True)
class P:
    x: int
    y: list = field(default_factory=list, compare=False)
print(P(1), asdict(P(1, [2])), P(1) < P(2), replace(P(1), x=5))
P()
`,
	'a dataclass that is frozen': String.raw`
from dataclasses import dataclass
@dataclass(frozen=True)
class P:
    x: int
P(1).x = 2
`,
	'a dataclass with a mutable default': String.raw`
from dataclasses import dataclass
@dataclass
class P:
    x: list = []
`,
	'types under future annotations': String.raw`
from __future__ import annotations
import typing
class A:
    b: B
class B: pass
print(A.__annotations__, typing.get_type_hints(A))
`,
	'a class\'s name': 'class A:\n    class B: pass\nprint(A, A.B, ' +
	    'A.__module__, A.B.__qualname__, repr(A).count("__main__"))',

	'pickle of a class of __main__': String.raw`
import pickle
class A:
    def __init__(self, x): self.x = x
data = pickle.dumps(A([1]))
print(b"__main__" in data, pickle.loads(data).x, pickle.DEFAULT_PROTOCOL)
`,
	'pickle of a function': 'import pickle\ndef f(): pass\n' +
	    'print(pickle.loads(pickle.dumps(f)) is f, pickle.dumps(f))',
	'pickle of a lambda': 'import pickle\nf = lambda: 1\n' +
	    'f.__qualname__ = "missing"\ntry:\n    pickle.dumps(f)\n' +
	    'except pickle.PicklingError as e:\n    ' +
	    'print(str(e).split(" at 0x")[0], str(e).split(">: ")[1])',
	'pickle between processes': String.raw`
import pickle, subprocess, sys
class A:
    x = 5
text = "import pickle, sys; print(pickle.load(sys.stdin.buffer))"
p = subprocess.run([sys.executable, "-c", text], input=pickle.dumps(A()),
                   capture_output=True)
print(p.returncode, p.stderr.decode())
`,
	'pickle of an exception': 'import pickle\nraise pickle.loads(' +
	    'pickle.dumps(ValueError(1, "x")))',
	'shelve and dbm': String.raw`
import shelve, os
with shelve.open("db") as s:
    s["x"] = [1]
with shelve.open("db") as s:
    print(dict(s))
print(sorted(os.listdir()))
`,

	'a temporary file': String.raw`
import os, tempfile
print(tempfile.gettempdir())
with tempfile.NamedTemporaryFile() as f:
    print(os.path.dirname(f.name), os.path.exists(f.name),
          oct(os.stat(f.name).st_mode))
print(os.path.exists(f.name))
`,
	'files': String.raw`
import os, pathlib, shutil
p = pathlib.Path("a/b")
p.mkdir(parents=True)
(p / "f.txt").write_text("é\n")
print((p / "f.txt").read_bytes(), sorted(map(str, pathlib.Path().rglob("*"))))
shutil.copytree("a", "c")
shutil.rmtree("a")
os.symlink("c/b/f.txt", "link")
print(open("link").read(), os.readlink("link"), sorted(os.listdir()))
`,
	'a file\'s name that is not ASCII': 'import os\nopen("é😀", "w")\n' +
	    'open(b"\\xff", "w")\nprint(sorted(os.listdir()))',
	'a file that is renamed over the program': 'import os\n' +
	    'open("new", "w").write("pass")\nos.rename("new", "main.py")\n' +
	    'print(open(__file__).read())',
	'a file that is locked': 'import fcntl\nf = open("f", "w")\n' +
	    'fcntl.flock(f, fcntl.LOCK_EX)\ng = open("f")\ntry:\n    ' +
	    'fcntl.flock(g, fcntl.LOCK_EX | fcntl.LOCK_NB)\n' +
	    'except OSError as e:\n    print(e)',
	'a file that is mapped': 'import mmap\nf = open("f", "w+b")\n' +
	    'f.write(b"x" * 5000)\nf.flush()\nm = mmap.mmap(f.fileno(), 0)\n' +
	    'm[0] = 65\nprint(m[:3], len(m))',
	'a FIFO': String.raw`
import os, threading
os.mkfifo("p")
t = threading.Thread(target=lambda: print(open("p").read()))
t.start()
with open("p", "w") as f: f.write("through")
t.join()
`,
	'a disk that is full': String.raw`
with open("f", "wb") as f:
    f.write(b"x" * 9 * 1024 * 1024)
`,
	'a program that is written and run': String.raw`
import os, subprocess
with open("x.sh", "w") as f: f.write("#!/bin/sh\necho ran\n")
os.chmod("x.sh", 0o755)
print(subprocess.run(["sh", "x.sh"], capture_output=True))
subprocess.run(["./x.sh"])
`,
	'a root that is read-only': 'import os\nos.mkdir("/box2")',
	'too many open files': 'x = []\nwhile True: x.append(open("main.py"))',

	'a name that can not be resolved': 'import socket\n' +
	    'socket.getaddrinfo("example.com", 80)',
	'an address that can not be reached': 'import socket\n' +
	    'socket.create_connection(("192.0.2.1", 80), 2)',
	'a pair of sockets': 'import socket\na, b = socket.socketpair()\n' +
	    'a.send(b"x")\nprint(b.recv(5))',
	'a socket in a directory': 'import os, socket\n' +
	    's = socket.socket(socket.AF_UNIX)\ns.bind("s")\ns.listen()\n' +
	    'c = socket.socket(socket.AF_UNIX)\nc.connect("s")\n' +
	    'c.send(b"x")\nprint(s.accept()[0].recv(5))',

	'unittest': String.raw`
import io, re, unittest
class T(unittest.TestCase):
    def test_ok(self): self.assertEqual(1, 1)
    def test_bad(self): self.assertEqual([1], [2])
    @unittest.skip("why not")
    def test_skipped(self): pass
out = io.StringIO()
try:
    unittest.main(testRunner=unittest.TextTestRunner(out, verbosity=2))
finally:
    print(re.sub(r"[\d.]+s\b", "", out.getvalue()))
`,
	'doctest': String.raw`
def f(x):
    """
    >>> f(1)
    2
    >>> f(2)
    5
    """
    return x + 1
import doctest
print(doctest.testmod())
`,
	'argparse': 'import argparse\np = argparse.ArgumentParser()\n' +
	    'p.add_argument("x")\np.parse_args()',
	'logging': String.raw`
import logging
log = logging.getLogger(__name__)
log.info("not shown")
log.warning("shown %s", "é")
logging.basicConfig(level=logging.DEBUG,
    format="%(name)s %(levelname)s %(module)s %(funcName)s %(processName)s "
           "%(threadName)s %(message)s")
log.debug("shown now")
log.error("%d", "not a number")
`,
	'json': 'import json\nprint(json.dumps({"é": [1.5, None, True, ' +
	    'float("inf")]}, indent=2))\njson.loads("[1, 2,]")',
	'large numbers': 'x = 3 ** 9000\nprint(len(str(x)))\nprint(9 ** 9999)',
	'a module in an archive': String.raw`
import sys, zipfile
with zipfile.ZipFile("m.zip", "w") as z:
    z.writestr("inside.py", "def f():\n    return 1 / 0\n")
sys.path.insert(0, "m.zip")
import inside
print(inside.__file__)
inside.f()
`,
	'ctypes': 'import ctypes\nlibc = ctypes.CDLL(None)\n' +
	    'print(libc.abs(-5), ctypes.sizeof(ctypes.c_long))\n' +
	    'libc.printf(b"from C %d\\n", 3)\nprint("from Python")',
	'tkinter is not there': 'import tkinter',
	'pip is not there': 'import pip',
	'trace': String.raw`
import sys
def tracer(frame, event, arg):
    print(event, frame.f_code.co_name, frame.f_lineno)
    return tracer
def f():
    return 1
sys.settrace(tracer)
f()
sys.settrace(None)
`,
	'tracemalloc': 'import tracemalloc\ntracemalloc.start()\n' +
	    'x = [0] * 1000\ns = tracemalloc.take_snapshot()\n' +
	    't = max(s.traces, key=lambda t: t.size)\n' +
	    'print(t.size, t.traceback)',
	'dis': 'import dis\ndef f(x):\n    return x + 1\ndis.dis(f)',
	'audit hooks': 'import sys\nsys.addaudithook(lambda e, a: ' +
	    'print(e, a) if e == "open" else None)\nopen("f", "w")',
	'sub-interpreters': 'import _xxsubinterpreters as s\n' +
	    'i = s.create()\ns.run_string(i, "import sys; print(__name__, ' +
	    'sys.argv, flush=True)")\nprint("back")',
	'-m by runpy': 'import runpy, sys\nsys.argv = ["x", "-n", "1", "pass"]\n' +
	    'open("mod.py", "w").write("print(__name__, __spec__.name)")\n' +
	    'runpy.run_module("mod", run_name="__main__", alter_sys=True)',
	'importlib.reload': String.raw`
import importlib, sys
sys.dont_write_bytecode = True
open("m.py", "w").write("x = 1\n")
import m
open("m.py", "w").write("x = 2000\n")
importlib.invalidate_caches()
print(m.x, importlib.reload(m).x)
importlib.reload(sys.modules["__main__"])
`,
};
