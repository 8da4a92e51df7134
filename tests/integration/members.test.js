/* SPDX-License-Identifier: MIT */
/* The contract: every member of the answer, and what a request may carry. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { post_run, run } from './lib/http.js';

const SMILE = '\u{1f600}';

async function
answers(code, expected, members)
{
	assert.deepEqual(await run(code, members), expected);
}

test('output is there after success, also when empty', () =>
	answers('pass', { output: '' }));

test('every newline at the end of output is removed, others stay', () =>
	answers("print('\\n a\\n\\nb \\n\\n')", { output: '\n a\n\nb ' }));

test('stderr of a program that succeeds has its own member', () =>
	answers("import sys\nprint('out')\nprint('warn', file=sys.stderr)",
	    { output: 'out', stderr: 'warn' }));

test('stderr of a program that fails is the error', () =>
	answers("import sys\nprint('why', file=sys.stderr)\nsys.exit(7)",
	    { error: 'why', exit_code: 7 }));

test('output stays when the program fails', () =>
	answers("print('some')\nraise SystemExit(2)", {
		output: 'some',
		error: 'Program exited with status 2',
		exit_code: 2,
	}));

test('a signal leaves stderr beside the sentence', () =>
	answers('import os\nos.write(2, b"last words")\n' +
	    'os.kill(os.getpid(), 15)', {
		error: 'Program killed by signal SIGTERM',
		stderr: 'last words',
		signal: 'SIGTERM',
	}));

test('members come in the order of the contract', async () => {
	const answer = await post_run({ code:
	    'import os, sys\nos.write(2, b"e")\nprint("o" * 70000)\n' +
	    'sys.stdout.flush()\nos.kill(os.getpid(), 11)' });

	assert.deepEqual(Object.keys(answer.json),
	    ['output', 'error', 'stderr', 'signal', 'truncated']);
});

test('bytes that are no UTF-8 are replaced as Python does', () =>
	answers("import os\nos.write(1, b'a\\xff\\xe0\\x80\\xafb\\xed" +
	    "\\xa0\\x80\\xf0\\x9f\\x98c\\xc0\\xaf\\xf4\\x90\\x80\\x80')", {
		output: Buffer.from('61ffe080af62eda080f09f9863c0aff4908080',
		    'hex').toString('utf8'),
	}));

test('control characters, quotes and separators survive', () =>
	answers("import sys\n" +
	    "sys.stdout.write('\\x00\\x01\\x1b[0m\"\\\\/\\u2028\\u2029\\x7f|')",
	    { output: '\0\x01\x1b[0m"\\/\u2028\u2029\x7f|' }));

test('the program may hold any character', () =>
	answers(`print('é ${SMILE} \u0130 \u2028')`,
	    { output: `é ${SMILE} \u0130 \u2028` }));

test('escapes and a surrogate pair in the request', async () => {
	const answer = await post_run(
	    '{"\\u0063ode": "print(\'\\u00e9\\ud83d\\ude00\\/\\t\')"}');

	assert.deepEqual(answer.json, { output: `é${SMILE}/\t` });
});

test('of duplicate members the last wins', async () => {
	const answer = await post_run(
	    '{"code": "print(1)", "code": "print(2)"}');

	assert.deepEqual(answer.json, { output: '2' });
});

test('white space around tokens is JSON', async () => {
	const answer = await post_run(
	    ' \r\n\t{ "code"\t:\n"print(1)" } \r\n');

	assert.deepEqual(answer.json, { output: '1' });
});

for (const [what, letter] of [['ASCII', 'x'], ['two-byte', 'é'],
	['three-byte', '€'], ['astral', SMILE]]) {
	test(`5000 ${what} characters pass`, () =>
		answers(`#${letter.repeat(4999)}`, { output: '' }));

	test(`5001 ${what} characters do not`, async () => {
		const answer = await post_run(
		    { code: `#${letter.repeat(5000)}` });

		assert.equal(answer.status, 400);
		assert.deepEqual(answer.json, { error:
		    'Code too long: 5001 characters, the limit is 5000' });
	});
}

test('5000 characters as surrogate escapes pass', async () => {
	const answer = await post_run(
	    `{"code": "#${'\\ud83d\\ude00'.repeat(4999)}"}`);

	assert.equal(answer.status, 200, answer.text);
	assert.deepEqual(answer.json, { output: '' });
});

test('5000 characters run to the last', () => {
	const line = "\nprint('end')";

	return answers(`#${'x'.repeat(4999 - line.length)}${line}`,
	    { output: 'end' });
});

for (const timeout of [1, 1.5, 10, 9.999]) {
	test(`timeout ${timeout} is taken`, () =>
		answers('import os\nos._exit(0)', { output: '' }, { timeout }));
}

/* The shortest one need not be enough for anything. */
for (const [timeout, sentence] of [[0.1, '0.1 seconds'],
	[0.1234567, '0.123 seconds'], [1, '1 second'], [0.5, '0.5 seconds'],
	[1.25, '1.25 seconds'], [2, '2 seconds']]) {
	test(`timeout ${timeout} ends after ${sentence}`, async () => {
		const begin = performance.now();

		await answers('while True: pass', {
			error: `Execution timed out after ${sentence}`,
		}, { timeout });
		const took = performance.now() - begin;

		/* It is taken to the millisecond. */
		assert.ok(took >= Math.round(timeout * 1000), `after ${took} ms`);
	});
}

test('a timeout with an exponent is a number too', async () => {
	const answer = await post_run('{"code": "print(1)", "timeout": 1e0}');

	assert.deepEqual(answer.json, { output: '1' });
});
