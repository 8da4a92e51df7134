/* SPDX-License-Identifier: MIT */
/* What a program finds out about itself, its interpreter and its place. */
import { SLOWNESS } from '../../integration/lib/wait.js';

export default {
	'of __main__': String.raw`
print(list(globals()))
print(__name__, __file__, __doc__, __spec__, __package__, __cached__,
      __annotations__, type(__builtins__), type(__loader__), __loader__.name,
      __loader__.path)
`,
	'of __main__, with a docstring': '"""About\n\nthis"""\nprint(__doc__)',
	'of __main__, annotated': 'x: int = 1\nprint(__annotations__)',
	'of its module': String.raw`
import sys
m = sys.modules["__main__"]
print(repr(m), vars(m) is globals(), sorted(vars(m)))
`,
	'itself, imported': 'import main\nprint(__name__, main.__name__, ' +
	    'main.__file__, __file__)',
	'arguments': 'import sys\nprint(sys.argv, sys.orig_argv, sys.executable,' +
	    ' sys.prefix, sys.exec_prefix, sys.base_prefix)',
	'path': 'import sys\nprint(sys.path, sys.meta_path, ' +
	    'sorted(sys.path_importer_cache))',
	'path hooks': 'import sys\nprint(len(sys.path_hooks), ' +
	    'sys.path_hooks[0])',
	'flags': 'import sys\nprint(sys.flags, sys._xoptions, ' +
	    'sys.warnoptions, sys.dont_write_bytecode, sys.pycache_prefix)',
	'version': 'import sys\nprint(sys.version, sys.version_info, ' +
	    'sys.implementation, sys.api_version, sys.platlibdir, sys.abiflags)',
	'encodings': 'import locale, sys\nprint(sys.getdefaultencoding(), ' +
	    'sys.getfilesystemencoding(), sys.getfilesystemencodeerrors(), ' +
	    'locale.getpreferredencoding(), locale.getlocale(), ' +
	    'locale.setlocale(locale.LC_ALL))',
	'locale': String.raw`
import locale, time
print(locale.setlocale(locale.LC_ALL, ""), locale.localeconv())
print(time.strftime("%c", time.gmtime(0)), f"{1234567:n}")
`,
	'modules': 'import sys\nprint(list(sys.modules))',
	'modules after imports': 'import sys\nbefore = set(sys.modules)\n' +
	    'import json, dataclasses, asyncio\n' +
	    'print(sorted(set(sys.modules) - before))',
	'builtins': 'import builtins\nprint(dir(builtins))',
	'hooks': 'import sys\nprint(sys.excepthook, sys.displayhook, ' +
	    'sys.unraisablehook, sys.breakpointhook, sys.gettrace(), ' +
	    'sys.getprofile(), sys.addaudithook)',
	'numbers': 'import sys\nprint(sys.maxsize, sys.float_info, ' +
	    'sys.int_info, sys.hash_info, sys.thread_info, ' +
	    'sys.getrecursionlimit(), sys.getswitchinterval(), ' +
	    'sys.get_int_max_str_digits())',
	'environment': 'import os\nprint(dict(os.environ), os.environb)',
	'environment as a child sees it': 'import subprocess\n' +
	    'subprocess.run(["env"])',
	'environment that is changed': 'import os, subprocess\n' +
	    'os.environ["X"] = "é"\ndel os.environ["HOME"]\n' +
	    'subprocess.run(["env"])\nprint(os.path.expanduser("~/x"))',
	'home': 'import os, pathlib\nprint(os.path.expanduser("~"), ' +
	    'pathlib.Path.home(), os.path.expandvars("$USER:$PATH:$NO"))',
	'user': 'import getpass\nprint(getpass.getuser())',
	'no entry for the uid': 'import os, pwd\ntry:\n' +
	    '    pwd.getpwuid(os.getuid())\nexcept KeyError as e:\n' +
	    '    print("none")',
	'ids': 'import os\nu = os.getuid()\nprint(u > 0, u == os.geteuid(), ' +
	    'u == os.getgid() == os.getegid(), os.getgroups() == [u], ' +
	    'os.getresuid() == (u, u, u))',
	'working directory': 'import os\nprint(os.getcwd(), os.listdir(), ' +
	    'os.path.abspath("x"), os.path.realpath(__file__))',
	'its file': String.raw`
import os, stat
s = os.stat(__file__)
print(stat.filemode(s.st_mode), s.st_size, s.st_nlink,
      s.st_uid == os.getuid(), s.st_gid == os.getgid(),
      os.path.islink(__file__), os.access(__file__, os.W_OK))
`,
	'its directory': String.raw`
import os, stat
for name in "/box", "/tmp", "/dev/shm":
    s = os.stat(name)
    v = os.statvfs(name)
    print(stat.filemode(s.st_mode), s.st_uid == os.getuid(), v.f_blocks,
          v.f_bsize, v.f_files, v.f_flag, os.listdir(name) == []
          or os.listdir(name))
`,
	'its source': 'import inspect, sys\n' +
	    'print(inspect.getsource(sys.modules["__main__"]))',
	'source of a function': 'import inspect\ndef f(x):\n    # comment\n' +
	    '    return "é"\nprint(inspect.getsource(f), ' +
	    'inspect.getsourcefile(f), inspect.getsourcelines(f), ' +
	    'inspect.getcomments(f), inspect.signature(f))',
	'source of a class': 'import inspect\nclass A:\n    def m(self):\n' +
	    '        return 1\nprint(inspect.getsource(A), ' +
	    'inspect.getsource(A.m), inspect.getmodule(A))',
	'source by linecache': 'import linecache, sys\n' +
	    'print(linecache.getlines(__file__), ' +
	    'linecache.getline("main.py", 1), linecache.cache.keys())',
	'source by the loader': 'print(__loader__.get_source("__main__"), ' +
	    '__loader__.get_data(__file__), __loader__.is_package("__main__"))',
	'source by opening it': 'print(open(__file__).read(), ' +
	    'open("main.py", "rb").read())',
	'source by ast': 'import ast\nprint(ast.dump(ast.parse(' +
	    'open(__file__).read())))',
	'source by tokenize': 'import tokenize\nwith tokenize.open(__file__) ' +
	    'as f:\n    print(f.encoding, f.read())',
	'code object': String.raw`
import sys
c = sys._getframe().f_code
print(c.co_filename, c.co_name, c.co_qualname, c.co_firstlineno, c.co_flags,
      c.co_consts, c.co_names, c.co_stacksize, len(c.co_code))
`,
	'no .pyc of itself': 'import os\nprint(os.listdir("/box"))',
	'a .pyc of what it imports': 'open("m.py", "w").write("x = 1")\n' +
	    'import m, os\nprint(sorted(os.listdir()), ' +
	    'os.listdir("__pycache__"), m.__cached__)',
	'run again by runpy': 'import runpy, sys\nif __name__ == "__main__":\n' +
	    '    print(sorted(runpy.run_path("main.py", run_name="again")))\n' +
	    'print(__name__)',
	'run again by execv': String.raw`
import os, sys
print(sys.argv, sys.orig_argv, flush=True)
if len(sys.argv) == 1:
    os.execv(sys.executable, [sys.executable, __file__, "again"])
`,
	'run again by orig_argv': String.raw`
import os, sys
print("X" in os.environ, flush=True)
if "X" not in os.environ:
    os.environ["X"] = "1"
    os.execvp(sys.orig_argv[0], sys.orig_argv)
`,
	'another program by execv': 'import os\nprint("lost")\n' +
	    'os.execvp("echo", ["echo", "instead"])',
	'run again by subprocess': String.raw`
import subprocess, sys
if len(sys.argv) == 1:
    print(subprocess.run([sys.executable, *sys.argv, "x"],
                         capture_output=True, text=True))
else:
    print(sys.argv, sys.flags.isolated)
`,
	'site': 'import site, sys\nprint(site.getsitepackages(), ' +
	    'site.ENABLE_USER_SITE, site.getusersitepackages(), ' +
	    '"site" in sys.modules)',
	'sysconfig': 'import sysconfig\nprint(sysconfig.get_paths(), ' +
	    'sysconfig.get_platform(), sysconfig.get_python_version())',
	'platform': 'import platform\nprint(platform.python_version(), ' +
	    'platform.python_implementation(), platform.system(), ' +
	    'platform.libc_ver(), platform.architecture())',
	'host': 'import os, platform, socket\nprint(socket.gethostname(), ' +
	    'platform.node(), os.uname().nodename)',
	'hash of text is random': 'import sys\nprint(sys.flags.' +
	    'hash_randomization, hash("") == 0, hash(1), hash(1.5), ' +
	    'hash((1, 2)), hash(None) == hash(None))',
	'hash of text differs in a child': String.raw`
import subprocess, sys
own = hash("text")
others = {int(subprocess.check_output(
    [sys.executable, "-c", "print(hash('text'))"])) for i in range(2)}
print(len(others | {own}))
`,
	'random is seeded': 'import random\nprint(random.random() != ' +
	    'random.random(), random.Random(5).random())',
	'time zone': 'import time, datetime\nprint(time.tzname, time.timezone, ' +
	    'time.localtime(0), datetime.datetime.fromtimestamp(0).' +
	    'astimezone())',
	'process': String.raw`
import os, threading
print(os.getpid() > 1, os.getppid(), os.getpgrp() == os.getpid(),
      os.getpid() == threading.get_native_id(), os.times().user < ${SLOWNESS})
`,
	'session': 'import os\nprint(os.getsid(0) == os.getpid())',
	'a process group of its own': 'import os\nos.setpgid(0, 0)\n' +
	    'print(os.getpgrp() == os.getpid())',
	'priority': 'import os\nprint(os.getpriority(os.PRIO_PROCESS, 0))',
	'cores': 'import os\nprint(os.cpu_count() == ' +
	    'len(os.sched_getaffinity(0)), os.sched_getscheduler(0))',
	'umask': 'import os, stat\nopen("f", "w").close()\nos.mkdir("d")\n' +
	    'print(oct(os.umask(0)), [stat.filemode(os.stat(n).st_mode) ' +
	    'for n in "fd"])',
	'limits': String.raw`
import resource as r
for name in sorted(n for n in dir(r) if n.startswith("RLIMIT_")):
    print(name, r.getrlimit(getattr(r, name)))
`,
	'size of a terminal': 'import os, shutil\n' +
	    'print(shutil.get_terminal_size(), os.ctermid())\n' +
	    'os.get_terminal_size()',
	'a terminal': 'open("/dev/tty")',
	'garbage collection': 'import gc\nprint(gc.get_threshold(), ' +
	    'gc.get_count(), gc.isenabled(), gc.collect(), gc.garbage, ' +
	    'gc.get_stats()[0]["collections"] >= 0)',
	'when garbage is collected': String.raw`
import gc
class A:
    def __del__(self): pass
seen = []
gc.callbacks.append(lambda phase, info: seen.append(i))
for i in range(3000):
    a = []
    a.append(a)
print(seen)
`,
	'references': 'import sys\na = []\nprint(sys.getrefcount(a), ' +
	    'sys.getsizeof(a), sys.getsizeof(globals()), ' +
	    'len(object.__subclasses__()))',
	'the root directory': 'import os\nprint(sorted(os.listdir("/")))',
	'/proc': 'print(open("/proc/self/comm").read())',
	'/etc': 'import os\nprint(sorted(os.listdir("/etc")), ' +
	    'open("/etc/passwd").read())',
	'help': 'help(len)',
};
