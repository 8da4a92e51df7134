/* SPDX-License-Identifier: MIT */
/*
 * A run is `python3.11 main.py`: each program here is also given to the
 * distribution's own interpreter, and the answers have to be the same.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { run } from './lib/http.js';
import { shared_instance } from './lib/instance.js';
import { expected_answer, reference } from './lib/python.js';

const PROGRAMS = {
	'a traceback with carets': 'def f(x):\n    return 1 + x["a"]["b"]\n\n' +
	    'print("before")\nf({"a": {}})\n',
	'an exception with its cause': 'try:\n    1 / 0\n' +
	    'except ZeroDivisionError as e:\n    raise ValueError("x") from e',
	'an exception group': 'raise ExceptionGroup("g", [ValueError(1), ' +
	    'TypeError("é")])',
	'a note': 'e = ValueError(1)\ne.add_note("note")\nraise e',
	'deep recursion': 'def f():\n    f()\nf()',
	'a traceback through the library':
	    'import json\njson.loads("{\\"a\\": }")',
	'a syntax error': 'x = 1\nif x\n    print(x)\n',
	'a syntax error at the end of file': 'print((1, 2',
	'bad indentation': 'def f():\nreturn 1',
	'mixed tabs': 'if 1:\n\tx = 1\n        y = 2',
	'an unknown name with a suggestion': 'import collections\n' +
	    'collections.namedtoplo',
	'a warning': 'import warnings\nwarnings.warn("careful")',
	'a syntax warning': 'print(1 is 1)',
	'non-ASCII source lines': 'def grüße():\n' +
	    '    raise ValueError("ß€")\ngrüße()',
	'sys.exit(3)': 'import sys\nsys.exit(3)',
	'sys.exit(0)': 'import sys\nsys.exit(0)',
	'sys.exit(-1)': 'import sys\nsys.exit(-1)',
	'sys.exit(256 + 7)': 'import sys\nsys.exit(263)',
	'os._exit(4)': 'import os\nos._exit(4)',
	'os._exit(4) loses the buffer': 'import os\nprint("x")\nos._exit(4)',
	'raise SystemExit("x")': 'raise SystemExit("x")',
	'a null pointer': 'import ctypes\nctypes.string_at(0)',
	'os.abort': 'import os\nos.abort()',
	'SIGKILL by its own hand': 'import os\nos.kill(os.getpid(), 9)',
	'SIGTERM by its own hand': 'import os, signal\n' +
	    'os.kill(os.getpid(), signal.SIGTERM)',
	'an unhandled alarm': 'import signal, time\nsignal.alarm(1)\n' +
	    'time.sleep(4)',
	'KeyboardInterrupt': 'raise KeyboardInterrupt',
	'atexit and __del__': 'import atexit\natexit.register(print, "bye")\n' +
	    'class A:\n    def __del__(self):\n        print("del")\na = A()',
	'a thread that fails': 'import threading\n' +
	    't = threading.Thread(target=lambda: 1 / 0, name="T")\n' +
	    't.start()\nt.join()\nprint("main")',
	'its own source': 'import inspect, sys\ndef f():\n    return 42\n' +
	    'print(inspect.getsource(f))\nprint(open(__file__).read())',
	'its names': 'import sys\nprint(__name__, __file__, sys.argv, ' +
	    'sys.orig_argv, sys.path[0] == __file__[:-8], __doc__, ' +
	    '__spec__, __builtins__)',
	'its flags': 'import sys\nprint(sys.flags, sys.stdout.encoding, ' +
	    'sys.stdout.errors, sys.stdin.errors, sys.getfilesystemencoding())',
	/* A machine with setuptools imports one more at each start. */
	'its modules': 'import sys\nprint(sorted(m for m in sys.modules ' +
	    'if m != "_distutils_hack"))',
	'multiprocessing': 'import multiprocessing as m\ndef f(x):\n' +
	    '    return x * x\nif __name__ == "__main__":\n' +
	    '    with m.get_context("spawn").Pool(2) as p:\n' +
	    '        print(p.map(f, range(4)))',
	'subprocess': 'import subprocess, sys\nprint(subprocess.run(' +
	    '[sys.executable, "-c", "print(6 * 7)"], capture_output=True))',
	'a shell': 'import os\nprint(os.system("echo from shell; exit 3"))',
	'order of buffered and unbuffered': 'import os\nprint("buffered")\n' +
	    'os.write(1, b"raw\\n")',
	'asyncio': 'import asyncio\nasync def f():\n    await ' +
	    'asyncio.sleep(0.01)\n    return 5\nprint(asyncio.run(f()))',
	'CRLF lines': 'print(1)\r\nif True:\r\n    print(2)\r\n',
	'a form feed': 'print(1)\n\f\nprint(2)',
	'no newline at the end': 'print(1)\nprint(2)',
	'a comment alone': '# nothing',
	'the last expression is not printed': '6 * 7',
	'a closed stdout': 'import sys\nprint("x")\nsys.stdout.close()',
};

const COOKIES = ['latin-1', 'iso-8859-15', 'cp1252', 'utf-8', 'utf8',
	'UTF-8', 'ascii', 'utf-8-sig', 'no-such-encoding', 'utf-7'];

for (const name of COOKIES) {
	PROGRAMS[`cookie ${name}`] = `# -*- coding: ${name} -*-\n` +
	    'print("é€", ascii("é"))\nraise ValueError("ü")\n';
}
PROGRAMS['a cookie on line 2'] = '#!/usr/bin/python\n' +
    '# vim: set fileencoding=latin-1 :\nprint("é")';
PROGRAMS['a cookie on line 3 is none'] = 'x = 1\ny = 2\n' +
    '# coding: latin-1\nprint("é")';
PROGRAMS['a cookie and a syntax error'] = '# coding: cp1252\nx = "é" +\n';

/* What starts interpreters of its own, on half a core. */
const COSTLY = ['multiprocessing', 'subprocess'];

for (const [what, code] of Object.entries(PROGRAMS)) {
	test(`as plain Python: ${what}`, async () => {
		const expected = expected_answer(reference(code));

		/* No sandbox starts beside it. */
		if (COSTLY.includes(what))
			await shared_instance().idle();
		assert.deepEqual(await run(code, { timeout: 10 }), expected);
	});
}

const READERS = {
	'a line': ['print(input())', 'abc\n'],
	'all of it': ['import sys\nprint(repr(sys.stdin.read()))',
	    'a\nb\n\u20ac'],
	'nothing there': ['print(input())', ''],
	'more than there is': ['print(input(), input())', 'one\n'],
	'a prompt': ['print(input("name? "))', 'x\n'],
	'NUL': ['import sys\nprint(repr(sys.stdin.read()))', 'a\0b'],
	'unread': ['print("done")', 'x'.repeat(200000)],
	'much': ['import sys\nprint(len(sys.stdin.read()))',
	    '\u20ac'.repeat(60000)],
	'the start of much': ['print(input())',
	    `first\n${'x'.repeat(200000)}`],
	'its kind': ['import os, stat\nprint([stat.S_ISFIFO(os.fstat(i)' +
	    '.st_mode) for i in range(3)], os.isatty(0))', ''],
	'interactive code': ['import sys\nfor line in sys.stdin:\n' +
	    '    print(line.upper(), end="")', 'a\nb\nc'],
};

for (const [what, [code, stdin]] of Object.entries(READERS)) {
	test(`stdin as plain Python: ${what}`, async () => {
		const done = reference(code, stdin);
		const answer = await run(code, stdin === '' ? {} : { stdin });

		/* The reference's pipes are socket pairs. */
		if (what === 'its kind') {
			assert.deepEqual(answer,
			    { output: '[True, True, True] False' });
			return;
		}
		assert.deepEqual(answer, expected_answer(done));
	});
}

test('an empty stdin is an empty stdin', async () => {
	assert.deepEqual(await run('import sys\nprint(repr(sys.stdin.read()))',
	    { stdin: '' }), { output: "''" });
});

/* On a read-only root nothing is ever compiled for the next time. */
test('the library is there compiled, all of it, and up to date', async () => {
	const answer = await run(`
import importlib.util, os, sysconfig
missing, stale, count = [], [], 0
for folder, _, names in os.walk(sysconfig.get_path("stdlib")):
    for path in (os.path.join(folder, n) for n in names if n.endswith(".py")):
        count += 1
        try:
            with open(importlib.util.cache_from_source(path), "rb") as f:
                head = f.read(16)
        except FileNotFoundError:
            missing.append(path)
            continue
        now = os.stat(path)
        if head[:4] != importlib.util.MAGIC_NUMBER or (
                int.from_bytes(head[8:12], "little"),
                int.from_bytes(head[12:], "little")) != (
                int(now.st_mtime), now.st_size):
            stale.append(path)
print(count > 500, missing, stale)
import asyncio, json, sys
print([m.__name__ for m in sys.modules.values() if getattr(m, "__cached__", 0)
    and not os.path.exists(m.__cached__)])
`, { timeout: 10 });

	assert.deepEqual(answer, { output: 'True [] []\n[]' });
});
