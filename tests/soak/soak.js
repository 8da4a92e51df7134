/* SPDX-License-Identifier: MIT */
/*
 * Mixed traffic for a while: every answer is what it must be, and afterwards
 * nothing is more than it was before. On an instance of its own, in SCE_WORK.
 *
 * SOAK_SECONDS   how long (300)
 * SOAK_SEED      of the order in which things happen; printed
 *
 * The last line is "soak: N passed, N failed", of checks.
 */
import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

import { ScedLog } from '../integration/lib/fault_instance.js';
import { start_instance } from '../integration/lib/instance.js';
import { SLOWNESS } from '../integration/lib/wait.js';
import { check_log } from './logs.js';
import { Census, leaks, look } from './leaks.js';
import { Memory } from './memory.js';
import { Random } from './random.js';
import { Tally } from './tally.js';
import { ACTS, BURST, BURST_LEAVES, LARGEST } from './traffic.js';

const SECONDS = Number(process.env.SOAK_SECONDS || 300);
const SEED = Number(process.env.SOAK_SEED || Date.now() % 1000000);
const POOL = { ready: 4, running: 6, queue: 12 };
const CLIENTS = 8;
const THINK_MS_MAX = 150;
const REFUSED_PAUSE_MS_MAX = 1000;
const WARM_UPS = 3;
const BURST_EVERY_MS = 12000;
/* Beyond what runs and waits, and of those that leave again. */
const BURST_EXTRA = 14;
const BURST_LEAVERS = 6;
const BURST_ADDRESSES = 3;
/* What is added so that every kind gets its turn. */
const EXTRA_MS_MAX = 60000 * SLOWNESS;
const PROGRESS_EVERY_MS = 60000;
/* Starting, the last requests, and looking for leaks. */
const MARGIN_MS = 300000 * SLOWNESS;

class Soak {
	constructor(own)
	{
		this.own = own;
		this.tally = new Tally();
		this.random = new Random(SEED);
		this.deck = [];
		this.count = 0;
	}

	context(from)
	{
		const id = `soak-${String(++this.count).padStart(6, '0')}`;

		return { base: this.own.base, from, id,
			most: { ready: POOL.ready, running: POOL.running,
				queued: POOL.queue },
			random: (n) => this.random.below(n) };
	}

	/* Every act comes up as often as it weighs, in any order; what was
	 * refused comes up again. */
	next_act()
	{
		if (this.deck.length === 0) {
			this.deck = this.random.shuffled(ACTS.flatMap((act) =>
				Array(act.weight).fill(act)));
		}
		return this.deck.pop();
	}

	/* The kinds that nothing is known of yet. */
	untried()
	{
		return [...ACTS, BURST, BURST_LEAVES].map(({ name }) => name)
		    .filter((name) => !this.tally.was_tried(name));
	}

	/* In time, unless the machine is so slow that some were never tried. */
	is_over()
	{
		const now = performance.now();

		return now >= this.end && (now >= this.end + EXTRA_MS_MAX ||
		    this.untried().length === 0);
	}

	async perform(act, from)
	{
		const context = this.context(from);
		const begin = performance.now();

		try {
			const outcome = await act.act(context);

			this.tally.add(act, context, outcome,
			    performance.now() - begin);
			return outcome;
		} catch (error) {
			this.tally.add_wrong(act, context, error);
			return 'wrong';
		}
	}

	async client(from)
	{
		while (!this.is_over()) {
			const act = this.next_act();
			const outcome = await this.perform(act, from);

			if (outcome === 'refused')
				this.deck.unshift(act);
			await delay(this.random.below(outcome === 'refused' ?
			    REFUSED_PAUSE_MS_MAX : THINK_MS_MAX));
		}
	}

	burst()
	{
		const count = POOL.running + POOL.queue + BURST_EXTRA;
		const acts = this.random.shuffled([
			...Array(count).fill(BURST),
			...Array(BURST_LEAVERS).fill(BURST_LEAVES),
		]);

		return Promise.all(acts.map((act, i) => this.perform(act,
		    `127.0.1.${1 + i % BURST_ADDRESSES}`)));
	}

	/* Afterwards each responder has touched all of its memory. */
	async warm_up()
	{
		const count = POOL.running + POOL.queue;

		for (let i = 0; i < WARM_UPS; i++) {
			await Promise.all(Array.from({ length: count },
			    (_, n) => this.perform(LARGEST, `127.0.1.${1 +
			    n % BURST_ADDRESSES}`)));
			await this.own.idle();
		}
	}

	async bursts()
	{
		while (!this.is_over()) {
			await this.burst();
			await delay(Math.min(BURST_EVERY_MS, Math.max(
			    THINK_MS_MAX, this.end - performance.now())));
		}
	}

	async drive(memory)
	{
		const begin = performance.now();
		const minutes = () =>
			((performance.now() - begin) / 60000).toFixed(1);
		const progress = setInterval(() => console.log(
		    `${minutes()} min: ${this.tally.line()}; ` +
		    `${memory.line()}`), PROGRESS_EVERY_MS);

		this.end = begin + SECONDS * 1000;
		memory.start();
		await Promise.all([this.bursts(), ...Array.from(
		    { length: CLIENTS },
		    (_, i) => this.client(`127.0.0.${2 + i}`))]);
		memory.stop();
		clearInterval(progress);
		this.seconds = (performance.now() - begin) / 1000;
	}
}

/* One line a check. */
class Checks {
	constructor()
	{
		this.passed = 0;
		this.failed = 0;
	}

	check(name, problems)
	{
		const ok = problems.length === 0;

		this.passed += ok;
		this.failed += !ok;
		console.log(`${ok ? 'ok' : 'FAILED'} ${name}`);
		for (const problem of problems)
			console.log(`    ${problem}`);
	}
}

function
check_traffic(checks, soak)
{
	const { tally } = soak;
	const rare = ['answered', 'refused', 'cancelled'].filter((outcome) =>
		tally.total[outcome] === 0);

	for (const [name, kind] of [...tally.kinds].sort())
		checks.check(`${name}: every answer is right`,
		    kind.wrong === 0 ? [] : [`${kind.wrong} wrong`]);
	for (const wrong of tally.wrong)
		console.log(`    ${wrong.replaceAll('\n', '\n    ')}`);
	checks.check('no kind of request was always refused', soak.untried());
	checks.check('some were answered, refused, cancelled', rare);
}

function
check_memory(checks, memory)
{
	for (const { name, first, last, flat } of memory.verdicts()) {
		const text = `${(first / 1024).toFixed(2)} MiB in the first ` +
		    `quarter, ${(last / 1024).toFixed(2)} MiB in the last`;

		/* ASan keeps what was freed. */
		checks.check(`memory of ${name} is flat: ${text}`,
		    flat || process.env.SANITIZE === '1' ? [] : ['it grew']);
	}
}

function
print_summary(soak, leaked)
{
	const { tally, seconds } = soak;

	console.log(tally.table());
	console.log(`${tally.line()}, ${leaked} leaked; ${tally.runs} runs ` +
	    `in ${seconds.toFixed(0)} s, ` +
	    `${(tally.runs / seconds).toFixed(1)} a second`);
}

async function
soak_instance(own)
{
	const checks = new Checks();
	const soak = new Soak(own);
	const log = new ScedLog(own);
	const responders = own.responders().sort();
	const census = new Census(own);

	await own.idle();
	await soak.warm_up();
	const before = await look(own);
	const memory = new Memory(own, SECONDS * 1000);

	await soak.drive(memory);
	const { now, containers, found } = await leaks(own, before, census);

	census.stop();
	print_summary(soak, found.length);
	check_traffic(checks, soak);
	checks.check('the execution log has each run once, and no other',
	    check_log(own, soak.tally.ran));
	checks.check(`nothing is left of ${containers} containers: ` +
	    JSON.stringify(now), found);
	checks.check('as many containers as runs were seen',
	    containers >= soak.tally.runs ? [] : [`${containers}`]);
	checks.check('no responder has died', own.responders().sort()
	    .every((pid, i) => pid === responders[i]) ? [] : ['some have']);
	checks.check('sced had no error to log', log.lines(/^<[0-3]>/));
	check_memory(checks, memory);
	log.close();
	return checks;
}

async function
main()
{
	const watchdog = setTimeout(() => {
		console.log('soak: it does not come to an end');
		process.exit(1);
	}, SECONDS * 1000 + MARGIN_MS);

	console.log(`${os.hostname()}: ${os.cpus().length} cores, ` +
	    `${SECONDS} s, seed ${SEED}`);
	const own = await start_instance('soak', {
		pool: POOL,
	});
	let checks = null;

	try {
		checks = await soak_instance(own);
	} finally {
		await own.stop();
	}
	console.log(`soak: ${checks.passed} passed, ${checks.failed} failed`);
	clearTimeout(watchdog);
	process.exitCode = checks.failed === 0 ? 0 : 1;
}

await main();
