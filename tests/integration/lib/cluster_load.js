/* SPDX-License-Identifier: MIT */
/*
 * A client of the cluster, in a network namespace of its own:
 *   node cluster_load.js URL LANES [COUNT [GET PATH]]
 *   node cluster_load.js URL asked
 * Sends programs, LANES at once, until COUNT were sent or standard input
 * ends; or asks for a path; or does each line of standard input, POST or
 * GET PATH, one after the other. Each program is another one, and prints its own
 * token. One JSON object a line: { token, code, status, body, id }, or { token, code, failure }.
 */
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';

import { post_run, request } from './http.js';

const [base, lanes, count = Infinity, method = 'POST', path] =
    process.argv.slice(2);
let left = Number(count);

async function
send_one(how, where)
{
	const token = randomUUID();
	const code = `import time\ntime.sleep(0.2)\nprint("${token}")`;
	let seen;

	try {
		const options = { base, method: how, path: where, headers: {
			'Content-Type': 'application/json',
			'X-Request-Id': token,
			'X-Forwarded-For': '203.0.113.66',
		} };
		const answer = how === 'POST' ?
		    await post_run({ code }, options) : await request(options);

		seen = { status: answer.status, body: answer.text,
			id: answer.headers['x-request-id'] };
	} catch (error) {
		seen = { failure: String(error) };
	}
	console.log(JSON.stringify({ token, code, ...seen }));
}

async function
lane()
{
	while (left-- > 0)
		await send_one(method, path);
}

async function
do_as_asked()
{
	for await (const line of createInterface({ input: process.stdin }))
		await send_one(...line.split(' '));
}

async function
do_in_lanes()
{
	process.stdin.on('end', () => {
		left = 0;
	});
	process.stdin.resume();
	await Promise.all(Array.from({ length: Number(lanes) }, lane));
}

await (lanes === 'asked' ? do_as_asked() : do_in_lanes());
process.exit(0);
