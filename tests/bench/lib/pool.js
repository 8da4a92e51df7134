/* SPDX-License-Identifier: MIT */
/* The pool as sced's numbers tell it: /healthz might make a run of its own. */
import { request } from '../../integration/lib/http.js';
import { SLOWNESS, wait_for } from '../../integration/lib/wait.js';

const SETTLED_DEADLINE_MS = 120000 * SLOWNESS;

async function
numbers(own)
{
	const { text } = await request({ base: own.base, method: 'GET',
		path: '/metrics' });
	const value = (name) => {
		const at = text.indexOf(`\n${name} `);

		return Number(text.slice(at + name.length + 2).split('\n')[0]);
	};

	return { ready: value('sce_slots{state="ready"}'),
		starting: value('sce_slots{state="starting"}'),
		leased: value('sce_slots{state="leased"}'),
		dead: value('sce_slots{state="dead"}'),
		queued: value('sce_queue_length') };
}

/* As many wait as are to, no start is under way, and the rest is as it is asked
 * to be. */
async function
full_pool(own, what, rest, deadline_ms)
{
	const size = Number(own.settings.pool.ready);

	return wait_for(what, async () => {
		const now = await numbers(own);

		return now.ready >= size && now.starting === 0 && rest(now) &&
		    now;
	}, deadline_ms);
}

/* Nothing runs, waits or ends either. */
function
settled(own, deadline_ms = SETTLED_DEADLINE_MS)
{
	return full_pool(own, 'settled pool', ({ leased, dead, queued }) =>
		leased === 0 && dead === 0 && queued === 0, deadline_ms);
}

/* Whatever runs or waits. */
function
refilled(own, deadline_ms = SETTLED_DEADLINE_MS)
{
	return full_pool(own, 'full pool', () => true, deadline_ms);
}

export { numbers, refilled, settled };
