/* SPDX-License-Identifier: MIT */
/* One client, one request at a time, nothing else going on. What is compared
 * takes turns, so that whatever else the machine does meets all alike. */
import { percentile, sorted } from '../../integration/lib/stats.js';
import { settled } from './pool.js';

function
summary(times)
{
	const all = sorted(times);

	return { runs: all.length, p50: percentile(all, 0.5),
		p95: percentile(all, 0.95), p99: percentile(all, 0.99),
		max: all.at(-1) };
}

/*
 * rows: [{ name, driver, own, every }]; own: the service whose pool has to be
 * full first; every: it is dear, so only in every so many rounds. Answers
 * { name: { runs, p50, p95, p99, max } }, in milliseconds.
 */
async function
measure_latency(rows, rounds, { warm = true } = {})
{
	const times = rows.map(() => []);

	for (let round = warm ? -1 : 0; round < rounds; round++) {
		for (const [i, { driver, own, every = 1 }] of rows.entries()) {
			if (round > 0 && round % every !== 0)
				continue;
			if (own !== undefined)
				await settled(own);
			const took = await driver.once();

			/* The first of all is cold. */
			if (round >= 0)
				times[i].push(took);
		}
	}
	return Object.fromEntries(rows.map(({ name }, i) =>
		[name, summary(times[i])]));
}

export { measure_latency };
