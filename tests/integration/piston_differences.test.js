/* SPDX-License-Identifier: MIT */
/* What fcgi/doc/PISTON.md says of us and not of Piston, beside piston.test.js. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { request } from './lib/http.js';

const MAIN = { content: 'print(1)' };

function
post(members)
{
	return request({ path: '/api/v2/execute',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ language: 'python', version: '*',
			files: [MAIN], ...members }) });
}

async function
run(members)
{
	const answer = await post(members);

	assert.equal(answer.status, 200, answer.text);
	return answer.json.run;
}

async function
assert_refused(members, pattern)
{
	const answer = await post(members);

	assert.equal(answer.status, 400, answer.text);
	assert.deepEqual(Object.keys(answer.json), ['message']);
	assert.match(answer.json.message, pattern);
}

function
files(count)
{
	return Array.from({ length: count }, (_, i) =>
		({ name: `f${i}.py`, content: 'print(1)' }));
}

test('after too much output a program goes on, its status counts', async () => {
	const loud = await run({ files: [{ content: 'import sys\n' +
		'print("x" * 100000, flush=True)\n' +
		'sys.stderr.write("end")\nsys.exit(3)' }] });

	assert.deepEqual([loud.stdout, loud.stderr, loud.code, loud.status],
	    ['x'.repeat(65536), 'end', 3, 'OL']);
	assert.equal(loud.output.length, loud.stdout.length + 3);
});

test('limits between 0 and 1', () =>
	assert_refused({ run_timeout: 0.5 }, /^run_timeout must be at least 1$/));

test('milliseconds with a fraction are cut', async () => {
	const slow = await run({ files: [{ content: 'while True: pass' }],
		run_timeout: 200.9 });

	assert.equal(slow.status, 'TO');
});

test('less memory than an interpreter needs', async () => {
	await assert_refused({ run_memory_limit: 33554431 },
	    /^run_memory_limit must be at least 33554432$/);
	assert.equal((await run({ run_memory_limit: 33554432 })).code, 0);
});

test('names of files without one', async () => {
	const answer = await run({ files: [{ content:
		'import os, sys\nprint(sys.argv, sorted(os.listdir()))' },
	{ content: '' }, { name: '', content: '' }, { name: null,
		content: '' }] });

	assert.equal(answer.stdout, "['main.py'] ['file1.code', 'file2.code', " +
	    "'file3.code', 'main.py']\n");
});

test('a program is not empty, not too long, and has no NUL', async () => {
	await assert_refused({ files: [{ content: '' }] }, /must not be empty$/);
	await assert_refused({ files: [{ content: '#'.repeat(5001) }] },
	    /^Code too long: 5001 characters, the limit is 5000$/);
	await assert_refused({ files: [{ content: '#\0' }] }, /NUL/);
	assert.equal((await run({ files: [{ content: '#'.repeat(5000) }] })).code,
	    0);
});

test('so many arguments and files, and no more', async () => {
	const args = Array.from({ length: 64 }, (_, i) => `${i}`);

	assert.equal((await run({ args, files: files(65) })).stdout, '1\n');
	await assert_refused({ args: [...args, 'x'] },
	    /^Too many args: 65, the limit is 64$/);
	await assert_refused({ files: files(66) },
	    /^Too many files: 65, the limit is 64$/);
	await assert_refused({ args: ['x'.repeat(32768)] },
	    /^args are too long: the limit is 32768 bytes in all$/);
});

test('names that are alike, or one the other\'s folder', async () => {
	for (const [a, b] of [['x', 'x'], ['x', 'x/y'], ['x/y', 'x'],
		['main.py', 'x']])
		await assert_refused({ files: [MAIN, { name: a, content: '' },
			{ name: b, content: '' }] }, /^Two files have/);
});

test('content that is not in its encoding', async () => {
	for (const [encoding, content] of [['base64', '!'], ['hex', 'abc'],
		['hex', 'zz']])
		await assert_refused({ files: [MAIN, { name: 'x', content,
			encoding }] }, new RegExp(`is not valid ${encoding}$`));
});

test('limits of a compiler do nothing, whatever their size', async () => {
	assert.equal((await run({ compile_timeout: 1e9, compile_cpu_time: 1,
		compile_memory_limit: 2 ** 50 })).code, 0);
	await assert_refused({ compile_cpu_time: 'x' },
	    /^If specified, compile_cpu_time must be a number$/);
});

test('JSON is not nested without end', async () => {
	await assert_refused({ x: [[[[[[[[1]]]]]]]] }, /^JSON nested deeper/);
	assert.equal((await run({ x: [[[[[[1]]]]]] })).code, 0);
});

test('no websocket', async () => {
	const answer = await request({ method: 'GET', path: '/api/v2/connect',
		headers: { Connection: 'Upgrade', Upgrade: 'websocket' } });

	assert.deepEqual([answer.status, answer.json],
	    [404, { message: 'Not Found' }]);
});
