/* SPDX-License-Identifier: MIT */
/*
 * Piston's API, version 2: with a client of its own from npm, with requests
 * of the shapes that are met in the wild, and its refusals in their order.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { piston } from 'piston-client';

import { request } from './lib/http.js';

const MEMBERS = ['signal', 'stdout', 'stderr', 'code', 'output', 'memory',
	'message', 'status', 'cpu_time', 'wall_time'];
const JSON_TYPE = { 'Content-Type': 'application/json' };

function
post(body, headers = JSON_TYPE, path = '/api/v2/execute')
{
	return request({ method: 'POST', path, headers,
		body: typeof body === 'string' ? body : JSON.stringify(body) });
}

/* All members, their types, and how they go together. */
function
assert_shape(answer)
{
	assert.deepEqual(Object.keys(answer), ['run', 'language', 'version']);
	assert.equal(answer.language, 'python');
	assert.match(answer.version, /^3\.11\.\d+$/);
	const { run } = answer;

	assert.deepEqual(Object.keys(run), MEMBERS);
	for (const name of ['stdout', 'stderr', 'output'])
		assert.equal(typeof run[name], 'string', name);
	for (const name of ['memory', 'cpu_time', 'wall_time'])
		assert.ok(Number.isInteger(run[name]) && run[name] >= 0, name);
	assert.ok(run.memory > 1 << 20);
	for (const name of ['signal', 'message', 'status'])
		assert.ok(run[name] === null || typeof run[name] === 'string',
		    name);
	assert.ok(run.code === null || Number.isInteger(run.code));
	assert.equal(run.status === null, run.message === null);
	assert.equal(run.output.length, run.stdout.length + run.stderr.length);
}

async function
execute(members)
{
	const answer = await post({ language: 'python', version: '*',
		...members });

	assert.equal(answer.status, 200, answer.text);
	assert_shape(answer.json);
	return answer.json.run;
}

function
run(content, members)
{
	return execute({ files: [{ content }], ...members });
}

async function
assert_refused(body, message, status = 400)
{
	const answer = await post(body);

	assert.deepEqual([answer.status, answer.json], [status, { message }]);
}

/* --- the client ---------------------------------------------------------- */

test('piston-client runs programs', async () => {
	const client = piston({ server: process.env.SCE_URL });
	const runtimes = await client.runtimes();

	assert.ok(runtimes.some(({ language }) => language === 'python'));
	const answer = await client.execute('python', 'print("Hello World!")');

	assert_shape(answer);
	assert.equal(answer.run.output, 'Hello World!\n');
	assert.equal(answer.run.code, 0);
});

/* It sends the arguments 1, 2, 3 unless it is told otherwise. */
test('piston-client with everything that it knows', async () => {
	const client = piston({ server: process.env.SCE_URL });
	const answer = await client.execute({
		language: 'python',
		version: '3.11',
		files: [{ name: 'main.py', content: 'import sys, helper\n' +
			'print(sys.argv[1:], helper.twice(input()))' },
		{ name: 'helper.py', content: 'def twice(x):\n    return 2 * x' }],
		stdin: 'ab',
		args: ['x', 'y z'],
		compileTimeout: 10000,
		runTimeout: 3000,
		compileMemoryLimit: -1,
		runMemoryLimit: -1,
	});

	assert_shape(answer);
	assert.equal(answer.run.stdout, "['x', 'y z'] abab\n");
});

test('piston-client is told of an error', async () => {
	const client = piston({ server: process.env.SCE_URL });
	const answer = await client.execute('python', 'print(undefined)');

	assert.equal(answer.run.code, 1);
	assert.match(answer.run.stderr, /NameError: name 'undefined'/);
});

/* --- what is in an answer ------------------------------------------------ */

test('runtimes, by both paths', async () => {
	for (const path of ['/api/v2/runtimes', '/api/v2/piston/runtimes']) {
		const answer = await request({ method: 'GET', path });

		assert.equal(answer.status, 200);
		assert.ok(Array.isArray(answer.json));
		const [python] = answer.json;

		assert.equal(python.language, 'python');
		assert.match(python.version, /^3\.11\.\d+$/);
		assert.ok(python.aliases.includes('py'));
		assert.ok(python.aliases.includes('python3'));
	}
});

test('a program that does well', async () => {
	const answer = await run('print("hi")');

	assert.equal(answer.stdout, 'hi\n');
	assert.equal(answer.output, 'hi\n');
	assert.deepEqual([answer.code, answer.signal, answer.status], [0, null,
		null]);
});

test('one that fails, one that is killed', async () => {
	const failed = await run('import sys\nsys.exit(3)');

	assert.deepEqual([failed.code, failed.signal, failed.status,
		failed.message], [3, null, 'RE', 'Exited with error status 3']);
	const killed = await run('import os\nos.kill(os.getpid(), 11)');

	assert.deepEqual([killed.code, killed.signal, killed.status,
		killed.message], [null, 'SIGSEGV', 'SG',
		'Caught fatal signal 11']);
});

test('time, as it was asked for', async () => {
	const slow = await run('print(1, flush=True)\nwhile True: pass',
	    { run_timeout: 1000 });

	assert.deepEqual([slow.stdout, slow.code, slow.signal, slow.status,
		slow.message], ['1\n', null, 'SIGKILL', 'TO',
		'Time limit exceeded (wall clock)']);
	assert.ok(slow.wall_time >= 1000);
});

test('processor time, as it was asked for', async () => {
	const busy = await run('while True: pass', { run_cpu_time: 200 });

	assert.deepEqual([busy.code, busy.signal, busy.status, busy.message],
	    [null, 'SIGKILL', 'TO', 'Time limit exceeded']);
	assert.ok(busy.cpu_time >= 200);
	const idle = await run('import time\ntime.sleep(0.5)\nprint(1)',
	    { run_cpu_time: 400 });

	assert.equal(idle.stdout, '1\n');
});

test('memory, as it was asked for', async () => {
	const code = 'x = bytearray(60 << 20)\nprint(len(x) >> 20)';

	assert.equal((await run(code)).stdout, '60\n');
	const greedy = await run(code, { run_memory_limit: 40 << 20 });

	assert.deepEqual([greedy.code, greedy.signal, greedy.status,
		greedy.message], [null, 'SIGKILL', 'SG',
		'Memory limit exceeded (40 MB)']);
});

test('too much output is kept as far as it fits', async () => {
	const loud = await run('print("x" * 100000)');

	assert.deepEqual([loud.stdout, loud.code, loud.status, loud.message],
	    ['x'.repeat(65536), 0, 'OL', 'stdout length exceeded']);
	const wailing = await run(
	    'import sys\nsys.stderr.write("y" * 100000)');

	assert.deepEqual([wailing.stderr.length, wailing.status], [65536, 'EL']);
});

/* Each is written when the one before has been read: with something in both
 * pipes, nobody knows what came first. */
test('output has both streams as they came', async () => {
	const mixed = await run('import fcntl, os, termios, time\n' +
	    'for i in range(4):\n    fd = 1 + i % 2\n' +
	    '    os.write(fd, b"%d" % i)\n    while fcntl.ioctl(fd, ' +
	    'termios.FIONREAD, bytes(4)) != bytes(4):\n' +
	    '        time.sleep(0.001)');

	assert.deepEqual([mixed.output, mixed.stdout, mixed.stderr],
	    ['0123', '02', '13']);
});

test('stdin ends with a newline, as it does there', async () => {
	const code = 'import sys\nprint(repr(sys.stdin.read()))';

	assert.equal((await run(code)).stdout, "'\\n'\n");
	assert.equal((await run(code, { stdin: 'a' })).stdout, "'a\\n'\n");
	assert.equal((await run(code, { stdin: 'a\n' })).stdout, "'a\\n'\n");
	assert.equal((await run(code, { stdin: null })).stdout, "'\\n'\n");
});

/* --- files --------------------------------------------------------------- */

test('files in all encodings, and in folders', async () => {
	const answer = await execute({ files: [
		{ name: 'my_program.py', content:
			'import sys, pkg.part\nprint(sys.argv[0], __file__)\n' +
			'print(open("data/x.bin", "rb").read())\n' +
			'print(open("y").read(), pkg.part.NAME)' },
		{ name: 'data/x.bin', content: 'AP8=', encoding: 'base64' },
		{ name: 'y', content: '6869', encoding: 'hex' },
		{ name: 'pkg/part.py', content: 'NAME = __name__',
			encoding: 'utf8' }] });

	assert.equal(answer.stderr, '');
	assert.equal(answer.stdout, 'my_program.py /box/my_program.py\n' +
	    "b'\\x00\\xff'\nhi pkg.part\n");
});

test('the first file that is text is what runs', async () => {
	const answer = await execute({ files: [
		{ name: 'a.bin', content: 'AAAA', encoding: 'base64' },
		{ name: 'b.py', content: 'print(__file__)' },
		{ name: 'c.py', content: 'print("not this")' }] });

	assert.equal(answer.stdout, '/box/b.py\n');
});

test('a name in a traceback is that of the file', async () => {
	const answer = await execute({ files: [{ name: 'task.py',
		content: '1 / 0' }] });

	assert.match(answer.stderr, /^ {2}File "\/box\/task\.py", line 1/m);
});

test('a program may have any name that a file may have', async () => {
	for (const name of ['.main.py.new/x.py', '.main.py.new', 'a b/c d']) {
		const answer = await execute({ files: [{ name,
			content: 'print(__file__)' }] });

		assert.equal(answer.stdout, `/box/${name}\n`);
	}
});

test('no file gets out of its folder', async () => {
	for (const name of ['../x', '/etc/x', 'a/../../x', 'a//b', '.', 'a/',
		'x\0y']) {
		const answer = await post({ language: 'python', version: '*',
			files: [{ content: 'print(1)' }, { name, content: '' }] });

		assert.equal(answer.status, 400, name);
		assert.equal(typeof answer.json.message, 'string');
	}
});

/* --- requests as they are met in the wild -------------------------------- */

const SHAPES = {
	'a bot that gives no names': { language: 'py', version: '3.x',
		files: [{ content: 'print(1)' }] },
	'a bot with empty extras': { language: 'python3', version: '3.11',
		files: [{ name: '', content: 'print(1)' }], stdin: '', args: [],
		log: 0 },
	'the example of the documentation': { language: 'python',
		version: '*', files: [{ name: 'my_cool_code.py',
			content: 'import sys\nprint(len(sys.argv) - 3)' }],
		stdin: '', args: ['1', '2', '3'], compile_timeout: 10000,
		run_timeout: 3000, compile_cpu_time: 10000, run_cpu_time: 3000,
		compile_memory_limit: -1, run_memory_limit: -1 },
	'limits that are null': { language: 'python', version: '>=3.10',
		files: [{ content: 'print(1)' }], args: null, stdin: null,
		run_timeout: null, run_memory_limit: null },
	'what an editor adds': { language: 'python', version: '3.11.2',
		files: [{ name: 'main', content: 'print(1)', encoding: 'utf8',
			id: 7 }], user: { id: 1 }, source: 'print(2)' },
};

for (const [name, body] of Object.entries(SHAPES)) {
	test(`in the wild: ${name}`, async () => {
		for (const path of ['/api/v2/execute',
			'/api/v2/piston/execute']) {
			const answer = await post(body, { ...JSON_TYPE,
				Authorization: 'Bearer abc.def' }, path);

			assert.equal(answer.status, 200, answer.text);
			assert_shape(answer.json);
			assert.equal(answer.json.run.stdout, '1\n');
		}
	});
}

test('a body as text/plain, as fetch sends it', async () => {
	const answer = await post(SHAPES['a bot that gives no names'],
	    { 'Content-Type': 'text/plain;charset=UTF-8' });

	assert.equal(answer.status, 200);
	assert.equal(answer.json.run.stdout, '1\n');
});

test('but not for /run', async () => {
	const answer = await post({ code: 'print(1)' },
	    { 'Content-Type': 'text/plain' }, '/run');

	assert.equal(answer.status, 415);
});

/* --- refusals ------------------------------------------------------------ */

test('400, in Piston\'s order and words', async () => {
	const body = { language: 5, version: '', files: 'x',
		run_timeout: 'long' };

	await assert_refused(body, 'language is required as a string');
	body.language = 'python';
	await assert_refused(body, 'version is required as a string');
	body.version = '2.7';
	await assert_refused(body, 'files is required as an array');
	body.files = [{ content: 'print(1)' }, { name: 'x' }];
	await assert_refused(body, 'files[1].content is required as a string');
	body.files = [{ content: 'eA==', encoding: 'base64' }];
	await assert_refused(body, 'python-2.7 runtime is unknown');
	body.version = '3.11.2';
	await assert_refused(body,
	    'files must include at least one utf8 encoded file');
	body.files = [{ content: 'print(1)' }];
	await assert_refused(body, 'If specified, run_timeout must be a number');
	body.run_timeout = 10001;
	body.run_memory_limit = 2 ** 40;
	await assert_refused(body,
	    'run_memory_limit cannot exceed the configured limit of 134217728');
	delete body.run_memory_limit;
	await assert_refused(body,
	    'run_timeout cannot exceed the configured limit of 10000');
	body.run_timeout = 100;
	body.run_cpu_time = 20000;
	await assert_refused(body,
	    'run_cpu_time cannot exceed the configured limit of 10000');
});

test('no limit is not to be had for nothing', async () => {
	for (const name of ['run_timeout', 'run_cpu_time', 'run_memory_limit',
		'compile_timeout']) {
		const body = { language: 'python', version: '*',
			files: [{ content: 'print(1)' }] };

		await assert_refused({ ...body, [name]: 0 },
		    `${name} must be at least 1`);
		await assert_refused({ ...body, [name]: -2 },
		    `${name} must be non-negative`);
	}
});

test('an unknown language', () => assert_refused({ language: 'cobol',
	version: '*', files: [{ content: '' }] }, 'cobol-* runtime is unknown'));

test('415, 404, 405 and JSON that is none', async () => {
	const no_type = await post('{}', { 'Content-Type': 'text/html' });

	assert.deepEqual([no_type.status, no_type.json], [415,
		{ message: 'requests must be of type application/json' }]);
	const nowhere = await request({ method: 'GET',
		path: '/api/v2/packages' });

	assert.deepEqual([nowhere.status, nowhere.json],
	    [404, { message: 'Not Found' }]);
	const wrong = await request({ method: 'GET',
		path: '/api/v2/execute' });

	assert.equal(wrong.status, 405);
	assert.equal(wrong.headers.allow, 'POST');
	assert.equal(typeof wrong.json.message, 'string');
	const broken = await post('{"language": ');

	assert.equal(broken.status, 400);
	assert.match(broken.json.message, /^Body is not valid JSON: send an/);
	const large = await post('x'.repeat(2 << 20));

	assert.equal(large.status, 413);
	assert.equal(typeof large.json.message, 'string');
});

test('what Piston would fall over has a sentence', async () => {
	const body = { language: 'python', version: '*',
		files: [{ content: 'print(1)' }] };

	for (const bad of [{ args: 'x' }, { args: [1] }, { stdin: 5 },
		{ args: ['a\0b'] }]) {
		const answer = await post({ ...body, ...bad });

		assert.equal(answer.status, 400, JSON.stringify(bad));
		assert.equal(typeof answer.json.message, 'string');
	}
});

test('no page of others may use it, unless that is configured', async () => {
	const answer = await post(SHAPES['a bot that gives no names'],
	    { ...JSON_TYPE, Origin: 'https://example.org' });

	assert.equal(answer.headers['access-control-allow-origin'], undefined);
	const preflight = await request({ method: 'OPTIONS',
		path: '/api/v2/execute', headers: {
			Origin: 'https://example.org',
			'Access-Control-Request-Method': 'POST' } });

	assert.equal(preflight.status, 405);
});
