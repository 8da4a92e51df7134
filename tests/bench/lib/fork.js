/* SPDX-License-Identifier: MIT */
/* The same for isolation = fork, where sced knows it. */
import { start_instance } from '../../integration/lib/instance.js';
import { http_driver } from './driver.js';
import { measure_latency } from './latency.js';
import { HI, IMPORTS, MODULES } from './programs.js';
import { measure_throughput } from './throughput.js';

/* The section that has the key; undefined: this sced does not know it. */
function
section_of(settings, key)
{
	return Object.keys(settings).find((name) => key in settings[name]);
}

async function
with_instance(settings, values, work)
{
	const sections = {};

	for (const [key, value] of Object.entries(values)) {
		const section = section_of(settings, key);

		sections[section] = { ...sections[section], [key]: value };
	}
	const own = await start_instance('fork', sections);

	own.settings = own.config();
	try {
		await work(own);
	} finally {
		await own.stop();
	}
}

/* The latencies under these names, and the drivers. */
async function
both_programs(own, dir, rounds, prefix, result)
{
	const drivers = [HI, IMPORTS].map((program) =>
		http_driver(own.port, dir, program));

	Object.assign(result.latency, await measure_latency([
		{ name: `${prefix}_hi`, driver: drivers[0], own },
		{ name: `${prefix}_imports`, driver: drivers[1], own },
	], rounds));
	return drivers;
}

/* Adds to the result what there is. settings: sced's own. */
async function
measure_fork(settings, plan, dir, result)
{
	if (section_of(settings, 'isolation') === undefined) {
		result.left_out.push(
		    'isolation = fork: this sced does not know it');
		return;
	}
	const { requests } = plan.loop;
	/* So many take no time here. */
	const loop = { ...plan.loop, requests: requests && 10 * requests };

	console.log('measuring: isolation = fork');
	await with_instance(settings, { isolation: 'fork' }, async (own) => {
		const drivers = await both_programs(own, dir, plan.rounds,
		    'fork', result);

		Object.assign(result.throughput, await measure_throughput(
		    plan.clients.map((clients) => ({ name: 'fork', own,
			driver: drivers[0], clients })), loop));
		drivers.forEach((driver) => driver.stop());
	});
	if (section_of(settings, 'preload') === undefined)
		return;
	await with_instance(settings, { isolation: 'fork',
		preload: MODULES.join(', ') }, async (own) => {
		const drivers = await both_programs(own, dir, plan.rounds,
		    'preload', result);

		drivers.forEach((driver) => driver.stop());
	});
}

export { measure_fork };
