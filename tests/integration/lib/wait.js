/* SPDX-License-Identifier: MIT */
/* Waiting for events, never for luck. */
import { setTimeout as delay } from 'node:timers/promises';

const EVENT_DEADLINE_MS = 30000;
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

export { wait_for };
