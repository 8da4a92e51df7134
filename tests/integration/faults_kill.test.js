/* SPDX-License-Identifier: MIT */
/*
 * SIGKILL to each kind of our processes while 200 requests are under way: each
 * of these gets one answer, its own or a sentence, no more of them go wrong
 * than were hit, nothing is left, and the service serves on.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import {
	guests, leased_guest, nothing_left, sandbox_processes, settled,
	start_sced,
} from './lib/fault_instance.js';
import { post_run, run, start_run } from './lib/http.js';
import { start_instance } from './lib/instance.js';
import {
	alive, children, executable, open_descriptors, status_field,
} from './lib/proc.js';
import { wait_for } from './lib/wait.js';

const REQUESTS = 200;
const RUNNING = 4;
/* Enough to be served for each round; the others are refused. */
const QUEUE = 20;
const NO_RESULT = 'The sandbox ended without a result: ' +
    'the program may have run in part';

let own = null;
let usual = null;

before(async () => {
	own = await start_instance('faults-kill', {
		pool: {
			ready: 4, ready_max: 4, running: RUNNING, queue: QUEUE,
			queue_wait: '30s', sweep_interval: '2s',
		},
	});
	usual = await settled(own);
});

after(async () => {
	if (own !== null)
		await own.stop();
});

/* Long enough to be hit. */
function
program(i)
{
	return `import time\ntime.sleep(0.1)\nprint(${i})`;
}

function
served(answers)
{
	return answers.filter(({ answer }) => answer.status === 200).length;
}

/*
 * Sends all, has them killed that victims() names, each time after some more
 * answers, and returns the answers and how many were killed.
 */
async function
storm(rounds, victims)
{
	const answers = [];
	const calls = Array.from({ length: REQUESTS }, (_, i) =>
		post_run({ code: program(i) }, own)
		    .then((answer) => answers.push({ i, answer })));
	const over = () => answers.length === REQUESTS;
	let seen = RUNNING;
	let killed = 0;

	for (let round = 0; round < rounds; round++) {
		await wait_for('more answers', () =>
			over() || served(answers) > seen);
		const pids = await wait_for('victims', () => {
			const found = over() ? [] : victims();

			return (over() || found.length > 0) && found;
		});

		killed += kill_all(pids);
		seen = served(answers);
		await wait_for('their end', () => !pids.some(alive));
	}
	await Promise.all(calls);
	return { answers, killed };
}

/* How many of them were still there. */
function
kill_all(pids)
{
	let killed = 0;

	for (const pid of pids) {
		try {
			process.kill(pid, 'SIGKILL');
			killed++;
		} catch (error) {
			assert.equal(error.code, 'ESRCH');
		}
	}
	return killed;
}

/* One of those that there may be, all of JSON. */
function
assert_answer({ i, answer })
{
	if (answer.status === 200 && answer.json.error === undefined) {
		assert.deepEqual(answer.json, { output: String(i) });
		return;
	}
	if (answer.status === 200) {
		const { output, ...told } = answer.json;

		/* What it had said before, if it had. */
		assert.ok([undefined, String(i)].includes(output), answer.text);
		assert.deepEqual(told, { signal: 'SIGKILL',
			error: 'Program killed by signal SIGKILL' });
		return;
	}
	assert.ok([500, 502, 503].includes(answer.status), answer.text);
	assert.deepEqual(Object.keys(answer.json), ['error']);
	assert.match(answer.json.error, /\w+ \w+/);
	if (answer.status === 500)
		assert.equal(answer.json.error, NO_RESULT);
	else
		assert.match(answer.headers['retry-after'], /^[1-9]\d*$/);
}

/* kinds: how many there may be of what a kill alone explains. */
async function
assert_survived({ answers, killed }, kinds)
{
	const counts = { 500: 0, 502: 0, signal: 0 };

	assert.equal(answers.length, REQUESTS);
	assert.equal(new Set(answers.map(({ i }) => i)).size, REQUESTS);
	for (const { i, answer } of answers) {
		assert_answer({ i, answer });
		if (answer.status in counts)
			counts[answer.status]++;
		if (answer.status === 200 && 'signal' in answer.json)
			counts.signal++;
	}
	const seen = JSON.stringify({ killed, counts,
		served: served(answers) });

	assert.ok(killed > 0, seen);
	for (const kind of Object.keys(counts))
		assert.ok(counts[kind] <= (kinds[kind] ?? 0), seen);
	assert.ok(served(answers) > RUNNING, seen);
	await nothing_left(own, usual);
	assert.deepEqual(await run('print(1)', {}, own), { output: '1' });
}

/* --- one victim ----------------------------------------------------------- */

test('a guest is killed from outside', async () => {
	await own.idle();
	const call = start_run('while True: pass', { timeout: 10 }, own);

	process.kill((await leased_guest(own)).pid, 'SIGKILL');
	const answer = await call.done;

	assert.deepEqual([answer.status, answer.json],
	    [500, { error: NO_RESULT }]);
	await nothing_left(own, usual);
});

/* One that takes no job is replaced once, so one may die at any time. */
test('a guest that waits is killed in this moment: nobody notices', async () => {
	for (let i = 0; i < 4; i++) {
		await own.idle();
		/* docker ps has the oldest last, and that is leased next. */
		process.kill(guests(own).at(-1).pid, 'SIGKILL');
		assert.deepEqual(await run('print(1)', {}, own),
		    { output: '1' });
	}
	await nothing_left(own, usual);
});

test('guests that wait have been killed: nobody notices', async () => {
	await own.idle();
	const killed = guests(own).slice(1).map(({ pid }) => pid);

	for (const pid of killed)
		process.kill(pid, 'SIGKILL');
	await wait_for('their end', () => !killed.some(alive));
	assert.deepEqual(await run('print(1)', {}, own), { output: '1' });
	await nothing_left(own, usual);
});

/* --- in a storm ----------------------------------------------------------- */

/* The one with most descriptors: of its request, and of its sandbox. */
function
busy_responder()
{
	const [first] = own.responders()
	    .map((pid) => ({ pid, open: open_descriptors(pid) }))
	    .sort((a, b) => b.open - a.open);

	return [first.pid];
}

test('200 requests, responders killed', async () => {
	const result = await storm(8, busy_responder);

	await assert_survived(result, { 502: result.killed });
});

test('200 requests, all responders killed, twice', async () => {
	const result = await storm(2, () => own.responders());

	await assert_survived(result, { 502: result.killed });
});

/* Of a run under way: with a program instead of the FIFO. */
function
is_leased_guest(pid)
{
	try {
		return /\t1$/.test(status_field(pid, 'NSpid')) &&
		    fs.lstatSync(`/proc/${pid}/root/box/main.py`).isFile();
	} catch {
		return false;
	}
}

function
leased_guests()
{
	return sandbox_processes(own).filter(is_leased_guest);
}

test('200 requests, guests killed', async () => {
	const result = await storm(8, () => leased_guests().slice(0, 1));

	await assert_survived(result, { 500: result.killed });
});

test('200 requests, interpreters killed', async () => {
	const result = await storm(8, () =>
		leased_guests().flatMap(children).slice(0, 1));

	await assert_survived(result, { signal: result.killed });
});

function
docker_client()
{
	return children(own.sced_pid()).filter((pid) =>
		path.basename(executable(pid) ?? '') === 'sce-docker')
	    .slice(0, 1);
}

test('200 requests, docker clients killed', async () => {
	const result = await storm(8, docker_client);

	await assert_survived(result, {});
});

/* One request after the other, until it is over; all answers. */
async function
ask_until(over)
{
	const answers = [];

	for (let i = 0; !over(); i++)
		answers.push({ i, answer: await post_run(
		    { code: program(i) }, own) });
	return answers;
}

/* Started again at once, as an init system would. */
test('200 requests, sced killed', async () => {
	const before = own.containers();
	let back = false;
	let again = null;
	let meanwhile = null;
	const result = await storm(1, () => {
		const pid = own.sced_pid();

		process.kill(pid, 'SIGKILL');
		again = wait_for('its end', () => !alive(pid))
		    .then(() => start_sced(own, { wait: false }))
		    .finally(() => {
			back = true;
		});
		meanwhile = ask_until(() => back);
		return [pid];
	});

	await again;
	const asked = await meanwhile;

	assert.ok(asked.length > 0);
	asked.forEach(assert_answer);
	/* Whoever runs ends, whoever waits is told, whoever was still to be
	 * accepted is nginx's to answer. */
	await assert_survived({ ...result, killed: 1 },
	    { 500: RUNNING, 502: REQUESTS });
	for (const id of own.containers())
		assert.ok(!before.includes(id), 'it was adopted');
});

/* --- nginx ---------------------------------------------------------------- */

test('nginx is told to read its configuration again, under load', async () => {
	const pid = Number(fs.readFileSync(
	    path.join(own.run_dir, 'nginx/nginx.pid'), 'utf8'));
	let count = 0;
	const clients = Array.from({ length: 12 }, async (_, client) => {
		for (let i = 0; i < 3; i++, count++) {
			assert.deepEqual(await run(program(client * 100 + i),
			    {}, own), { output: String(client * 100 + i) });
		}
	});

	for (let reload = 0; reload < 3; reload++) {
		const old = children(pid);
		const seen = count;

		process.kill(pid, 'SIGHUP');
		await wait_for('new workers and answers', () =>
			children(pid).some((worker) => !old.includes(worker)) &&
			(count > seen + 4 || count === 36));
	}
	await Promise.all(clients);
	await nothing_left(own, usual);
});

test('after down nothing is left', async () => {
	assert.deepEqual(await own.stop(), []);
	assert.deepEqual(own.responders(), []);
	own = null;
});
