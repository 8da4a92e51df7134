/* SPDX-License-Identifier: MIT */
/* What the kernel lets a program do, and how it says no. */

/* Each call's value, or its error. */
const TRY = String.raw`
import os
def tell(f, *a):
    try:
        print(f.__name__, f(*a))
    except OSError as e:
        print(f.__name__, type(e).__name__, e.errno)
`;

export default {
	'becoming another user': `${TRY}
for f in os.setuid, os.seteuid, os.setgid: tell(f, 0)
tell(os.setgroups, [0])
tell(os.setuid, os.getuid())
`,
	'giving files away': `${TRY}
open("f", "w").close()
tell(os.chown, "f", 0, 0)
tell(os.chown, "f", os.getuid(), os.getgid())
tell(os.chmod, "f", 0o4755)
print(oct(os.stat("f").st_mode))
`,
	'devices': `${TRY}
import stat
tell(os.mknod, "null", 0o600 | stat.S_IFCHR, os.makedev(1, 3))
print(open("/dev/zero", "rb").read(3), len(os.urandom(4)),
      open("/dev/null", "w").write("x"))
try:
    open("/dev/full", "w").write("x" * 10000)
except OSError as e:
    print(e)
`,
	'another root': `${TRY}\ntell(os.chroot, "/box")\n`,
	'links': `${TRY}
open("f", "w").close()
os.link("f", "g")
os.symlink("f", "h")
print(os.stat("f").st_nlink, os.path.samefile("f", "h"))
tell(os.link, "f", "/tmp/f")
tell(os.rename, "f", "/tmp/f")
`,
	'extended attributes': `${TRY}
open("f", "w").close()
tell(os.listxattr, "f")
tell(os.getxattr, "f", "user.x")
`,
	'copying in the kernel': `${TRY}
open("f", "wb").write(b"x" * 10)
a, b = os.open("f", os.O_RDONLY), os.open("g", os.O_RDWR | os.O_CREAT)
tell(os.copy_file_range, a, b, 5)
tell(os.sendfile, b, a, 0, 10)
tell(os.posix_fallocate, b, 0, 100)
print(os.stat("g").st_size)
`,
	'memory files': `${TRY}\ntell(os.memfd_create, "x")\n`,
	'event descriptors': `${TRY}
import select
fd = os.eventfd(3)
print(os.eventfd_read(fd))
p = select.epoll()
p.register(fd, select.EPOLLOUT)
print(len(p.poll(0)))
`,
	'process descriptors': `${TRY}
import signal
pid = os.fork()
if pid == 0:
    signal.pause()
fd = os.pidfd_open(pid)
signal.pidfd_send_signal(fd, signal.SIGKILL)
print(os.waitid(os.P_PIDFD, fd, os.WEXITED).si_status)
`,
	'priorities': `${TRY}
tell(os.setpriority, os.PRIO_PROCESS, 0, 19)
tell(os.sched_setaffinity, 0, os.sched_getaffinity(0))
tell(os.sched_yield)
`,
	'a higher priority': `${TRY}\ntell(os.setpriority, 0, 0, -5)\n`,
	'a scheduling class': `${TRY}
tell(os.sched_setscheduler, 0, os.SCHED_FIFO, os.sched_param(1))
tell(os.sched_getscheduler, 0)
tell(os.sched_get_priority_max, os.SCHED_FIFO)
`,
	'limits of its own': `${TRY}
import resource as r
tell(r.setrlimit, r.RLIMIT_NOFILE, (20, 20))
print(r.getrlimit(r.RLIMIT_NOFILE))
try:
    r.setrlimit(r.RLIMIT_NOFILE, (20, 200))
except ValueError as e:
    print(e)
r.setrlimit(r.RLIMIT_AS, (10 ** 8, 10 ** 8))
bytearray(10 ** 8)
`,
	'limits of another': `${TRY}
import resource as r
tell(r.prlimit, 0, r.RLIMIT_NOFILE)
tell(r.prlimit, os.getpid(), r.RLIMIT_NOFILE)
`,
	'the clock': `${TRY}
import time
tell(time.clock_settime, time.CLOCK_REALTIME, 0)
tell(time.clock_getres, time.CLOCK_MONOTONIC)
`,
	'interfaces': 'import socket\nprint(socket.if_nameindex())',
	'a raw socket': 'import socket\n' +
	    'socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)',
	'a socket of packets': 'import socket\n' +
	    'socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)',
	'a port below 1024': 'import socket\n' +
	    's = socket.socket()\ns.bind(("127.0.0.1", 80))',
	'IPv6': 'import socket\ns = socket.socket(socket.AF_INET6)\n' +
	    's.bind(("::1", 0))\nprint(s.getsockname()[0])',
	'datagrams': String.raw`
import socket
a, b = (socket.socket(type=socket.SOCK_DGRAM) for i in "ab")
a.bind(("127.0.0.1", 0))
b.sendto(b"x", a.getsockname())
print(a.recv(5))
`,
	'an abstract socket': 'import socket\n' +
	    's = socket.socket(socket.AF_UNIX)\ns.bind("\\0x")\ns.listen()\n' +
	    'c = socket.socket(socket.AF_UNIX)\nc.connect("\\0x")\n' +
	    'print(s.getsockname(), s.accept()[0].send(b"x"))',
	'descriptors over a socket': String.raw`
import os, socket
a, b = socket.socketpair()
socket.send_fds(a, [b"x"], [1])
data, fds, flags, address = socket.recv_fds(b, 5, 3)
os.write(fds[0], data)
`,
	'a pseudo-terminal': 'import os\nos.openpty()',
	'semaphores and messages': String.raw`
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
print(libc.semget(0, 1, 0o600) >= 0, libc.shmget(0, 4096, 0o600) >= 0,
      libc.msgget(0, 0o600) >= 0)
`,
	'namespaces': 'import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n' +
	    'print(libc.unshare(0x10000000), ctypes.get_errno())',
	'its name': String.raw`
import ctypes
libc = ctypes.CDLL(None)
libc.prctl(15, b"renamed")
name = ctypes.create_string_buffer(16)
libc.prctl(16, name)
print(name.value)
`,
	'what it was confined by': 'import ctypes\nlibc = ctypes.CDLL(None)\n' +
	    'print([libc.prctl(n, 0, 0, 0, 0) for n in (3, 21, 39)])',
	'executable memory': String.raw`
import mmap
m = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
print(len(m))
`,
	'how much there is': 'import os, shutil\nprint(shutil.disk_usage("/tmp"),' +
	    ' os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_OPEN_MAX"), ' +
	    'os.sysconf("SC_NPROCESSORS_ONLN") == os.cpu_count(), ' +
	    'os.pathconf(".", "PC_NAME_MAX"))',
	'the mounts': 'import os\nprint([os.path.ismount(p) for p in ' +
	    '("/", "/box", "/tmp", "/dev/shm", "/usr")])',
	'a library that is found': 'import ctypes.util\n' +
	    'print(ctypes.util.find_library("c"))',
	'waiting in all ways': String.raw`
import os
for n in range(3):
    if os.fork() == 0:
        os._exit(n)
print(sorted(os.waitstatus_to_exitcode(s) for s in
             (os.wait()[1], os.wait3(0)[1], os.wait4(-1, 0)[1])))
`,
	'what waits in a pipe': String.raw`
import array, fcntl, os, termios
r, w = os.pipe()
os.write(w, b"x" * 7)
n = array.array("i", [0])
fcntl.ioctl(r, termios.FIONREAD, n)
print(n[0])
`,
};
