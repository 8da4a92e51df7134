/* SPDX-License-Identifier: MIT */
/* How cost grows with the size of output and code, and a pool of many. */
import { docker } from '../../integration/lib/docker.js';
import { start_instance } from '../../integration/lib/instance.js';
import { of_uids } from '../../integration/lib/proc.js';
import { SLOWNESS } from '../../integration/lib/wait.js';
import { http_driver } from './driver.js';
import { measure_latency } from './latency.js';
import { settled } from './pool.js';
import { as_long_as, OUTPUT_CAP, writing } from './programs.js';

const OUTPUT_SIZES = [1, OUTPUT_CAP / 4, OUTPUT_CAP / 2, OUTPUT_CAP,
	16 * OUTPUT_CAP];
const CODE_SIZES = [20, 1250, 2500, 5000];
const SLOTS_DEADLINE_MS = 300000 * SLOWNESS;
/* More than the slots of any instance here. */
const UIDS = 900;

/* [{ size, p50, ... }] of each kind. */
async function
measure_sizes(own, dir, rounds)
{
	const kinds = { output_bytes: [OUTPUT_SIZES, writing],
		code_characters: [CODE_SIZES, as_long_as] };
	const rows = Object.entries(kinds).flatMap(([kind, [sizes, make]]) =>
		sizes.map((size) => ({ name: `${kind} ${size}`, own,
			driver: http_driver(own.port, dir, make(size)) })));
	const times = await measure_latency(rows, rounds, { warm: false });

	for (const { driver } of rows)
		driver.stop();
	return Object.fromEntries(Object.entries(kinds).map(
	    ([kind, [sizes]]) => [kind, sizes.map((size) =>
		({ size, ...times[`${kind} ${size}`] }))]));
}

/* So many waiting sandboxes: how long until all wait, until all are gone, and
 * what is left then. */
async function
measure_slots(count)
{
	const begin = performance.now();
	const own = await start_instance('slots', {
		pool: { ready: count },
	});

	own.settings = own.config();
	const uid_base = Number(own.settings.docker.uid_base);
	const { ready } = await settled(own, SLOTS_DEADLINE_MS);
	const up = performance.now();
	await own.stop();
	const down = performance.now();

	return { slots: count, ready, start_seconds: (up - begin) / 1000,
		stop_seconds: (down - up) / 1000,
		containers_left: docker('ps', '-aq', '--filter',
		    `label=sce.instance=${own.run_dir}`).split('\n')
		    .filter((id) => id !== '').length,
		processes_left: of_uids(uid_base, UIDS).length };
}

export { measure_sizes, measure_slots };
