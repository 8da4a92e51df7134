/* SPDX-License-Identifier: MIT */
/* Closed loops: so many clients, each with its next request as soon as it has
 * an answer. What was begun is waited for and checked, too. */
import { cpu_of } from './machine.js';
import { refilled, settled } from './pool.js';
import { median } from '../../integration/lib/stats.js';
import { SLOWNESS } from '../../integration/lib/wait.js';

/* A client that is refused comes back no sooner; Retry-After is longer. */
const PAUSE_MS = 500;
/* How long all places are taken, and how long at the most. */
const HELD_MS = 8000 * SLOWNESS;
const HELD_MAX_MS = 16 * HELD_MS;
/* How long a window may get until something ends in it. */
const WINDOW_MAX_MS = 80000 * SLOWNESS;

/* Null is what JSON makes of it. */
function
known(number)
{
	return Number.isFinite(number) ? number : null;
}

/* From a full pool to a full pool, so that each run pays for its sandbox. */
async function
one_turn({ driver, own, clients }, { requests, lead_ms, window_ms })
{
	if (own !== undefined)
		await settled(own);
	return cpu_of(async () => {
		const done = await driver.order({ clients, requests, lead_ms,
			window_ms, keep: 1, pause_ms: PAUSE_MS });

		if (own !== undefined)
			await settled(own);
		return done;
	});
}

/* One that says something: a machine on which no run ends in the window, as
 * each waits for others, has a longer one. */
async function
one_telling_turn(row, options)
{
	let { window_ms = 0 } = options;

	for (;;) {
		const turn = await one_turn(row, { ...options, window_ms });

		if (turn.ok_ms !== null || turn.wrong + turn.broken > 0 ||
		    window_ms === 0 || window_ms >= WINDOW_MAX_MS)
			return turn;
		window_ms = Math.min(2 * window_ms, WINDOW_MAX_MS);
	}
}

function
rate({ window_ok, window_seconds })
{
	return window_ok / window_seconds;
}

/* All CPU time is charged to what ran, also that of refusals. */
function
summary(row, turns)
{
	const of = (value) => median(turns.map(value));
	const sum = (value) => turns.reduce((all, t) => all + value(t), 0);
	const runs = sum((t) => t.ok);

	return {
		clients: row.clients,
		runs,
		refused: sum((t) => t.refused),
		errors: sum((t) => t.wrong + t.broken),
		runs_a_second: of(rate),
		rates: turns.map(rate),
		p50: of((t) => t.ok_ms?.p50 ?? Infinity),
		p95: of((t) => t.ok_ms?.p95 ?? Infinity),
		p99: of((t) => t.ok_ms?.p99 ?? Infinity),
		cpu_ms: known(sum((t) => t.cpu_ms) / runs),
		own_cpu_ms: sum((t) => t.own_cpu_ms) / runs,
		background_cores: of((t) => t.background_cores),
		histogram: turns.at(-1).ok_ms?.histogram ?? [],
	};
}

/* rows: [{ name, driver, own, clients }], in turns. { name: [summary] }. */
async function
measure_throughput(rows, options)
{
	const turns = rows.map(() => []);
	const result = {};

	for (let turn = 0; turn < options.turns; turn++) {
		for (const [i, row] of rows.entries())
			turns[i].push(await one_telling_turn(row, options));
	}
	for (const [i, row] of rows.entries()) {
		result[row.name] ??= [];
		result[row.name].push(summary(row, turns[i]));
	}
	return result;
}

/* So many requests at once into a full pool. */
async function
measure_burst(own, driver, sizes)
{
	const bursts = [];

	for (const clients of sizes) {
		await settled(own);
		const done = await driver.order({ clients, requests: clients });

		bursts.push({ clients, ok: done.ok, refused: done.refused,
			errors: done.wrong + done.broken,
			p50: done.ok_ms?.p50 ?? Infinity,
			max: done.ok_ms?.max ?? Infinity,
			seconds: done.seconds });
	}
	return bursts;
}

/* What is refused while every slot and every place in the queue is taken by
 * programs that sleep: for so long. Nothing, if that was too short. */
async function
refusals_within(own, sleepers, driver, { held_ms, window_ms })
{
	const { running, queue } = own.settings.pool;
	const places = Number(running) + Number(queue);

	await settled(own);
	let over = false;
	const full = sleepers.order({ clients: places, window_ms: held_ms,
		pause_ms: 50, cut: 1 }).finally(() => over = true);
	/* The first of them is refused when all places are taken. */
	let first = { refused: 0 };

	while (first.refused === 0 && !over)
		first = await driver.order({ clients: 1, requests: 1, cut: 1,
			window_ms: 200 });
	/* What is started instead of those that were taken is another's cost. */
	await refilled(own);
	const done = await cpu_of(() => driver.order({ clients: 8, window_ms,
		keep: 1, cut: 1 }));

	await full;
	await settled(own);
	return done;
}

async function
measure_refusals(own, sleepers, driver, window_ms)
{
	let done = { refused: 0 };
	let errors = 0;

	/* A slow machine takes long to fill all places, and the pool again. */
	for (let held_ms = HELD_MS; done.refused === 0 && held_ms <= HELD_MAX_MS;
		held_ms *= 2) {
		done = await refusals_within(own, sleepers, driver,
		    { held_ms, window_ms });
		errors += done.wrong + done.broken;
	}
	return { refused: done.refused, not_refused: done.ok,
		errors, clients: 8,
		refusals_a_second: done.refused / done.seconds,
		p50: done.refused_ms?.p50 ?? Infinity,
		p99: done.refused_ms?.p99 ?? Infinity,
		cpu_ms: known(done.cpu_ms / done.refused) };
}

export { measure_throughput, measure_burst, measure_refusals };
