/* SPDX-License-Identifier: MIT */
/*
 * What clients do. Each act has one request; it returns what became of it,
 * 'answered', 'refused' or 'cancelled', or throws what was wrong with it.
 */
import assert from 'node:assert/strict';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { request } from '../integration/lib/http.js';
import { MALFORMED } from './malformed.js';
import { PROGRAMS } from './programs.js';

const BUSY = [
	'All sandboxes are busy and the queue is full: try again in a few ' +
	    'seconds',
	'No sandbox became free in time: try again in a few seconds',
];
const TIMING = /^queue;dur=\d+\.\d{3}, run;dur=\d+\.\d{3}$/;
const RETRY_AFTER_MAX_S = 60;
/* With the rest of the body almost 256 KiB. */
const STDIN_BYTES = 250000;
const HANG_UP_LATE_MS = 1500;
const HANG_UP_EARLY_MS = 30;

/* Refused for the load alone; anything else that is refused is wrong. */
function
is_refused(answer)
{
	if (answer.status !== 503 && answer.status !== 429)
		return false;
	const retry_s = Number(answer.headers['retry-after']);

	assert.deepEqual(Object.keys(answer.json), ['error']);
	if (answer.status === 503)
		assert.ok(BUSY.includes(answer.json.error), answer.text);
	assert.match(answer.headers['content-type'], /^application\/json/);
	assert.ok(Number.isInteger(retry_s) && retry_s >= 1 &&
	    retry_s <= RETRY_AFTER_MAX_S, answer.headers['retry-after']);
	return true;
}

/* The answer to a program, to the letter. */
function
check_run(answer, expected, id)
{
	assert.equal(answer.headers['x-request-id'], id);
	if (is_refused(answer))
		return 'refused';
	assert.equal(answer.status, 200, answer.text);
	assert.deepEqual(answer.json, expected);
	assert.match(answer.headers['server-timing'], TIMING);
	return 'answered';
}

function
run_request(context, body, onSocket = undefined)
{
	return request({
		base: context.base,
		from: context.from,
		headers: { 'Content-Type': 'application/json',
			'X-Request-Id': context.id },
		body: JSON.stringify(body),
		onSocket,
	});
}

async function
run_program(context, make)
{
	const [body, expected] = make(context.id, context.random);

	return check_run(await run_request(context, body), expected,
	    context.id);
}

/* Leaves after a while, unless it has been answered by then. */
async function
hang_up_after(context, ms, body, expected)
{
	let call = null;
	let left = false;
	const timer = new AbortController();
	const done = run_request(context, body, (c) => {
		call = c;
	});
	const answered = done.then((answer) => {
		timer.abort();
		return check_run(answer, expected, context.id);
	}, (error) => {
		timer.abort();
		if (!left)
			throw error;
		return 'cancelled';
	});

	answered.catch(() => undefined); /* told below */
	await delay(ms, null, { signal: timer.signal }).catch(() => undefined);
	left = true;
	call.destroy();
	return answered;
}

/* In mid-run, or in the queue, whatever it has come to. */
function
hang_up_late(context)
{
	return hang_up_after(context, context.random(HANG_UP_LATE_MS), {
		code: `# ${context.id}\nimport time\ntime.sleep(60)`,
		timeout: 10,
	}, { error: 'never' });
}

/* Before it runs, while it does, or when it is answered. */
function
hang_up_early(context)
{
	return hang_up_after(context, context.random(HANG_UP_EARLY_MS),
	    { code: `print('${context.id}')`, timeout: 10 },
	    { output: context.id });
}

/* Part of a head, or part of a body: nobody may answer that. */
async function
hang_up_in_the_request(context)
{
	const { hostname, port } = new URL(context.base);
	const text = 'POST /run HTTP/1.1\r\nHost: x\r\n' +
	    `X-Request-Id: ${context.id}\r\n` +
	    'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n' +
	    '{"code": "print(1)';
	const socket = net.connect({ host: hostname, port,
		localAddress: context.from });
	let bytes = '';

	socket.on('data', (chunk) => {
		bytes += chunk;
	});
	const closed = new Promise((resolve, reject) => {
		socket.on('close', resolve);
		socket.on('error', reject);
	});

	socket.write(text.slice(0, 1 + context.random(text.length)));
	await delay(context.random(HANG_UP_EARLY_MS));
	socket.destroy();
	await closed;
	assert.equal(bytes, '');
	return 'cancelled';
}

async function
send_malformed(context, malformed)
{
	const answer = await request({ base: context.base, from: context.from,
		...malformed.request });

	assert.equal(answer.status, malformed.status, answer.text);
	assert.deepEqual(answer.json, { error: malformed.sentence });
	assert.match(answer.headers['content-type'], /^application\/json/);
	assert.equal(answer.headers.allow, malformed.allow);
	return 'answered';
}

async function
ask_for_health(context)
{
	const { status, json, text } = await request({ base: context.base,
		from: context.from, method: 'GET', path: '/healthz' });

	assert.equal(status, 200, text);
	assert.deepEqual(Object.keys(json),
	    ['status', 'ready', 'running', 'queued']);
	assert.ok(['ok', 'busy'].includes(json.status), text);
	for (const [name, most] of Object.entries(context.most)) {
		assert.ok(Number.isInteger(json[name]) && json[name] >= 0 &&
		    json[name] <= most, text);
	}
	return 'answered';
}

/* { name, weight, runs: is it a program, act } */
const ACTS = [
	...PROGRAMS.map(({ name, weight, make }) => ({
		name, weight, runs: true,
		act: (context) => run_program(context, make),
	})),
	...MALFORMED.map((malformed) => ({
		name: malformed.name, weight: 1, runs: false,
		act: (context) => send_malformed(context, malformed),
	})),
	{ name: 'hangs up late', weight: 4, runs: false, act: hang_up_late },
	{ name: 'hangs up early', weight: 4, runs: false, act: hang_up_early },
	{ name: 'hangs up in the request', weight: 2, runs: false,
		act: hang_up_in_the_request },
	{ name: 'asks for health', weight: 3, runs: false,
		act: ask_for_health },
];

/* A burst is more than there is room for, of these. */
const BURST = {
	name: 'a burst', runs: true,
	act: (context) => run_program(context, (word) => [{
		code: `import time\ntime.sleep(0.2)\nprint('${word}')`,
		timeout: 10,
	}, { output: word }]),
};
/* As much of everything as a responder may have to keep. */
const LARGEST = {
	name: 'the largest', runs: true,
	act: (context) => run_program(context, (word) => [{
		code: `# ${word}\nimport sys, time\n` +
		    "sys.stdout.write('o' * 65536)\n" +
		    "sys.stderr.write('e' * 65536)\n",
		stdin: 'x'.repeat(STDIN_BYTES),
		timeout: 10,
	}, { output: 'o'.repeat(65536), stderr: 'e'.repeat(65536) }]),
};
const BURST_LEAVES = { name: 'hangs up in a burst', runs: false,
	act: hang_up_late };

export { ACTS, BURST, BURST_LEAVES, LARGEST };
