/* SPDX-License-Identifier: MIT */
/* A run by way of a port. */
import { SLOWNESS } from '../../integration/lib/wait.js';

const ANSWER_DEADLINE_MS = 120000 * SLOWNESS;

async function
post_run(port, code, members = {})
{
	const answer = await fetch(`http://127.0.0.1:${port}/run`, {
		method: 'POST',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ code, ...members }),
		signal: AbortSignal.timeout(ANSWER_DEADLINE_MS),
	});

	return { status: answer.status, body: await answer.json() };
}

export { post_run };
