/* SPDX-License-Identifier: MIT */
/* A run by way of a port. */
const ANSWER_DEADLINE_MS = 60000;

async function
post_run(port, code)
{
	const answer = await fetch(`http://127.0.0.1:${port}/run`, {
		method: 'POST',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ code }),
		signal: AbortSignal.timeout(ANSWER_DEADLINE_MS),
	});

	return { status: answer.status, body: await answer.json() };
}

export { post_run };
