/* SPDX-License-Identifier: MIT */
/* The pool as sced's numbers tell it: /healthz might make a run of its own. */
import { request } from '../../integration/lib/http.js';
import { wait_for } from '../../integration/lib/wait.js';

const SETTLED_DEADLINE_MS = 120000;

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

/* Nothing runs, waits, starts or ends, and the pool is full. */
async function
settled(own, deadline_ms = SETTLED_DEADLINE_MS)
{
	const size = Number(own.settings.pool.ready);

	return wait_for('settled pool', async () => {
		const now = await numbers(own);

		return now.ready >= size && now.starting === 0 &&
		    now.leased === 0 && now.dead === 0 && now.queued === 0 &&
		    now;
	}, deadline_ms);
}

/* Whatever runs or waits, no start is under way and none is due. */
async function
refilled(own, deadline_ms = SETTLED_DEADLINE_MS)
{
	const size = Number(own.settings.pool.ready);

	return wait_for('full pool', async () => {
		const now = await numbers(own);

		return now.ready >= size && now.starting === 0 && now;
	}, deadline_ms);
}

export { numbers, refilled, settled };
