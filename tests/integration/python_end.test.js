/* SPDX-License-Identifier: MIT */
/*
 * The end of a program, as python.test.js has its middle: finalizers, hooks,
 * threads, streams. With isolation = fork an interpreter is not taken apart
 * where nothing could notice (guest/gate/script.c); each of these would notice.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { run } from './lib/http.js';
import { expected_answer, reference } from './lib/python.js';

const PRINTS = `class Prints:
    def __init__(self, word): self.word = word
    def __del__(self): print("end of", self.word)
`;
const PROGRAMS = {
	'a finalizer': `${PRINTS}kept = Prints("kept")`,
	'a finalizer without the collector': `class A:
    __slots__ = ()
    def __del__(self): print("end")
kept = A()`,
	'a finalizer in a cycle': `${PRINTS}a = Prints("a"); b = Prints("b")
a.other, b.other = b, a
del a, b`,
	'a finalizer behind what was there before': `${PRINTS}import sys
sys.kept = Prints("sys")`,
	'a finalizer behind a class': `${PRINTS}class A: pass
A.kept = Prints("class")`,
	'a finalizer that fails': `class A:
    def __del__(self): raise ValueError("no")
a = A()`,
	'a generator': `def count():
    try: yield 1
    finally: print("closed")
g = count(); next(g)`,
	'a finalizer behind other frozen objects': `${PRINTS}import gc, json
json.kept = Prints("json")
gc.collect()`,
	'a coroutine that nobody awaited': `async def f(): pass
c = f()`,
	'a weak reference': `import weakref
class A: pass
a = A()
r = weakref.ref(a, lambda _: print("gone"))
cycle = [a]; cycle.append(cycle)
del a`,
	'a weak reference with a name that is known': `import weakref
class A: pass
def _destroy(_): print("gone")
a = A()
r = weakref.ref(a, _destroy)`,
	'a finalizer by weakref': `import weakref
class A: pass
a = A()
weakref.finalize(a, print, "gone")`,
	'atexit': 'import atexit\natexit.register(print, "at exit")',
	'a thread': `import threading, time
threading.Thread(target=lambda: (time.sleep(0.05), print("late"))).start()
print("first")`,
	'a callback of the collector': `import gc
gc.callbacks.append(lambda phase, info: phase == "stop" and print("gc"))`,
	'another standard output': `import io, sys
class Loud(io.StringIO):
    def flush(self): sys.__stdout__.write("flushed\\n")
sys.stdout = Loud()
print("lost")`,
	'a flush of the program\'s own': `import sys
f = sys.stdout.flush
def flush(): sys.stderr.write("flush\\n"); f()
sys.stdout.flush = flush
print("x")`,
	'standard output that is closed': 'import sys\nsys.stdout.close()',
	'an exception': `${PRINTS}kept = Prints("kept")\nraise ValueError(1)`,
	'an exception and nothing else': 'print("x")\nraise ValueError(1)',
	'an exit': `${PRINTS}kept = Prints("kept")\nraise SystemExit(3)`,
	'an exit and nothing else': 'import sys\nprint("x")\nsys.exit(3)',
	'an exit with words': 'import sys\nsys.exit("words")',
	'an interrupt': 'print("x")\nraise KeyboardInterrupt',
	'a child of its own': `import os
if os.fork() == 0: print("child")
else: os.wait(); print("parent")`,
	'a child that fails': `import os
if os.fork() == 0: raise SystemExit(4)
print(os.waitstatus_to_exitcode(os.wait()[1]))`,
	'a syntax error': 'print("x"',
	'output without an end of line': 'print("x", end="")',
	'output below text': `import sys
sys.stdout.buffer.write(b"below")
sys.stderr.write("error")`,
	'output until the end': 'print("x" * 60000)',
};

/* Where something is in memory is nobody's promise. */
function
without_addresses(answer)
{
	return JSON.parse(JSON.stringify(answer)
	    .replaceAll(/0x[0-9a-f]{6,}/g, '0x'));
}

for (const [what, code] of Object.entries(PROGRAMS)) {
	test(`ends as plain Python: ${what}`, async () => {
		const expected = expected_answer(reference(code));
		const answer = await run(code, { timeout: 10 });

		assert.deepEqual(without_addresses(answer),
		    without_addresses(expected));
	});
}
