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

import { post_run, run } from './lib/http.js';
import { start_instance } from './lib/instance.js';
import { build_responder, responder_folder } from './lib/own_responder.js';
import { open_descriptors, rss_kib, running } from './lib/proc.js';
import { wait_for } from './lib/wait.js';

const ATTACK_MIN_MS = 15000;
const ATTACK_DEADLINE_MS = 120000;
const CALM_DEADLINE_MS = 60000;
const POOL = { ready: 2, ready_max: 2, running: 4, queue: 16 };
const RESPONDERS = 2 * POOL.running + POOL.queue + 4;
/* Each can hold one place: more of them than places would fill the queue. */
const ATTACKERS = 6;
const HONEST = RESPONDERS - ATTACKERS;
const QUEUE_WAIT_MS = 10000;
/* What sced may still have open for a moment: what a start has, and what a
 * holder has. */
const DESCRIPTORS_IN_FLIGHT = (5 + 3) * (POOL.ready + POOL.running) + 8;
/* 50 ms, doubled each time: what fits into four seconds, and one more. */
const BACKOFF_MS = 4000;
const BACKOFF_STARTS = 8;

let own = null;
let folder = null;
let program = null;
let sced = null;
let descriptors = null;
let memory_kib = null;

before(async () => {
	folder = responder_folder('peer');
	program = build_responder('peer', folder);
	for (let i = 0; i < HONEST; i++)
		fs.writeFileSync(path.join(folder, `honest.${i}`), '');
	own = await start_instance('peer', {
		service: { responder_uid: 1899999003 },
		paths: { responder: program },
		docker: { uid_base: 330000 },
		pool: { ...POOL, queue_wait: `${QUEUE_WAIT_MS}ms` },
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
	}, CALM_DEADLINE_MS);
}

async function
timed_run()
{
	const begun = performance.now();
	const answer = await post_run({ code: 'print("honest")' }, own);

	return { answer, took_ms: performance.now() - begun };
}

/* Two clients that ask again and again; all that they were answered. */
async function
ask_for(ms, enough = () => true, deadline_ms = ms)
{
	const begun = performance.now();
	const answers = [];
	const is_over = () => {
		const took_ms = performance.now() - begun;

		return took_ms > deadline_ms || (took_ms > ms && enough());
	};
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
		answers = await ask_for(ATTACK_MIN_MS, was_real_attack,
		    ATTACK_DEADLINE_MS);
	} finally {
		clearInterval(watch);
	}
	assert.equal(own.sced_pid(), sced);
});

test('the honest were served all the time, within their bounds', () => {
	const served = answers.filter(({ answer }) => answer.status === 200);

	assert.ok(answers.length >= 10, `${answers.length} requests`);
	for (const { answer, took_ms } of answers) {
		assert.ok([200, 503].includes(answer.status), answer.text);
		if (answer.status === 200)
			assert.deepEqual(answer.json, { output: 'honest' });
		else
			assert.match(answer.headers['retry-after'], /^\d+$/);
		assert.ok(took_ms < QUEUE_WAIT_MS + 5000, `${took_ms} ms`);
	}
	assert.ok(served.length >= answers.length * 0.9,
	    `${served.length} of ${answers.length} were served`);
});

test('it was a real attack, and comes to an end', async () => {
	await calm();
	assert.ok(was_real_attack(), JSON.stringify(attack_so_far()));
});

test('no sandbox was leased twice', () => {
	const grants = matches(/peer grant pid=(\d+) .*lease=(\d+) cookie=(\d+)$/gm);
	const cookies = grants.map(([, , , cookie]) => cookie);
	const leases = grants.map(([, , lease]) => lease);

	assert.ok(grants.length >= 40, `${grants.length} leases`);
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

test('who dies at once is started again more and more slowly', async () => {
	/* Whoever has lived for a second starts with a clean record. */
	await ask_for(1500);
	const at = own.sced_log().length;

	begin(`exit ${HONEST}`);
	const during = await ask_for(BACKOFF_MS);
	const ends = {};

	for (const [, which] of own.sced_log().slice(at)
		.matchAll(/event=responder-died worker=(\d+) pid=\d+ status=0$/gm))
		ends[which] = (ends[which] ?? 0) + 1;
	/* One that finds no place, while its holder dies, dies once or twice. */
	const often = Object.values(ends).filter((count) => count > 2);

	assert.equal(often.length, ATTACKERS, JSON.stringify(ends));
	for (const count of often)
		assert.ok(count <= BACKOFF_STARTS, `${count} starts`);
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
