/* SPDX-License-Identifier: MIT */
/* A second, small instance beside the one of all tests; a full queue. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { ScedLog } from './lib/fault_instance.js';
import { health, post_run, run, start_run } from './lib/http.js';
import { shared_instance, start_instance } from './lib/instance.js';
import { wait_for } from './lib/wait.js';

/* Holds the one place until its client hangs up. */
const ENDLESS = ['while True: pass', { timeout: 60 }];
const CONFIG = {
	pool: { ready: 1, running: 1, queue: 1, queue_wait: '50s' },
	limits: { tmp_size: 0, timeout_max: '60s' },
};

let other = null;

before(async () => {
	other = await start_instance('small', CONFIG);
});

after(async () => {
	if (other !== null)
		await other.stop();
});

function
state(check)
{
	return wait_for('expected health', async () => {
		const now = await health(other.base);

		return check(now) && now;
	});
}

test('it answers, by containers of its own', async () => {
	assert.deepEqual(await run('print(10 + 20)', {}, other),
	    { output: '30' });
	await other.idle();
	const theirs = shared_instance().containers();

	assert.equal(other.containers().length, 1);
	for (const id of other.containers())
		assert.ok(!theirs.includes(id));
});

for (const place of ['/tmp/test.txt', '/var/test.txt', '/test.txt']) {
	test(`tmp_size = 0: no write to ${place}`, async () => {
		const answer = await run(
		    `with open('${place}', 'w') as f:\n    f.write('hacked!')`,
		    {}, other);

		assert.match(answer.error,
		    /(OSError|PermissionError): \[Errno (30|13)\]/);
	});
}

test('tmp_size = 0: the working directory still takes files', async () => {
	assert.deepEqual(await run('open("x", "w").write("y")\n' +
	    'print(open("x").read())', {}, other), { output: 'y' });
});

/* True if it has neither been answered nor failed by now. */
function
is_under_way(call)
{
	const not_yet = Symbol('not yet');

	return Promise.race([call.done, Promise.resolve(not_yet)])
	    .then((first) => first === not_yet, () => false);
}

test('the queue is bounded, and healthz answers all the time', async () => {
	await other.idle();
	const first = start_run(...ENDLESS, other);

	assert.equal((await state(({ running }) => running === 1)).http, 200);
	const second = start_run('print("waited")', {}, other);
	const busy = await state(({ queued }) => queued === 1);

	assert.deepEqual([busy.http, busy.status], [200, 'busy']);
	const third = await post_run({ code: 'print(1)' }, other);

	assert.equal(third.status, 503, third.text);
	assert.deepEqual(Object.keys(third.json), ['error']);
	assert.match(third.headers['retry-after'], /^[1-9]\d*$/);
	/* It was refused at once: those before it are still there. */
	assert.ok(await is_under_way(first));
	assert.ok(await is_under_way(second));
	first.hang_up();
	assert.deepEqual((await second.done).json, { output: 'waited' });
});

test('who waits is served in turn, client by client', async () => {
	await other.idle();
	const first = start_run(...ENDLESS, other);

	await state(({ running }) => running === 1);
	const waiting = start_run('print("b")', {},
	    { base: other.base, from: '127.0.0.2' });

	await state(({ queued }) => queued === 1);
	assert.ok(await is_under_way(first));
	first.hang_up();
	assert.deepEqual((await waiting.done).json, { output: 'b' });
});

test('a client that hangs up in the queue leaves it', async () => {
	await other.idle();
	const first = start_run(...ENDLESS, other);

	await state(({ running }) => running === 1);
	const waiting = start_run('print(1)', {}, other);

	await state(({ queued }) => queued === 1);
	waiting.hang_up();
	await state(({ queued, running }) => queued === 0 && running === 1);
	assert.ok(await is_under_way(first));
	first.hang_up();
});

test('up again is harmless', async () => {
	const pid = other.sced_pid();

	other.up();
	assert.equal(other.sced_pid(), pid);
	assert.deepEqual(await run('print(1)', {}, other), { output: '1' });
});

test('its stop leaves nothing of it and all of its neighbour', async () => {
	const neighbour = shared_instance();

	await neighbour.idle();
	const pid = neighbour.sced_pid();
	const log = new ScedLog(neighbour);

	assert.deepEqual(await other.stop(), []);
	assert.equal(other.sced_pid(), null);
	assert.deepEqual(other.responders(), []);
	other = null;
	assert.equal(neighbour.sced_pid(), pid);
	assert.deepEqual(await run('print(1)'), { output: '1' });
	/* It replaces one of its own when that is old; but none has died. */
	await neighbour.idle();
	assert.deepEqual(log.lines(/event=(sandbox|holder)-died/), []);
	log.close();
});
