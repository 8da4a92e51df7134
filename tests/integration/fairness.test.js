/* SPDX-License-Identifier: MIT */
/*
 * Clients in each other's way: whoever asks for much waits for himself, and
 * whoever asks for little hardly notices. Clients are loopback addresses, and
 * the pool is as large as that of a default configuration.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { ScedLog } from './lib/fault_instance.js';
import { health, post_run, start_run } from './lib/http.js';
import { start_instance } from './lib/instance.js';
import { median } from './lib/stats.js';
import { SLOWNESS, wait_for } from './lib/wait.js';

const RUNNING = 8;
const QUEUE = 64;
const GREEDY = '127.0.0.2';
const MODEST = '127.0.0.3';
const THIRD = '127.0.0.4';
const GREEDY_CONNECTIONS = 32;
/* Somebody is remembered for a minute, so this need not be slow. */
const ASK_EVERY_MS = 300;
const ASKED_IDLE = 10;
const ASKED_UNDER_LOAD = 15;
/* What a greedy client that was refused leaves to others, milliseconds. */
const REFUSED_PAUSE_MS = 200;
const WATCH_EVERY_MS = 100;
/* Long enough for as many to be started as may run. */
const LOOP_S = Math.min(60, Math.ceil(5 * SLOWNESS));
const LOOP = {
	program: ['while True: pass', { timeout: LOOP_S }],
	answer: { error: `Execution timed out after ${LOOP_S} seconds` },
};
const SLEEP = {
	program: ['import time\ntime.sleep(1)', { timeout: 10 }],
	answer: { output: '' },
};
/* Holds its sandbox until somebody hangs up. */
const HOLD = ['import time\ntime.sleep(120)', { timeout: 120 }];

let own = null;
let log = null;

before(async () => {
	own = await start_instance('fairness', {
		service: { log_level: 'debug' },
		/* Some wait here until somebody hangs up. */
		pool: { ready: 4, running: RUNNING, queue: QUEUE,
			queue_wait: '60s' },
		limits: { timeout_max: '120s' },
	});
	log = new ScedLog(own);
});

after(async () => {
	log?.close();
	if (own !== null)
		assert.deepEqual(await own.stop(), []);
});

function
from(address)
{
	return { base: own.base, from: address };
}

function
counts(expected)
{
	return wait_for(JSON.stringify(expected), async () => {
		const now = await health(own.base);

		return Object.entries(expected)
		    .every(([name, value]) => now[name] === value);
	});
}

/* Refused is one sentence and when to come again. */
function
assert_refused(answer)
{
	assert.equal(answer.status, 503, answer.text);
	assert.match(answer.headers['content-type'], /^application\/json/);
	assert.deepEqual(Object.keys(answer.json), ['error']);
	assert.match(answer.headers['retry-after'], /^[1-9]\d?$/);
	assert.ok(Number(answer.headers['retry-after']) <= 60);
}

/* One of many connections that ask for all there is, again and again. */
async function
ask_until_over(load, { program, answer: expected })
{
	while (!load.over) {
		const call = start_run(...program, from(GREEDY));

		load.calls.add(call);
		try {
			const answer = await call.done;

			if (answer.status === 200) {
				assert.deepEqual(answer.json, expected);
				load.served++;
			} else {
				assert_refused(answer);
				load.refused++;
				await delay(REFUSED_PAUSE_MS);
			}
		} catch (error) {
			if (!load.over)
				throw error;
		}
		load.calls.delete(call);
	}
}

/* The most sandboxes that were in use at once. */
async function
watch_until_over(load)
{
	while (!load.over) {
		const before = load.steps;
		const { running } = await health(own.base);

		/* What the modest one runs is not counted. */
		if (before % 2 === 0 && load.steps === before)
			load.running_max = Math.max(load.running_max, running);
		await delay(WATCH_EVERY_MS);
	}
}

/* Again and again; how long each took. Refused is answered late: never. While
 * one is under way the load's steps are odd. */
async function
ask_politely(count, load = { steps: 0 })
{
	const times = [];

	for (let i = 0; i < count; i++) {
		const begin = performance.now();

		load.steps++;
		const answer = await post_run({ code: "print('hi')" },
		    from(MODEST));

		load.steps++;
		const took = performance.now() - begin;

		assert.equal(answer.status, 200, answer.text);
		assert.deepEqual(answer.json, { output: 'hi' });
		times.push(took);
		await delay(Math.max(0, ASK_EVERY_MS - took));
	}
	return times;
}

/* From an empty slot to a sandbox that waits; since the log's mark. */
function
pool_starts()
{
	return log.lines(/event=sandbox-ready /).map((line) =>
		Number(line.match(/ start_ms=(\d+)/)[1]));
}

/* So many connections of the greedy one, from here to the end of the action. */
async function
while_asking(connections, what, action)
{
	const load = { over: false, calls: new Set(), steps: 0,
		running_max: 0, served: 0, refused: 0 };
	const greedy = Promise.all(Array.from({ length: connections },
	    () => ask_until_over(load, what)));

	greedy.catch(() => undefined); /* told below */
	try {
		await action(load);
	} finally {
		load.over = true;
		for (const call of load.calls)
			call.hang_up();
		await greedy;
		await own.idle();
	}
	return load;
}

/* The load begins when it holds all it can get. */
async function
under_load(action)
{
	const { running_max } = await while_asking(GREEDY_CONNECTIONS, LOOP,
	    async (load) => {
		load.running_max = await wait_for('load', async () => {
			const { running, queued } = await health(own.base);

			return running + queued >= GREEDY_CONNECTIONS &&
			    running >= RUNNING - 1 && running;
		});
		log.mark();
		const watch = watch_until_over(load);

		await action(load);
		load.over = true;
		await watch;
	});

	return running_max;
}

test('32 endless loops of one client hardly delay another', async (t) => {
	let times = [];
	let start = 0;

	await own.idle();
	await ask_politely(1); /* nothing of it is cold */
	const idle = median(await ask_politely(ASKED_IDLE));
	const running_max = await under_load(async (load) => {
		times = await ask_politely(ASKED_UNDER_LOAD, load);
		start = median(pool_starts());
	});
	const loaded = median(times);

	t.diagnostic(`median idle ${idle.toFixed(1)} ms, under load ` +
	    `${loaded.toFixed(1)} ms (at most ${Math.max(...times).toFixed(1)
	    } ms), one pool start ${start} ms, running ${running_max}`);
	assert.ok(start > 0, 'no sandbox was started');
	assert.ok(loaded < 3 * idle + start,
	    `${loaded} ms, not below 3 x ${idle} ms + ${start} ms`);
	/* One place is left free for who was here a second ago. */
	assert.ok(running_max < RUNNING, `${running_max} at once`);
	assert.ok(running_max > RUNNING / 2, `${running_max} at once`);
});

test('a greedy client does not keep another out of the queue', async (t) => {
	await own.idle();
	/* Who is refused asks again, so that the queue stays full. */
	const { served, refused } = await while_asking(RUNNING + QUEUE + 20,
	    SLEEP, async (load) => {
		await counts({ queued: QUEUE });
		const modest = await post_run({ code: 'print(1)' },
		    from(MODEST));

		assert.equal(modest.status, 200, modest.text);
		assert.deepEqual(modest.json, { output: '1' });
		await wait_for('answers of both kinds', () =>
			load.served >= RUNNING && load.refused > 0);
	});

	t.diagnostic(`${served} served, ${refused} refused`);
});

/* Programs that hold a sandbox each, of one client each. */
async function
hold(addresses)
{
	const holders = addresses.map((address) =>
		start_run(...HOLD, from(address)));

	await counts({ running: addresses.length, queued: 0 });
	return holders;
}

/* Six requests of the greedy one, then one each of two others, all waiting;
 * the order in which they are answered is pushed into order. */
async function
line_up(order)
{
	const waiters = [];

	for (const address of [...Array(6).fill(GREEDY), MODEST, THIRD]) {
		waiters.push(post_run({ code: 'print(1)' }, from(address))
		    .then((answer) => {
			assert.equal(answer.status, 200, answer.text);
			order.push(address);
		}));
		waiters.at(-1).catch(() => undefined);
		await counts({ queued: waiters.length });
	}
	return waiters;
}

function
other_addresses(count)
{
	return Array.from({ length: count }, (_, i) => `127.0.0.${10 + i}`);
}

test('who holds sandboxes is served after those who hold none', async () => {
	await own.idle();
	const order = [];
	const others = await hold([...other_addresses(RUNNING - 2),
		GREEDY, GREEDY]);
	const waiters = await line_up(order);

	others[0].hang_up();
	await wait_for('two answers', () => order.length >= 2);
	for (const { hang_up } of others)
		hang_up();
	await Promise.all(waiters);
	assert.deepEqual(order.slice(0, 2).sort(), [MODEST, THIRD]);
});

test('clients take turns, however many requests of one wait', async () => {
	await own.idle();
	const order = [];
	const others = await hold(other_addresses(RUNNING));
	const waiters = await line_up(order);

	/* One sandbox at a time: each is served when the last one is. */
	others[0].hang_up();
	await wait_for('three answers', () => order.length >= 3);
	for (const { hang_up } of others)
		hang_up();
	await Promise.all(waiters);
	assert.deepEqual(order.slice(0, 3).sort(), [GREEDY, MODEST, THIRD]);
});
