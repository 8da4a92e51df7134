/* SPDX-License-Identifier: MIT */
/*
 * Programs, and the one answer that each must get, whatever else goes on.
 * Each has a word of its own in it, so that no answer fits another request.
 * `weight`: how many of them are in a deck.
 */
import { createHash } from 'node:crypto';

import { SLOWNESS } from '../integration/lib/wait.js';

/* As much as there is: none of these may be late because others are there. */
const PATIENT = { timeout: 10 };
/* For what has to print before its time is up: seconds. */
const PRINTING_S = Math.min(10, Math.ceil(2 * SLOWNESS));
const OUTPUT_BYTES = 64 * 1024;
const FLOOD_BYTES = 200000;
const SIGNALS = { SIGSEGV: 11, SIGABRT: 6, SIGTERM: 15, SIGKILL: 9, SIGBUS: 7 };

function
sha256(text)
{
	return createHash('sha256').update(text).digest('hex');
}

/* A program that prints the word, and so what it must be answered. */
function
prints(code)
{
	return (word) => [{ code: code(word), ...PATIENT }, { output: word }];
}

function
raises(word)
{
	return [{ code: `# ${word}\nraise ValueError('${word}')`, ...PATIENT },
		{
			error: 'Traceback (most recent call last):\n' +
			    '  File "/box/main.py", line 2, in <module>\n' +
			    `    raise ValueError('${word}')\n` +
			    `ValueError: ${word}`,
			exit_code: 1,
		}];
}

function
exits(word, random)
{
	const status = 2 + random(200);

	return [{ code: `print('${word}')\nimport sys\nsys.exit(${status})`,
		...PATIENT }, {
		output: word,
		error: `Program exited with status ${status}`,
		exit_code: status,
	}];
}

function
kills_itself(word, random)
{
	const names = Object.keys(SIGNALS);
	const signal = names[random(names.length)];

	return [{ code: `print('${word}', flush=True)\n` +
	    `import os\nos.kill(os.getpid(), ${SIGNALS[signal]})`, ...PATIENT },
	{ output: word, error: `Program killed by signal ${signal}`, signal }];
}

function
complains(word)
{
	return [{ code: `import sys\nprint('${word}')\n` +
	    `print('no ${word}', file=sys.stderr)`, ...PATIENT },
	{ output: word, stderr: `no ${word}` }];
}

function
reads_a_line(word)
{
	return [{ code: 'import sys\nprint(sys.stdin.read()[::-1])',
		stdin: word, ...PATIENT },
	{ output: [...word].reverse().join('') }];
}

function
reads_much(word, random)
{
	const stdin = `${word}\n`.repeat(1 + random(8000));

	return [{ code: 'import hashlib, sys\ndata = sys.stdin.buffer.read()\n' +
	    'print(len(data), hashlib.sha256(data).hexdigest())',
	stdin, ...PATIENT },
	{ output: `${stdin.length} ${sha256(stdin)}` }];
}

/* The shorter the time, the less is sure of what it gets to do before. */
function
loops(word, random)
{
	const timeout = [0.3, 0.5, 0.8, 1][random(4)];
	const unit = timeout === 1 ? 'second' : 'seconds';

	return [{ code: `# ${word}\nwhile True: pass`, timeout },
		{ error: `Execution timed out after ${timeout} ${unit}` }];
}

function
prints_and_loops(word)
{
	return [{ code: `print('${word}')\nwhile True: pass`,
		timeout: PRINTING_S },
	{ output: word,
		error: `Execution timed out after ${PRINTING_S} seconds` }];
}

function
sleeps_too_long(word)
{
	return [{ code: `print('${word}', flush=True)\n` +
	    'import time\ntime.sleep(60)', timeout: PRINTING_S },
	{ output: word,
		error: `Execution timed out after ${PRINTING_S} seconds` }];
}

function
eats_memory(word)
{
	return [{ code: `print('${word}', flush=True)\n` +
	    "x = 'a' * 1000000000", ...PATIENT },
	{ output: word, error: 'Memory limit exceeded (128 MB)' }];
}

function
eats_memory_slowly(word)
{
	return [{ code: `print('${word}', flush=True)\nall = []\n` +
	    'while True: all.append(bytearray(4000000))', ...PATIENT },
	{ output: word, error: 'Memory limit exceeded (128 MB)' }];
}

/* Cut at the last whole character. */
function
floods_stdout(word, random)
{
	const letter = ['x', '\u00e9', '\u20ac', '\u{1f600}'][random(4)];
	const bytes = Buffer.byteLength(letter);

	return [{ code: `# ${word}\nimport sys\n` +
	    `sys.stdout.write('${letter}' * (${FLOOD_BYTES} // ${bytes}))`,
	...PATIENT }, {
		output: letter.repeat(Math.floor(OUTPUT_BYTES / bytes)),
		truncated: ['stdout'],
	}];
}

function
floods_both(word)
{
	return [{ code: `# ${word}\nimport sys\n` +
	    `sys.stdout.write('o' * ${FLOOD_BYTES})\n` +
	    `sys.stderr.write('e' * ${FLOOD_BYTES})\nsys.exit(5)`, ...PATIENT },
	{
		output: 'o'.repeat(OUTPUT_BYTES),
		error: 'e'.repeat(OUTPUT_BYTES),
		exit_code: 5,
		truncated: ['stdout', 'stderr'],
	}];
}

const PROGRAMS = [
	{ name: 'prints', weight: 8, make: prints((w) => `print('${w}')`) },
	{ name: 'computes', weight: 3, make: prints((w) =>
		'assert sum(range(300000)) == 44999850000\n' +
		`print('${w}')`) },
	{ name: 'prints Unicode', weight: 2, make: (word) =>
		[{ code: `print('\u00fc\u4e16\u{1f600} ${word}')`, ...PATIENT },
			{ output: `\u00fc\u4e16\u{1f600} ${word}` }] },
	{ name: 'finds its files alone', weight: 2, make: prints((w) =>
		'import os\nassert os.listdir("/tmp") == []\n' +
		'assert os.listdir("/box") == ["main.py"]\n' +
		`open("/tmp/${w}", "w").write("${w}")\n` +
		`print(open("/tmp/${w}").read())`) },
	{ name: 'has threads', weight: 1, make: prints((w) =>
		'import threading\n' +
		'all = [threading.Thread(target=int) for _ in range(20)]\n' +
		'for t in all: t.start()\nfor t in all: t.join()\n' +
		`print('${w}')`) },
	{ name: 'leaves children', weight: 2, make: prints((w) =>
		`print('${w}', flush=True)\nimport os, time\n` +
		'for _ in range(5):\n    if os.fork() == 0: time.sleep(60)') },
	{ name: 'forks as much as it can', weight: 1, make: prints((w) =>
		'import os, time\ntry:\n    while True:\n' +
		'        if os.fork() == 0: time.sleep(60)\n' +
		`except BlockingIOError: print('${w}')`) },
	{ name: 'reads a line', weight: 2, make: reads_a_line },
	{ name: 'reads much', weight: 2, make: reads_much },
	{ name: 'complains', weight: 2, make: complains },
	{ name: 'raises', weight: 3, make: raises },
	{ name: 'exits', weight: 2, make: exits },
	{ name: 'kills itself', weight: 2, make: kills_itself },
	{ name: 'loops', weight: 4, make: loops },
	{ name: 'prints and loops', weight: 1, make: prints_and_loops },
	{ name: 'sleeps too long', weight: 1, make: sleeps_too_long },
	{ name: 'eats memory', weight: 1, make: eats_memory },
	{ name: 'eats memory slowly', weight: 1, make: eats_memory_slowly },
	{ name: 'floods stdout', weight: 2, make: floods_stdout },
	{ name: 'floods both', weight: 1, make: floods_both },
];

export { PROGRAMS };
