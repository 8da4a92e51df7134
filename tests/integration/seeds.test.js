/* SPDX-License-Identifier: MIT */
/* What the first versions of this service promised, to the letter. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { post_run, run } from './lib/http.js';

/* White space between tokens is free; members, order and values are not. */
async function
answers_exactly(code, text)
{
	const answer = await post_run({ code });

	assert.equal(answer.status, 200);
	assert.equal(JSON.stringify(answer.json), text);
}

test('prints a text', () => answers_exactly(
    "print('Hello from Postman')", '{"output":"Hello from Postman"}'));

test('prints a sum', () => answers_exactly(
    'print(10 + 20)', '{"output":"30"}'));

test('an infinite loop is stopped after 5 seconds', async () => {
	const begin = performance.now();

	await answers_exactly('while True: pass',
	    '{"error":"Execution timed out after 5 seconds"}');
	assert.ok(performance.now() - begin >= 5000, 'stopped too early');
});

test('a billion letters do not fit', () => answers_exactly(
    "x = 'a' * 1000000000", '{"error":"Memory limit exceeded (128 MB)"}'));

test('what was written before the memory ran out is kept', async () => {
	assert.deepEqual(await run(
	    "print('before', flush=True)\nx = 'a' * 1000000000"), {
		output: 'before',
		error: 'Memory limit exceeded (128 MB)',
	});
});

test('what was printed before the timeout is kept', () => answers_exactly(
    "print('before')\nwhile True: pass",
    '{"output":"before","error":"Execution timed out after 5 seconds"}'));

for (const url of ['http://93.184.215.14/', 'http://127.0.0.1:5000/']) {
	test(`no network: urllib to ${url}`, async () => {
		const answer = await run('import urllib.request\n' +
		    `urllib.request.urlopen('${url}', timeout=3)`,
		{ timeout: 10 });

		assert.match(answer.error, /^Traceback .*URLError/s);
		assert.equal(answer.exit_code, 1);
		assert.equal(answer.output, undefined);
	});
}

test('no network: no name is resolved', async () => {
	const answer = await run('import socket\n' +
	    "socket.getaddrinfo('example.com', 80)", { timeout: 10 });

	assert.match(answer.error, /gaierror|OSError|PermissionError/);
});

test("the seeds' curl line with escaped quotes", async () => {
	const answer = await post_run(`{"code": "print('Hello')"}`);

	assert.equal(answer.status, 200);
	assert.deepEqual(answer.json, { output: 'Hello' });
});
