/* SPDX-License-Identifier: MIT */
/*
 * Responders that were taken over turn on sced, while others serve: see
 * tests/security/responder/peer.c for what they do. sced must neither end,
 * nor lose a descriptor, nor give one sandbox to two, nor forget the honest.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { docker } from './lib/docker.js';
import { post_run, run } from './lib/http.js';
import { start_instance } from './lib/instance.js';
import { build_responder, responder_folder } from './lib/own_responder.js';
import { open_descriptors, rss_kib, running } from './lib/proc.js';
import { wait_for } from './lib/wait.js';

const IMAGE = 'safe-code-executor/python:3.11';
const POOL = { ready: 2, ready_max: 2, running: 4, queue: 16 };
const RESPONDERS = 2 * POOL.running + POOL.queue + 4;
/* Each can hold one place: more of them than places would fill the queue. */
const ATTACKERS = 6;
const HONEST = RESPONDERS - ATTACKERS;
/* Also as multiples of what one container costs that nobody attacks. */
const QUEUE_WAIT_MS = 10000;
const STARTS_TO_WAIT_FOR = 20;
/* The client waits for a minute. */
const QUEUE_WAIT_MAX_MS = 50000;
const ATTACK_DEADLINE_MS = 120000;
const STARTS_OF_AN_ATTACK = 240;
/* As long as a run may take, and the way to it and back. */
const RUN_MS = 5000;
const REQUESTS_MIN = 10;
const GRANTS_MIN = 40;
/* What sced may still have open for a moment: what a start has, and what a
 * holder has. */
const DESCRIPTORS_IN_FLIGHT = (5 + 3) * (POOL.ready + POOL.running) + 8;
/* Between two starts of one that dies at once, doubled each time. */
const BACKOFF_MIN_MS = 50;
const BACKOFF_MAX_MS = 5000;
const BACKOFF_MS = 4000;

let own = null;
let folder = null;
let program = null;
let sced = null;
let descriptors = null;
let memory_kib = null;
let start_ms = null;
let queue_wait_ms = null;

/* Of a container and the interpreter in it. */
function
measure_start()
{
	const begin = performance.now();

	docker('run', '--rm', '--network', 'none', '--entrypoint', 'python3.11',
	    IMAGE, '-c', 'pass');
	return performance.now() - begin;
}

before(async () => {
	folder = responder_folder('peer');
	program = build_responder('peer', folder);
	for (let i = 0; i < HONEST; i++)
		fs.writeFileSync(path.join(folder, `honest.${i}`), '');
	start_ms = measure_start();
	queue_wait_ms = Math.ceil(Math.min(QUEUE_WAIT_MAX_MS,
	    Math.max(QUEUE_WAIT_MS, STARTS_TO_WAIT_FOR * start_ms)));
	own = await start_instance('peer', {
		paths: { responder: program },
		pool: { ...POOL, queue_wait: `${queue_wait_ms}ms` },
		limits: { timeout: '2s', timeout_max: '3s' },
	});
	await own.idle();
	sced = own.sced_pid();
	descriptors = open_descriptors(sced);
	memory_kib = rss_kib(sced);
});

after(async () => {
	if (own !== null)
		assert.deepEqual(await own.stop(), []);
	if (folder !== null)
		fs.rmSync(folder, { recursive: true });
});

/* Everybody starts anew, by the plan. */
function
begin(plan)
{
	fs.writeFileSync(path.join(folder, 'plan'), plan);
	for (const pid of running(program))
		process.kill(pid, 'SIGKILL');
}

/* From here on who starts is honest; the others come to an end. */
async function
calm()
{
	fs.writeFileSync(path.join(folder, 'plan'), 'rest');
	await wait_for('honest responders only', () => {
		const log = own.sced_log();
		const pids = running(program);

		return pids.length === RESPONDERS && pids.every((pid) =>
			log.includes(`peer is honest pid=${pid}\n`));
	});
}

async function
timed_run()
{
	const begun = performance.now();
	const answer = await post_run({ code: 'print("honest")' }, own);

	return { answer, took_ms: performance.now() - begun };
}

/* Two clients that ask again and again until what they were answered is
 * enough, or for so long; all that they were answered. */
async function
ask_for(ms, is_enough = () => false)
{
	const begun = performance.now();
	const answers = [];
	const is_over = () => performance.now() - begun > ms ||
	    is_enough(answers);
	const client = async () => {
		while (!is_over())
			answers.push(await timed_run());
	};

	await Promise.all([client(), client()]);
	return answers;
}

function
matches(pattern)
{
	return [...own.sced_log().matchAll(pattern)];
}

function
attack_so_far()
{
	return {
		attackers: matches(/peer attacks pid/g).length,
		leases: matches(/peer grant pid=\d+ honest=0/g).length,
		stale: matches(/peer stale/g).length,
		violations: new Set(matches(/event=responder-ended .*reason="(.*)"$/gm)
		    .map(([, why]) => why)).size,
	};
}

function
was_real_attack()
{
	const { attackers, leases, stale, violations } = attack_so_far();

	return attackers >= 40 && leases >= 25 && stale >= 5 &&
	    violations >= 5;
}

function
grants()
{
	return matches(/peer grant pid=(\d+) .*lease=(\d+) cookie=(\d+)$/gm);
}

let answers = [];
let most_descriptors = 0;

test('under attack sced lives', async () => {
	begin(`attack ${HONEST}`);
	await wait_for('honest responders', () =>
		matches(/peer is honest/g).length >= RESPONDERS + HONEST);
	const watch = setInterval(() => {
		most_descriptors = Math.max(most_descriptors,
		    open_descriptors(sced));
	}, 50);

	try {
		answers = await ask_for(Math.max(ATTACK_DEADLINE_MS,
		    STARTS_OF_AN_ATTACK * start_ms), (so_far) =>
			so_far.length >= REQUESTS_MIN && was_real_attack() &&
			grants().length >= GRANTS_MIN);
	} finally {
		clearInterval(watch);
	}
	assert.equal(own.sced_pid(), sced);
});

test('the honest were served all the time, within their bounds', () => {
	const served = answers.filter(({ answer }) => answer.status === 200);

	assert.ok(answers.length >= REQUESTS_MIN, `${answers.length} requests`);
	for (const { answer, took_ms } of answers) {
		assert.ok([200, 503].includes(answer.status), answer.text);
		if (answer.status === 200)
			assert.deepEqual(answer.json, { output: 'honest' });
		else
			assert.match(answer.headers['retry-after'], /^\d+$/);
		assert.ok(took_ms < queue_wait_ms + RUN_MS, `${took_ms} ms`);
	}
	assert.ok(served.length >= answers.length * 0.9,
	    `${served.length} of ${answers.length} were served`);
});

test('it was a real attack, and comes to an end', async () => {
	await calm();
	assert.ok(was_real_attack(), JSON.stringify(attack_so_far()));
});

test('no sandbox was leased twice', () => {
	const all = grants();
	const cookies = all.map(([, , , cookie]) => cookie);
	const leases = all.map(([, , lease]) => lease);

	assert.ok(all.length >= GRANTS_MIN, `${all.length} leases`);
	assert.ok(!cookies.includes('0'));
	assert.equal(new Set(cookies).size, cookies.length);
	assert.equal(new Set(leases).size, leases.length);
});

test('a sandbox that was given back is cut off', () => {
	const stale = matches(/peer stale pid=\d+ (\w+)$/gm);

	assert.ok(stale.length >= 5, `${stale.length} tried`);
	for (const [, outcome] of stale)
		assert.equal(outcome, 'EPIPE');
});

test('sced has lost no descriptor and no memory', async () => {
	await own.idle();
	assert.ok(most_descriptors <= descriptors + DESCRIPTORS_IN_FLIGHT,
	    `${descriptors}, at times ${most_descriptors}`);
	await wait_for('the descriptors of before', () =>
		open_descriptors(sced) === descriptors);
	const grown = rss_kib(sced) - memory_kib;

	assert.ok(grown < 2048, `grown by ${grown} KiB`);
});

/* As many as fit into this time, and one more. */
function
most_starts(ms)
{
	let count = 1;
	let wait_ms = BACKOFF_MIN_MS;

	for (let at_ms = wait_ms; at_ms <= ms; at_ms += wait_ms) {
		count++;
		wait_ms = Math.min(2 * wait_ms, BACKOFF_MAX_MS);
	}
	return count + 1;
}

test('who dies at once is started again more and more slowly', async () => {
	/* Whoever has lived for a second starts with a clean record. */
	await ask_for(1500);
	const at = own.sced_log().length;
	const begun = performance.now();

	begin(`exit ${HONEST}`);
	const during = await ask_for(BACKOFF_MS);
	const log = own.sced_log().slice(at);
	const took_ms = performance.now() - begun;
	const ends = {};

	for (const [, which] of log
		.matchAll(/event=responder-died worker=(\d+) pid=\d+ status=0$/gm))
		ends[which] = (ends[which] ?? 0) + 1;
	/* One that finds no place, while its holder dies, dies once or twice. */
	const often = Object.values(ends).filter((count) => count > 2);

	assert.equal(often.length, ATTACKERS, JSON.stringify(ends));
	for (const count of often)
		assert.ok(count <= most_starts(took_ms), `${count} starts`);
	for (const { answer } of during)
		assert.equal(answer.status, 200, answer.text);
});

test('afterwards all is as it was', async () => {
	await calm();
	assert.doesNotMatch(own.sced_log(), /Sanitizer|runtime error:/);
	await own.idle();
	assert.equal(own.sced_pid(), sced);
	assert.deepEqual(await run('print(1)', {}, own), { output: '1' });
	await own.idle();
	await wait_for('the descriptors of before', () =>
		open_descriptors(sced) === descriptors);
});
