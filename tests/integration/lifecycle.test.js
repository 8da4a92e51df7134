/* SPDX-License-Identifier: MIT */
/* Processes that die, on their own or by an order, while programs run. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { docker, inspect } from './lib/docker.js';
import { health, post_run, run, start_run } from './lib/http.js';
import { start_instance } from './lib/instance.js';
import { alive, open_descriptors } from './lib/proc.js';
import { wait_for } from './lib/wait.js';

const READY = 2;
/* Longer than anything here takes before it ends them. */
const ENDLESS = ['while True: pass', { timeout: 10 }];
/* A container's name is the whole machine's: nobody else's has this number. */
const STRANGE = `sce-${process.pid.toString(16).padStart(8, '0')}-0`;

let own = null;
let leftovers = [];

before(async () => {
	own = await start_instance('lifecycle', {
		pool: { ready: READY, running: 2, queue: 4 },
	});
});

after(async () => {
	for (const { Id: id } of inspect(leftovers))
		docker('rm', '-f', id);
	if (own !== null)
		await own.stop();
});

function
running(count)
{
	return wait_for(`${count} runs`, async () =>
		(await health(own.base)).running === count);
}

/* An idle responder has its few fixed descriptors; a busy one has more. */
function
busy_responder()
{
	const all = own.responders().map((pid) =>
		({ pid, open: open_descriptors(pid) }));
	const least = Math.min(...all.map(({ open }) => open));
	const busy = all.filter(({ open }) => open > least);

	assert.equal(busy.length, 1, JSON.stringify(all));
	return busy[0].pid;
}

test('a killed responder costs its own client alone', async () => {
	await own.idle();
	const responders = own.responders().length;
	const call = start_run(...ENDLESS, own);

	await running(1);
	const victim = await wait_for('busy responder', busy_responder);

	process.kill(victim, 'SIGKILL');
	const answer = await call.done;

	assert.equal(answer.status, 502);
	assert.deepEqual(Object.keys(answer.json), ['error']);
	assert.deepEqual(await run('print(1)', {}, own), { output: '1' });
	await running(0);
	await own.idle();
	await wait_for('a new responder', () =>
		own.responders().length === responders);
	assert.ok(!alive(victim));
});

test('all responders killed at once come back', async () => {
	const responders = own.responders();

	for (const pid of responders)
		process.kill(pid, 'SIGKILL');
	await wait_for('new responders', () =>
		own.responders().length === responders.length &&
		!own.responders().some((pid) => responders.includes(pid)));
	assert.deepEqual(await run('print(1)', {}, own), { output: '1' });
});

/* Not of this instance: a sweep has to leave it alone. */
function
make_container(name, labels, image)
{
	const args = Object.entries(labels).flatMap(([name, value]) =>
		['--label', `${name}=${value}`]);

	return docker('create', '--name', name, '--network', 'none', ...args,
	    image, 'true');
}

test('when sced is killed, all that it started ends', async () => {
	await own.idle();
	const { image } = own.config().docker;
	const [{ Config: { Labels: labels } }] = inspect(own.containers());
	const responders = own.responders();
	/* Long enough for sced to be seen with it, and killed. */
	const call = start_run('print("x", flush=True)\nwhile True: pass',
	    { timeout: 5 }, own);

	await running(1);
	process.kill(own.sced_pid(), 'SIGKILL');
	/* The run under way ends under the guest's alarm and is answered. */
	assert.deepEqual((await call.done).json,
	    { output: 'x', error: 'Execution timed out after 5 seconds' });
	await wait_for('end of all responders', () =>
		!responders.some(alive));
	await wait_for('end of all containers', () =>
		own.containers().length + own.holders().length === 0);

	const orphan = make_container(`${STRANGE}-1`, labels, image);
	const foreign = make_container(`${STRANGE}-2`,
	    { ...labels, 'sce.instance': '/somewhere/else' }, image);

	leftovers = [orphan, foreign];
	own.up();
	assert.deepEqual(await run('print(1)', {}, own), { output: '1' });
	await own.idle();
	assert.equal(inspect([orphan]).length, 0, 'the orphan was not swept');
	assert.equal(inspect([foreign]).length, 1, 'a stranger was swept');
});

test('SIGHUP changes nothing', async () => {
	const pid = own.sced_pid();

	process.kill(pid, 'SIGHUP');
	assert.deepEqual(await run('print(1)', {}, own), { output: '1' });
	assert.equal(own.sced_pid(), pid);
});

test('at SIGTERM the run under way is answered', async () => {
	await own.idle();
	const pid = own.sced_pid();
	const responders = own.responders();
	const call = start_run('import time\ntime.sleep(4)\nprint("done")',
	    { timeout: 10 }, own);

	await running(1);
	process.kill(pid, 'SIGTERM');
	assert.deepEqual((await call.done).json, { output: 'done' });
	await wait_for('end of sced', () => !alive(pid));
	assert.deepEqual([...own.containers(), ...own.holders()], []);
	assert.ok(!responders.some(alive));
});

test('without sced the answer is still JSON', async () => {
	const answer = await post_run({ code: 'print(1)' }, own);

	assert.ok([502, 503].includes(answer.status), answer.text);
	assert.deepEqual(Object.keys(answer.json), ['error']);
	assert.match(answer.headers['retry-after'], /^[1-9]\d*$/);
});

test('after down nothing is left', async () => {
	assert.deepEqual(await own.stop(), []);
	assert.equal(own.sced_pid(), null);
	own = null;
});
