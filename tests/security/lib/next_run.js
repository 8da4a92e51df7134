/* SPDX-License-Identifier: MIT */
/*
 * What one run might leave for the next one in the same container: each entry
 * has a program that leaves something, and one that looks for it and prints a
 * list of what it found. Both are put behind HEAD.
 */
import { SLOWNESS } from '../../integration/lib/wait.js';

/* The name of the container, and a process that outlives its parents: what it
 * does has to tell when it has begun. */
const HEAD = `import ctypes, errno, fcntl, mmap, os, resource, signal, socket
import stat, sys, time
libc = ctypes.CDLL(None, use_errno=True)
which = hash("which container")
found = []
def behind(work):
    told, telling = os.pipe()
    if os.fork() == 0:
        os.setsid()
        for number in range(1, 65):
            try: signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError): pass
        if os.fork() == 0:
            try: work(lambda: os.write(telling, b"x"))
            finally: os._exit(0)
        os._exit(0)
    try: os.wait()
    except ChildProcessError: pass
    os.close(telling)
    os.read(told, 1)
    os.close(told)
`;
const LEFT = '\nprint("", which, "", sep="\\n")';
const FOUND = '\nprint(which, *found, sep="\\n")';

const CHANNELS = [
	{ what: 'files',
		leave: `for place in "/box", "/tmp", "/dev/shm":
    os.mkdir(place + "/left")
    for name in "/left/a", "/.b", "/-c":
        open(place + name, "w").write("secret")
os.symlink("/etc", "/tmp/link"); os.mkfifo("/tmp/fifo")
open("/box/main.py", "a").write("#")
open("/box/json.py", "w").write("secret = 1")`,
		find: `for place in "/box", "/tmp", "/dev/shm":
    found += [n for n in os.listdir(place) if n != "main.py"]
import json
found += [n for n in vars(json) if n == "secret"]` },
	{ what: 'full file systems',
		leave: `for place, size in ("/box", 8), ("/tmp", 16), ("/dev/shm", 8):
    try: open(place + "/full", "wb").write(bytes(size << 20))
    except OSError: pass`,
		find: `for place, size in ("/box", 7), ("/tmp", 15), ("/dev/shm", 7):
    try: open(place + "/big", "wb").write(bytes(size << 20))
    except OSError as error: found.append(str(error))` },
	{ what: 'processes that run away',
		leave: `def stay(tell):
    tell()
    while True: time.sleep(0.01)
for _ in range(8): behind(stay)`,
		find: `for pid in range(2, 400):
    if pid == os.getpid(): continue
    try: os.kill(pid, 0)
    except ProcessLookupError: pass
    except PermissionError: found.append(pid)
    else: found.append(pid)
if os.getpid() != 2 or os.getppid() != 1: found.append(os.getpid())` },
	{ what: 'writers that stay behind',
		leave: `def stay(tell):
    end = time.time() + 5
    while time.time() < end:
        for fd in 1, 2:
            try: os.write(fd, b"from before")
            except OSError: pass
        for name in "/box/late", "/tmp/late", "/dev/shm/late":
            try: open(name, "w").close()
            except OSError: pass
        if tell: tell()
        tell = None
behind(stay)`,
		find: `end = time.time() + 2
while time.time() < end and not found:
    time.sleep(0.05)
    for place in "/box", "/tmp", "/dev/shm":
        found += [n for n in os.listdir(place) if n != "main.py"]` },
	{ what: 'sockets that listen',
		leave: `def listen(tell):
    kept = []
    for family, address in ((socket.AF_UNIX, "\\0meeting"),
            (socket.AF_UNIX, "/tmp/meeting"), (socket.AF_INET, ("", 7777))):
        s = socket.socket(family); s.bind(address); s.listen(); kept.append(s)
    tell()
    time.sleep(60)
behind(listen)`,
		find: `for family, address in ((socket.AF_UNIX, "\\0meeting"),
        (socket.AF_UNIX, "/tmp/meeting"), (socket.AF_INET, ("", 7777))):
    s = socket.socket(family)
    if s.connect_ex(address) == 0: found.append(address)
    s.close()
    s = socket.socket(family)
    try: s.bind(address)
    except OSError as error: found.append(str(error))` },
	{ what: 'descriptors',
		leave: `a, b = socket.socketpair()
fds = [os.open("/usr/bin", os.O_RDONLY) for _ in range(50)]
socket.send_fds(a, [b"x"], fds[:20]); socket.send_fds(b, [b"x"], [a.fileno()])`,
		find: `for fd in range(3, 256):
    try: os.fstat(fd)
    except OSError: pass
    else: found.append(fd)
for fd in range(3):
    if not stat.S_ISFIFO(os.fstat(fd).st_mode): found.append(fd)` },
	{ what: 'input that was not read',
		members: { stdin: 'secret\n'.repeat(20000) },
		leave: 'sys.stdin.read(1)', find: 'found += sys.stdin' },
	{ what: 'output that was not read',
		leave: `r, w = os.pipe()
os.write(w, b"secret"); sys.stdout.write("x" * 100); sys.stdout.flush()
sys.stderr.write("late")`,
		find: '' },
	{ what: 'the state of the interpreter',
		leave: `import builtins, random, decimal
os.environ["LEFT"] = "1"; os.putenv("LEFT2", "1"); sys.path.insert(0, "/tmp")
builtins.print, sys.left = builtins.print, 1; builtins.left = 1
sys.setrecursionlimit(77777); sys.setswitchinterval(3)
sys.excepthook = lambda *_: None; random.seed(1)
os.__dict__["left"] = 1; sys.intern("left")`,
		find: `import builtins
found += [k for k in os.environ if k.startswith("LEFT")]
libc.getenv.restype = ctypes.c_char_p
found += [k for k in (b"LEFT", b"LEFT2", b"SCE_GATE", b"LD_PRELOAD")
    if libc.getenv(k)]
found += [m for m in sys.modules if m in ("random", "decimal")]
found += [o for o in (sys, builtins, os) if hasattr(o, "left")]
found += [n for n in sys.path if n.startswith("/tmp")]
if sys.getrecursionlimit() != 1000 or sys.getswitchinterval() != 0.005:
    found.append("limits")` },
	{ what: 'signals and timers',
		leave: `for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
signal.setitimer(signal.ITIMER_REAL, 0.2)
def alarm(tell):
    signal.pthread_sigmask(signal.SIG_UNBLOCK, signal.valid_signals())
    tell()
    while True:
        try: os.kill(-1, signal.SIGALRM)
        except OSError: pass
behind(alarm)`,
		find: `time.sleep(0.4)
found += signal.pthread_sigmask(signal.SIG_BLOCK, [])
found += signal.sigpending()
for number in range(1, 65):
    if number in (signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ, 32, 33):
        continue # Python's own
    if signal.getsignal(number) != signal.SIG_DFL: found.append(number)
if signal.getitimer(signal.ITIMER_REAL) != (0, 0): found.append("timer")` },
	{ what: 'what a process inherits',
		leave: `os.umask(0o777); os.chdir("/usr")
resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))
resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1))
libc.prctl(15, b"left", 0, 0, 0)
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))`,
		find: `mask = os.umask(0o22)
if mask != 0o22: found.append(oct(mask))
if os.getcwd() != "/box": found.append(os.getcwd())
if resource.getrlimit(resource.RLIMIT_NOFILE) != (256, 256):
    found.append("files")
if resource.getrlimit(resource.RLIMIT_FSIZE)[0] < 1 << 20:
    found.append("size")
name = ctypes.create_string_buffer(16)
libc.prctl(16, name, 0, 0, 0)
if name.value == b"left": found.append("name")
if os.sched_getscheduler(0) != os.SCHED_OTHER: found.append("class")
if os.times().user > ${SLOWNESS}: found.append("time")` },
	{ what: 'locks on the image\'s files',
		leave: `def lock(tell):
    fd = os.open("/usr/bin/python3.11", os.O_RDONLY)
    fcntl.flock(fd, fcntl.LOCK_EX)
    tell()
    time.sleep(60)
behind(lock)`,
		find: `fd = os.open("/usr/bin/python3.11", os.O_RDONLY)
try: fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError as error: found.append(str(error))` },
	{ what: 'queues and shared memory of System V and POSIX',
		leave: `for call in (lambda: libc.shmget(77, 4096, 0o1666),
        lambda: libc.msgget(77, 0o1666), lambda: libc.semget(77, 1, 0o1666),
        lambda: libc.mq_open(b"/left", os.O_CREAT | os.O_RDWR, 0o666, None)):
    call()
try: os.open("/dev/mqueue/left", os.O_CREAT | os.O_RDWR)
except OSError: pass
from multiprocessing import resource_tracker, shared_memory
resource_tracker.register = lambda *_: None
shared_memory.SharedMemory("left", True, 4096)`,
		find: `for call in (lambda: libc.shmget(77, 4096, 0),
        lambda: libc.msgget(77, 0), lambda: libc.semget(77, 1, 0),
        lambda: libc.mq_open(b"/left", os.O_RDWR)):
    if call() != -1: found.append("queue")
found += os.listdir("/dev/shm")
try: found += os.listdir("/dev/mqueue")
except PermissionError: pass` },
	{ what: 'memory that is used up',
		leave: `kept = [b"x" * (1 << 20) for _ in range(80)]
held = [mmap.mmap(-1, 1 << 20) for _ in range(10)]
pairs = [socket.socketpair() for _ in range(40)]
for a, b in pairs:
    a.setblocking(False)
    try:
        while True: a.send(b"x" * 65536)
    except BlockingIOError: pass`,
		find: `try: kept = [b"x" * (1 << 20) for _ in range(85)]
except MemoryError: found.append("less memory")` },
	{ what: 'bytes in memory',
		members: { stdin: 'CANARY-' + 'IN'.repeat(300),
			files: [{ name: 'CANARY-NAME/'.repeat(6) + 'CANARY-NAME',
				content: 'CANARY-FILE'.repeat(2000) }] },
		leave: `# CANARY-TEXT
text = sys.stdin.read()
kept = ["CANARY-" + "HEAP" * 64 + str(i) for i in range(2000)]
blob = ctypes.create_string_buffer(("CANARY-" + "C" * 200).encode(), 1 << 16)
sys.stdout.write("CANARY-OUT" * 1000)
print()`,
		/* Whatever can be read is written to a pipe and looked at. */
		find: `r, w = os.pipe2(os.O_NONBLOCK)
needle = bytes(reversed(b"-YRANAC"))
spots = [0x400000, id(found), ctypes.addressof(ctypes.c_int.in_dll(libc, "optind")),
    ctypes.addressof(ctypes.create_string_buffer(1)), id(len)]
libc.sbrk.restype = ctypes.c_void_p
spots.append(libc.sbrk(0))
libc.write.argtypes = ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t
environ = ctypes.c_void_p.in_dll(libc, "environ").value
stack = ctypes.c_void_p.in_dll(libc, "__libc_stack_end").value
seen, pages, reach = set(), 0, 2500
for spot in spots + [environ, stack]:
    middle = spot >> 12
    for page in range(max(middle - reach, 16), middle + reach):
        if page in seen: continue
        seen.add(page)
        if libc.write(w, page << 12, 4096) != 4096: continue
        pages += 1
        data = os.read(r, 4096)
        for piece in data.split(needle)[1:]:
            if piece[:2] in (b"IN", b"HE", b"CC", b"OU", b"NA", b"FI", b"TE"):
                found.append(piece[:8])
if pages < 800: found.append(f"only {pages} pages were looked at")` },
	{ what: 'keys, capabilities and namespaces',
		leave: `libc.syscall(248, b"user", b"left", b"secret", 6, -3)
libc.unshare(0x10000000)`,
		find: `if libc.syscall(249, b"user", b"left", None, 0) != -1:
    found.append("key")
header, data = (ctypes.c_uint * 2)(0x20080522, 0), (ctypes.c_uint * 6)()
libc.capget(header, data)
found += [hex(word) for word in data if word]
found += [c for c in range(41) if libc.prctl(23, c, 0, 0, 0) != 0]
for flags in 0x10000000, 0x20000, 0x7c020000, 2080538897:
    if libc.unshare(flags) == 0: found.append(hex(flags))
    pid = libc.syscall(56, flags & ~0x8000 | 17, 0, 0, 0, 0)
    if pid == 0: os._exit(0)
    if pid != -1: found.append(f"clone {flags:x}")
if libc.mount(b"x", b"/tmp", b"tmpfs", 14, None) == 0: found.append("mount")
if libc.prctl(39, 0, 0, 0, 0) != 1: found.append("privileges")` },
];

export { CHANNELS, HEAD, LEFT, FOUND };
