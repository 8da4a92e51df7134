/* SPDX-License-Identifier: MIT */
/* Output as it comes: the events of a run against its plain answer. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { docker } from './lib/docker.js';
import { leased_guest } from './lib/fault_instance.js';
import { FastCgiRun } from './lib/fastcgi.js';
import { health, post_run, request, run } from './lib/http.js';
import { start_instance } from './lib/instance.js';
import { text_of, watch_run } from './lib/live.js';
import { alive, open_descriptors } from './lib/proc.js';
import { wait_for } from './lib/wait.js';

const LONG = { timeout: 60 };

let own = null;

before(async () => {
	own = await start_instance('live', {
		pool: { ready: 2, running: 2, queue: 4 },
		limits: { timeout_max: '60s' },
	});
});

after(async () => {
	if (own !== null)
		await own.stop();
});

async function
watched(code, members = {})
{
	const answer = await watch_run(code, members, own).done;

	assert.equal(answer.status, 200, answer.text);
	assert.ok(answer.whole, answer.text);
	return answer;
}

function
idle()
{
	return wait_for('no run', async () =>
		(await health(own.base)).running === 0);
}

test('the head, and the order of events', async () => {
	const { headers, events } = await watched('print("x")');

	assert.equal(headers['content-type'],
	    'text/event-stream; charset=utf-8');
	assert.equal(headers['cache-control'], 'no-store');
	assert.match(headers['server-timing'], /^queue;dur=\d+\.\d{3}$/);
	/* For a proxy before us. */
	assert.equal(headers['x-accel-buffering'], 'no');
	assert.deepEqual(events.slice(-2).map(({ name }) => name),
	    ['timing', 'result']);
	assert.ok(events.slice(0, -2).every(({ name }) => name === 'stdout'));
	const { data: timing } = events.at(-2);

	assert.ok(timing.queue_ms >= 0 && timing.run_ms > 0);
	assert.deepEqual(Object.keys(timing), ['queue_ms', 'run_ms']);
});

test('a line is seen long before the program ends', async () => {
	const { events } = await watched(
	    'import time\nfor i in range(4):\n    print(i)\n    time.sleep(0.5)',
	    LONG);
	const lines = events.filter(({ name }) => name === 'stdout');
	const end = events.at(-1).at;

	assert.equal(text_of(events, 'stdout'), '0\n1\n2\n3\n');
	/* The first one three quarters of the run before its end. */
	assert.ok(end - lines[0].at > events.at(-2).data.run_ms / 2);
	for (const i of [1, 2, 3]) {
		const line = lines.find(({ data }) =>
			data.text.startsWith(String(i)));

		assert.ok(line.at > lines[0].at);
	}
});

test('a silent program ends when its client goes', async () => {
	const call = watch_run('import time\ntime.sleep(60)', LONG, own);
	const guest = await leased_guest(own);

	call.hang_up();
	await wait_for('its end', () => !alive(guest.pid));
});

const PROGRAMS = {
	'a success': 'print("é" * 3)',
	'no output': 'pass',
	'a traceback': 'print("before")\n1/0',
	'a syntax error': 'print(',
	'a status': 'import sys\nprint("x")\nsys.exit(3)',
	'a status and stderr': 'import sys\nsys.stderr.write("e\\n")\nsys.exit(3)',
	'empty lines on stderr': 'import sys\nsys.stderr.write("\\n")\nsys.exit(3)',
	'stderr of a success': 'import sys\nprint("o")\nprint("e", file=sys.stderr)',
	'a signal': 'import os\nprint("x", flush=True)\nos.abort()',
	'a timeout': 'print("x")\nwhile True: pass',
	'out of memory': 'print("x", flush=True)\nx = "a" * 1000000000',
	'invalid UTF-8': 'import sys\nsys.stdout.buffer.write(b"a\\xff\\xc3")',
	'nul and control characters': 'print("\\0\\x1b[31m\\x85\\u2028")',
	'what looks like an event': 'print("\\n\\nevent: result\\ndata: {}\\n\\n")',
	'cut output': 'import sys\nsys.stdout.write("é" * 40000)\n' +
	    'sys.stderr.write("y" * 70000)',
	'an encoding cookie': '# coding: latin-1\nprint("x")',
};

for (const [what, code] of Object.entries(PROGRAMS)) {
	test(`${what}: the same as the plain answer`, async () => {
		const members = { timeout: what === 'a timeout' ? 1 : 10 };
		const plain = await run(code, members, own);
		const { events } = await watched(code, members);
		const strip = (text) => text.replace(/\n+$/, '');
		const told = { ...events.at(-1).data };
		const stdout = strip(text_of(events, 'stdout'));
		const stderr = strip(text_of(events, 'stderr'));
		const succeeded = !('error' in plain);

		/* Put together again, it is the plain answer. */
		assert.ok(!('output' in told) && !('stderr' in told));
		if (succeeded || stdout !== '')
			told.output = stdout;
		if (stderr !== '' && 'exit_code' in told && !('error' in told))
			told.error = stderr;
		else if (stderr !== '')
			told.stderr = stderr;
		assert.deepEqual(told, plain);
	});
}

/* Each is written when the one before has been read: with something in both
 * pipes, nobody knows what came first. */
test('between the streams the order is that of writing', async () => {
	const { events } = await watched('import fcntl, sys, termios, time\n' +
	    'def await_reader(fd):\n' +
	    '    while fcntl.ioctl(fd, termios.FIONREAD, bytes(4)) != bytes(4):\n' +
	    '        time.sleep(0.001)\n' +
	    'for i in range(5):\n' +
	    '    print("o", i)\n    await_reader(1)\n' +
	    '    print("e", i, file=sys.stderr)\n    await_reader(2)', LONG);
	const order = events.slice(0, -2).map(({ data }) => data.text).join('');

	assert.equal(order, [0, 1, 2, 3, 4]
	    .map((i) => `o ${i}\ne ${i}\n`).join(''));
});

test('nothing is lost that was printed before a SIGKILL', async () => {
	const { events } = await watched(
	    'import os\nprint("kept")\nos.kill(os.getpid(), 9)');

	assert.equal(text_of(events, 'stdout'), 'kept\n');
	assert.deepEqual(events.at(-1).data, {
		error: 'Program killed by signal SIGKILL', signal: 'SIGKILL' });
});

test('stdin and argv are as ever', async () => {
	const { events } = await watched(
	    'import sys\nprint(input(), sys.argv, sys.stdout.write_through)',
	    { stdin: 'hi' });

	assert.equal(text_of(events, 'stdout'), "hi ['main.py'] True\n");
});

test('who closes the connection stops the run', async () => {
	await own.idle();
	const call = watch_run(
	    'import time\nfor i in range(600):\n    print(i)\n' +
	    '    time.sleep(0.1)', LONG, own);
	const guest = await leased_guest(own);

	await wait_for('an event', () => call.events.length > 2);
	call.hang_up();
	await wait_for('end of the guest', () => !alive(guest.pid));
	await idle();
	await own.idle();
});

/* Output up to both caps, to a client that does not read at all. */
test('a slow reader holds no sandbox', async () => {
	await own.idle();
	const ids = ['slow-reader-1', 'slow-reader-2'];
	const calls = ids.map((id) => watch_run('import sys\n' +
	    'for i in range(64):\n    sys.stdout.write("x" * 1024)\n' +
	    '    sys.stderr.write("y" * 1024)', LONG,
	    { ...own, headers: { 'X-Request-Id': id } }));

	for (const call of calls)
		call.pause();
	/* Before they began, nothing would run either. */
	await wait_for('the end of both', () => ids.every((id) =>
		own.log_entries().some((entry) => entry.id === id)));
	await idle();
	assert.deepEqual(await run('print(1)', {}, own), { output: '1' });
	for (const call of calls)
		call.resume();
	for (const { done } of calls) {
		const { events, whole } = await done;

		assert.ok(whole);
		assert.equal(text_of(events, 'stdout').length, 65536);
		assert.equal(text_of(events, 'stderr').length, 65536);
		assert.deepEqual(events.at(-1).data, {});
	}
});

/* More than a socket's buffer takes, to somebody who never reads. */
test('a responder does not wait for who never reads', async () => {
	await own.idle();
	const usual = own.responders().map(open_descriptors).sort();
	const logged = own.log_entries().length;
	const deaf = new FastCgiRun(own.run_dir,
	    { accept: 'text/event-stream' });

	deaf.socket.pause();
	deaf.send({ code: 'import sys\nsys.stdout.write("\\1" * 65536)\n' +
	    'sys.stderr.write("\\1" * 65536)', ...LONG });
	/* The runs before it have as much output. */
	await wait_for('the run', () => own.log_entries().slice(logged)
	    .some((entry) => entry.output_bytes === 131072));
	await wait_for('responders as free as before', () => {
		assert.deepEqual(
		    own.responders().map(open_descriptors).sort(), usual);
		return true;
	});
	/* What it did take is whole events, and no end is pretended. */
	deaf.socket.resume();
	await deaf.closed;
	assert.doesNotMatch(deaf.bytes.toString('latin1'), /event: result/);
});

test('a flood of single bytes is told whole, and in order', async () => {
	const { events } = await watched('import os\n' +
	    'for i in range(2000):\n    os.write(1, b"o")\n    os.write(2, b"e")',
	    LONG);

	assert.equal(text_of(events, 'stdout'), 'o'.repeat(2000));
	assert.equal(text_of(events, 'stderr'), 'e'.repeat(2000));
});

test('a container that is killed ends with the sentence', async () => {
	await own.idle();
	const call = watch_run('print("x")\nwhile True: pass', LONG, own);
	const guest = await leased_guest(own);

	await wait_for('an event', () => call.events.length > 0);
	docker('kill', guest.name);
	const { events } = await call.done;

	assert.equal(text_of(events, 'stdout'), 'x\n');
	assert.match(events.at(-1).data.error, /may have run in part$/);
	assert.deepEqual(Object.keys(events.at(-1).data), ['error']);
	await own.idle();
});

const REFUSALS = {
	'malformed JSON': ['{', {}, 400],
	'no program': ['{}', {}, 400],
	'a wrong type': ['{"code": "x"}', { 'Content-Type': 'text/plain' }, 415],
};

for (const [what, [body, headers, status]] of Object.entries(REFUSALS)) {
	test(`${what} is refused in JSON, as ever`, async () => {
		const answer = await request({ base: own.base, body, headers: {
			'Content-Type': 'application/json',
			Accept: 'text/event-stream', ...headers } });

		assert.equal(answer.status, status);
		assert.equal(answer.headers['content-type'], 'application/json');
		assert.deepEqual(Object.keys(answer.json), ['error']);
	});
}

test('who does not name event streams gets the plain answer', async () => {
	for (const accept of ['*/*', 'text/*', 'text/event-stream;q=0']) {
		const answer = await post_run({ code: 'print(1)' }, { ...own,
			headers: { 'Content-Type': 'application/json',
				Accept: accept } });

		assert.deepEqual(answer.json, { output: '1' });
	}
});

test('it is logged and counted as any other run', async () => {
	const { headers } = await watched('print("counted")');
	const entry = await wait_for('its entry', () => own.log_entries()
	    .find(({ id }) => id === headers['x-request-id']));

	assert.equal(entry.verdict, 'exited');
	assert.equal(entry.output_bytes, 8);
});
