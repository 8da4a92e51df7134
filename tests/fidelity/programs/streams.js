/* SPDX-License-Identifier: MIT */
/* What is read and written: buffers, order, encodings, every way to read. */
const UTF8 = 'a é\n日本\n😀';

export default {
	'order of buffered and unbuffered': 'import os\nprint("buffered")\n' +
	    'os.write(1, b"raw\\n")',
	'order of text and bytes': String.raw`
import sys
print("text")
sys.stdout.buffer.write(b"bytes\n")
sys.stdout.flush()
sys.stdout.buffer.write(b"more\n")
print("end")
`,
	'order of a child\'s output': String.raw`
import subprocess
print("before")
subprocess.run(["echo", "child"])
print("after", flush=True)
subprocess.run(["echo", "child"])
`,
	'order of os.system': 'import os\nprint("a")\nos.system("echo b")\n' +
	    'print("c")',
	'a fork doubles the buffer': 'import os\nprint("twice")\n' +
	    'pid = os.fork()\nif pid: os.waitpid(pid, 0)',
	'a buffer that is full': String.raw`
import os, sys
for i in range(3000):
    sys.stdout.write("%04d\n" % i)
os.write(1, b"here\n")
`,
	'line buffering by configuration': String.raw`
import os, sys
sys.stdout.reconfigure(line_buffering=True)
print("a")
os.write(1, b"b\n")
`,
	'write_through': String.raw`
import os, sys
sys.stdout.reconfigure(write_through=True)
sys.stdout.write("a")
os.write(1, b"b\n")
`,
	'a stream of its own on the descriptor': String.raw`
import os
with open(1, "w", closefd=False) as f:
    print("mine", file=f)
with os.fdopen(os.dup(1), "w", 1) as f:
    f.write("dup\n")
    os.write(1, b"raw\n")
print("end")
`,
	'what the streams are': String.raw`
import sys
for f in sys.stdin, sys.stdout, sys.stderr:
    print(f.name, f.mode, f.encoding, f.errors, f.newlines, f.isatty(),
          f.line_buffering, f.write_through, f.fileno(), f.readable(),
          f.writable(), f.seekable(), type(f.buffer).__name__,
          type(f.buffer.raw).__name__, f._CHUNK_SIZE)
print(sys.stdin is sys.__stdin__, sys.stdout is sys.__stdout__)
`,
	'what the descriptors are': String.raw`
import fcntl, os, stat
for i in range(3):
    s = os.fstat(i)
    print(stat.filemode(s.st_mode), s.st_uid == os.getuid(), s.st_nlink,
          os.isatty(i), os.get_inheritable(i), os.get_blocking(i),
          fcntl.fcntl(i, fcntl.F_GETFL) & os.O_ACCMODE,
          fcntl.fcntl(i, fcntl.F_GETFD))
`,
	'a pipe\'s size': 'import fcntl\nprint([fcntl.fcntl(i, ' +
	    'fcntl.F_GETPIPE_SZ) for i in range(3)])',
	'which descriptors are open': String.raw`
import os
def is_open(fd):
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True
print([fd for fd in range(256) if is_open(fd)])
`,
	'the descriptor of a new file': 'f = open("f", "w")\nprint(f.fileno())',
	'what select says': 'import select\nprint([len(x) for x in ' +
	    'select.select([], [1, 2], [], 1)])',
	'no end of line at the end': 'print("x", end="")',
	'many ends of line': 'print("x\\n\\n\\n")',
	'nothing but ends of line': 'print("\\n\\n")',
	'carriage returns': 'print("a\\rb\\r\\nc", end="\\r")',
	'control characters': 'print("".join(map(chr, range(32))) + "\\x7f")',
	'bytes that are not UTF-8': String.raw`
import sys
sys.stdout.buffer.write(b"a\xff\xc3(\xe2\x82|\xf0\x9f\x98 \xed\xa0\x80 \xc0\xaf\n")
sys.stderr.buffer.write(b"\x80\xe2\x82")
`,
	'a character in two writes': String.raw`
import os
os.write(1, b"\xe2\x82")
os.write(1, b"\xac\n")
`,
	'a byte order mark': 'print("\\ufeffx")',
	'noncharacters': 'print("\\ufffe \\uffff \\ufdd0 \\U0010ffff")',
	'a lone surrogate': 'print("a")\nprint("\\ud800")',
	'a lone surrogate that was a byte': 'print("\\udcff")',
	'a lone surrogate on stderr': 'import sys\n' +
	    'print("\\ud800 \\udcff", file=sys.stderr)',
	'another encoding': String.raw`
import sys
sys.stdout.reconfigure(encoding="latin-1", errors="replace")
print("é €")
`,
	'print and its arguments': String.raw`
import sys
print(1, "a", None, sep="-", end="!\n")
print("to stderr", file=sys.stderr)
print(*range(5), sep="\n", file=None)
`,
	'stderr is not buffered by block': String.raw`
import os, sys
sys.stderr.write("a")
os.write(2, b"b\n")
print("c", file=sys.stderr)
os.write(2, b"d\n")
`,
	'much on both streams': String.raw`
import sys
for i in range(900):
    print("o" * 60)
    print("e" * 60, file=sys.stderr)
`,
	'more than is kept': 'print("x" * 200000)',

	'input()': { code: 'print(input())', stdin: 'abc\n' },
	'input() without an end of line': { code: 'print(input())',
		stdin: 'abc' },
	'input() with a prompt': { code: 'print(input("name? "))',
		stdin: 'x\n' },
	'input() where nothing is': 'print(input("? "))',
	'input() more than there is': { code: 'print(input(), input())',
		stdin: 'one\n' },
	'input() of an empty line': { code: 'print(repr(input()), input())',
		stdin: '\nx\n' },
	'input() with carriage returns': {
		code: 'print(ascii(input()), ascii(input()), ascii(input()))',
		stdin: 'a\r\nb\rc\n' },
	'input() of numbers': {
		code: 'n = int(input())\n' +
		    'print(sum(int(input()) for i in range(n)))',
		stdin: '3\n10\n20\n30\n' },
	'input() and what is not UTF-8 in a name': {
		code: 'x = input()\nprint(x, len(x), x.encode())', stdin: UTF8 },
	'input() with stdout replaced': {
		code: 'import io, sys\nsys.stdout = io.StringIO()\n' +
		    'x = input("prompt")\nsys.stderr.write(repr((x, ' +
		    'sys.stdout.getvalue())))', stdin: 'x\n' },
	'all of it': { code: 'import sys\nprint(ascii(sys.stdin.read()))',
		stdin: UTF8 },
	'all of nothing': 'import sys\nprint(repr(sys.stdin.read()))',
	'all of an empty text': { code: 'import sys\n' +
	    'print(repr(sys.stdin.read()))', stdin: '' },
	'a part of it': { code: 'import sys\nprint(sys.stdin.read(3), ' +
	    'sys.stdin.readline(), sys.stdin.read())', stdin: 'abcdef\ngh' },
	'a line': { code: 'import sys\nprint(repr(sys.stdin.readline()))',
		stdin: 'a\nb\n' },
	'lines': { code: 'import sys\nprint(sys.stdin.readlines())',
		stdin: 'a\nb\r\nc' },
	'line by line': { code: 'import sys\nfor line in sys.stdin:\n' +
	    '    print(line.upper(), end="")', stdin: 'a\nb\nc' },
	'its bytes': { code: 'import sys\nprint(sys.stdin.buffer.read())',
		stdin: 'a\r\n\0é' },
	'its bytes by number': { code: 'import os\nprint(os.read(0, 3), ' +
	    'os.read(0, 100), os.read(0, 1))', stdin: 'abcdef' },
	'by open(0)': { code: 'print(open(0).read().split())',
		stdin: '1 2\n3' },
	'by fileinput': { code: 'import fileinput\nfor line in ' +
	    'fileinput.input():\n    print(fileinput.lineno(), line, end="")',
	stdin: 'a\nb\n' },
	'by csv': { code: 'import csv, sys\nprint(list(csv.reader(sys.stdin)))',
		stdin: 'a,"b\nc"\r\nd,e\r\n' },
	'by json': { code: 'import json, sys\nprint(json.load(sys.stdin))',
		stdin: '{"a": [1, "é"]}' },
	'by a child': { code: 'import subprocess\n' +
	    'subprocess.run(["sed", "s/a/b/"])\n', stdin: 'banana\n' },
	'by a child, what is left': {
		code: 'import os, subprocess\nprint(os.read(0, 2), flush=True)\n' +
		    'subprocess.run(["cat"])', stdin: 'abcdef\n' },
	'by multiprocessing, which has none': {
		code: 'import multiprocessing as m, sys\ndef f():\n' +
		    '    print(repr(sys.stdin.read()))\n' +
		    'p = m.get_context("fork").Process(target=f)\n' +
		    'p.start()\np.join()\nprint(sys.stdin.read())',
		stdin: 'for the parent' },
	'by a thread': { code: 'import threading\n' +
	    't = threading.Thread(target=lambda: print(input()))\n' +
	    't.start()\nt.join()\nprint(input())', stdin: 'a\nb\n' },
	'by asyncio': { code: String.raw`
import asyncio, sys
async def main():
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    print(await reader.readline(), await reader.read())
asyncio.run(main())
`, stdin: 'first\nrest' },
	'by select': { code: 'import os, select\n' +
	    'print(select.select([0], [], [])[0], os.read(0, 10))\n' +
	    'print(select.select([0], [], [])[0], os.read(0, 10))',
	stdin: 'x' },
	'with another encoding': { code: 'import sys\n' +
	    'sys.stdin.reconfigure(encoding="latin-1")\n' +
	    'print(ascii(sys.stdin.read()))', stdin: 'é' },
	'with seek, which it can not': { code: 'import sys\n' +
	    'sys.stdin.seek(0)', stdin: 'x' },
	'after it was closed': { code: 'import sys\nsys.stdin.close()\n' +
	    'input()', stdin: 'x' },
	'after its number was closed': { code: 'import os\nos.close(0)\n' +
	    'input()', stdin: 'x' },
	'replaced by text': { code: 'import io, sys\n' +
	    'sys.stdin = io.StringIO("mine\\n")\nprint(input())',
	stdin: 'not this\n' },
	'None': { code: 'import sys\nsys.stdin = None\ninput()', stdin: 'x' },
	'a code run from it': { code: 'import sys\nexec(sys.stdin.read())',
		stdin: 'def f():\n    1 / 0\nf()\n' },
	'an interactive console': { code: 'import code\n' +
	    'code.interact(banner="", exitmsg="bye", local={"x": 5})',
	stdin: 'x + 1\n1 / 0\n' },
	'pdb': { code: 'def f(x):\n    breakpoint()\n    return x + 1\n' +
	    'print(f(1))', stdin: 'p x\nw\nl\nn\nc\n' },
	'a password': { code: 'import getpass\nprint(getpass.getpass("? "))',
		stdin: 'secret\n' },
	'not at all': { code: 'print("done")', stdin: 'x'.repeat(200000) },
	'much': { code: 'import sys\nprint(len(sys.stdin.read()))',
		stdin: '\u20ac'.repeat(60000) },
	'the start of much': { code: 'print(input())',
		stdin: `first\n${'x'.repeat(200000)}` },
	'much, later': { code: 'import sys, time\ntime.sleep(0.2)\n' +
	    'print(sum(len(x) for x in sys.stdin))',
	stdin: `${'y'.repeat(99)}\n`.repeat(2000) },
};
