/* SPDX-License-Identifier: MIT */
/* Waiting for events, never for luck. */
import { setTimeout as delay } from 'node:timers/promises';

/*
 * How many times slower than plan.txt's machine this one is, or seems beside
 * what else it does: the runner measured it when this file began. Never below
 * 1, and in quarters, so that seconds times it are whole milliseconds. For
 * guards, which end what stands still, and for how long a program has to last;
 * what is asserted of time is compared with a time of the same test.
 */
const SLOWNESS = Math.max(1,
    Math.ceil(Number(process.env.SCE_SLOWNESS || 1) * 4) / 4);
const EVENT_DEADLINE_MS = 60000 * SLOWNESS;
const PROBE_EVERY_MS = 25;

/*
 * Calls probe until it answers something true, and answers that. An error of
 * the probe is "not yet". After the deadline it throws, with what it saw last.
 */
async function
wait_for(what, probe, deadline_ms = EVENT_DEADLINE_MS)
{
	const deadline = performance.now() + deadline_ms;
	let last = 'nothing';

	for (;;) {
		try {
			const value = await probe();

			if (value)
				return value;
			last = value;
		} catch (error) {
			last = error;
		}
		if (performance.now() > deadline) {
			throw new Error(`no ${what} in ${deadline_ms} ms, ` +
			    `last seen: ${last}`);
		}
		await delay(PROBE_EVERY_MS);
	}
}

export { SLOWNESS, wait_for };
