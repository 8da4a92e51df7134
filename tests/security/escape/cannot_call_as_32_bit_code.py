# SPDX-License-Identifier: MIT
# attack: call the kernel by int 0x80 or with x32 numbers, past the filter
# protection: seccomp looks at the architecture first: native calls only
# expect: {"output": "/HELD: (5 foreign calls unanswered|this machine has one form only)/"}
# default: varies, Docker lets 32-bit code run; a kernel may know none
import ctypes, mmap, os

if os.uname().machine != "x86_64":
    print("HELD: this machine has one form only")
    raise SystemExit

libc = ctypes.CDLL(None, use_errno=True)
held, breaches = 0, []


def by_interrupt(number):
    """mov eax, NUMBER; int 0x80; ret"""
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE |
                     mmap.PROT_EXEC)
    page.write(b"\xb8" + number.to_bytes(4, "little") + b"\xcd\x80\xc3")
    return ctypes.CFUNCTYPE(ctypes.c_int)(
        ctypes.addressof(ctypes.c_char.from_buffer(page)))()


def by_x32(number):
    return libc.syscall(ctypes.c_long(0x40000000 | number))


def unanswered(what, call, number):
    """In a child: the answer may be a deadly signal."""
    global held
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writing, str(call(number)).encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(pid, 0)
    answer = os.read(reading, 20)
    if answer in (b"", b"-1", b"-38"):  # dead, EPERM, ENOSYS
        held += 1
    else:
        breaches.append(f"{what} answered {answer.decode()}")


for name, number in (("getpid", 20), ("getuid", 199), ("umask", 60)):
    unanswered(name, by_interrupt, number)
for name, number in (("getpid", 39), ("getuid", 102)):
    unanswered("x32 " + name, by_x32, number)
print("BREACH: " + ", ".join(breaches) if breaches
      else f"HELD: {held} foreign calls unanswered")
