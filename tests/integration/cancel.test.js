/* SPDX-License-Identifier: MIT */
/*
 * A client that goes away frees its sandbox, wherever its request is by then.
 * Most of these speak FastCGI themselves: closing that connection is what
 * nginx does when it notices.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { docker_get } from './lib/docker.js';
import { FastCgiRun } from './lib/fastcgi.js';
import { ScedLog, leased_guest, nothing_left, settled } from
    './lib/fault_instance.js';
import { health, run, start_run } from './lib/http.js';
import { start_instance } from './lib/instance.js';
import { alive, open_descriptors } from './lib/proc.js';
import { median, percentile, sorted } from './lib/stats.js';
import { SLOWNESS, wait_for } from './lib/wait.js';

const READY = 2;
const RUNNING = 2;
const CANCELS = 10;
const CANCELS_IN_A_ROW = 20;
const CANCELS_AT_THE_ANSWER = 20;
/* After the end of the connection, until the program is gone. */
const FREED_MS = 100;
/* What a machine is allowed that takes long for a round trip, too. */
const FREED_ROUND_TRIPS = 10;
/* sced's patience with a guest, after which it is killed. */
const SHUTDOWN_MS = 500;
const UNTIL_DEADLINE_MS = 30000 * SLOWNESS;
const LOOK_EVERY_MS = 1;
const ENDLESS = { code: 'import time\nwhile True: time.sleep(1)',
	timeout: 60 };

let own = null;
let log = null;
let usual = null; /* what the instance has when it is idle */
/* Names of guests that ended late, and no later than the machine explains. */
let late = [];

before(async () => {
	own = await start_instance('cancel', {
		pool: { ready: READY, ready_max: READY, running: RUNNING,
			queue: 4 },
		limits: { timeout_max: '60s' },
	});
	log = new ScedLog(own);
	usual = await settled(own);
});

after(async () => {
	log?.close();
	if (own !== null)
		assert.deepEqual(await own.stop(), []);
});

/* It begins with an idle instance, and leaves just that. */
function
cancel_test(what, action)
{
	test(what, async (t) => {
		await own.idle();
		log.mark();
		late = [];
		await action(t);
		await nothing_left(own, usual);
		const killed = log.lines(/event=(sandbox-lingers|lease-)/);

		assert.deepEqual(killed.filter((line) => !late.some((name) =>
			/event=sandbox-lingers/.test(line) &&
			line.endsWith(` name=${name}`))),
		[], 'it had to be killed');
	});
}

function
counts(running, queued = 0)
{
	return wait_for(`${running} runs, ${queued} waiting`, async () => {
		const now = await health(own.base);

		return now.running === running && now.queued === queued;
	});
}

function
start_fastcgi(body)
{
	const call = new FastCgiRun(own.run_dir);

	call.send(body);
	return call;
}

/* The same through nginx, by a client of TCP that closes its connection. */
function
start_tcp(body)
{
	const { hostname, port } = new URL(own.base);
	const text = JSON.stringify(body);
	const socket = net.connect({ host: hostname, port });

	socket.on('error', () => undefined);
	socket.write('POST /run HTTP/1.1\r\nHost: x\r\n' +
	    'Content-Type: application/json\r\n' +
	    `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
	return { hang_up: () => socket.destroy() };
}

/* Milliseconds; a timer of this process is not exact either. */
async function
until(event, what)
{
	const begin = performance.now();

	while (!event()) {
		assert.ok(performance.now() - begin < UNTIL_DEADLINE_MS,
		    `no ${what}`);
		await delay(LOOK_EVERY_MS);
	}
	return performance.now() - begin;
}

/* What there is of the sandbox of the only run. */
async function
sandbox_of_the_run()
{
	const guest = await leased_guest(own);

	return {
		...guest,
		dir: path.join(own.run_dir, 'slots',
		    guest.name.replace(/^sce-/, '')),
	};
}

/* One run that is left alone: how long its processes and its folder stay. */
async function
cancel_once(start)
{
	const call = start(ENDLESS);

	await counts(1);
	const box = await sandbox_of_the_run();

	assert.ok(fs.existsSync(box.dir), box.dir);
	const trip_ms = await round_trip();

	call.hang_up();
	const guest_ms = await until(() => !alive(box.pid), 'end of the guest');
	const slot_ms = guest_ms + await until(() => !fs.existsSync(box.dir),
	    'end of the slot directory');

	if (guest_ms > SHUTDOWN_MS && guest_ms <= FREED_ROUND_TRIPS * trip_ms)
		late.push(box.name);
	await counts(0);
	await wait_for('removal by Docker', async () =>
		await docker_get(`/containers/${box.name}/json`) === null);
	return { guest_ms, slot_ms, trip_ms };
}

async function
round_trip()
{
	const begin = performance.now();

	await health(own.base);
	return performance.now() - begin;
}

async function
cancel_and_measure(t, start)
{
	const cancels = [];

	for (let i = 0; i < CANCELS; i++) {
		await own.idle();
		cancels.push(await cancel_once(start));
	}
	const guest_ms = median(cancels.map((c) => c.guest_ms));
	const slot_ms = median(cancels.map((c) => c.slot_ms));
	const trip_ms = median(cancels.map((c) => c.trip_ms));
	const most = percentile(sorted(cancels.map((c) => c.guest_ms)), 1);

	t.diagnostic(`guest gone after ${guest_ms.toFixed(1)} ms (at most ` +
	    `${most.toFixed(1)}), slot free after ${slot_ms.toFixed(1)} ms, ` +
	    `a round trip is ${trip_ms.toFixed(1)} ms`);
	for (const ms of [guest_ms, slot_ms]) {
		assert.ok(ms <= Math.max(FREED_MS,
		    FREED_ROUND_TRIPS * trip_ms), `${ms} ms`);
	}
}

cancel_test('in mid-run: the sandbox is gone in no time', (t) =>
	cancel_and_measure(t, start_fastcgi));

cancel_test('in mid-run, through nginx', (t) =>
	cancel_and_measure(t, start_tcp));

cancel_test('in the queue: nobody is served in vain', async () => {
	const runs = [start_fastcgi(ENDLESS), start_fastcgi(ENDLESS)];

	await counts(RUNNING);
	const before = own.containers();
	const waiters = [start_fastcgi(ENDLESS), start_tcp(ENDLESS)];

	await counts(RUNNING, waiters.length);
	for (const waiter of waiters)
		waiter.hang_up();
	await counts(RUNNING, 0);
	/* No sandbox was taken for them. */
	for (const id of before)
		assert.ok(own.containers().includes(id), id);
	for (const call of runs)
		call.hang_up();
	await counts(0);
});

/* Who serves somebody has one descriptor more than the others. */
function
busy_responders()
{
	const open = own.responders().map(open_descriptors);
	const least = Math.min(...open);

	return open.filter((count) => count > least).length;
}

cancel_test('during the upload: the responder is free again', async () => {
	const body = Buffer.from('{"code": "print(1)');
	const calls = Array.from({ length: 3 }, () =>
		new FastCgiRun(own.run_dir));

	calls[0].socket.write(Buffer.alloc(4)); /* half a record */
	calls[1].send_part(1000, Buffer.alloc(0));
	calls[2].send_part(1000, body);
	await wait_for('3 busy responders', () => busy_responders() === 3);
	for (const call of calls)
		call.hang_up();
	await wait_for('no busy responder', () => busy_responders() === 0);
	assert.equal(log.lines(/event=responder-/).length, 0);
});

cancel_test('during the upload, through nginx', async () => {
	const { hostname, port } = new URL(own.base);
	const entries = own.log_entries().length;
	const socket = net.connect({ host: hostname, port });
	const id = `upload-${process.pid}-${Date.now()}`;
	const access = path.join(own.run_dir, 'logs/nginx-access.log');

	socket.on('error', () => undefined);
	socket.write('POST /run HTTP/1.1\r\nHost: x\r\n' +
	    `X-Request-Id: ${id}\r\nContent-Type: application/json\r\n` +
	    'Content-Length: 1000\r\n\r\n{"code": "print(1)"');
	await new Promise((resolve) => socket.end(resolve));
	await wait_for('its end in the log', () =>
		fs.readFileSync(access, 'utf8').includes(id));
	assert.equal(own.log_entries().length, entries, 'it ran');
});

/* Closed at the first byte of the answer, and at moments around it. */
cancel_test('at the moment of the answer', async (t) => {
	const hello = { code: "print('hi')" };
	const times = [];

	for (let i = 0; i < 3; i++) {
		await own.idle();
		const begin = performance.now();
		const { status, json } = await start_fastcgi(hello).answer();

		times.push(performance.now() - begin);
		assert.deepEqual([status, json], [200, { output: 'hi' }]);
	}
	let answered = 0;

	for (let i = 0; i < CANCELS_AT_THE_ANSWER; i++) {
		await wait_for('waiting sandbox', async () =>
			(await health(own.base)).ready > 0);
		const call = start_fastcgi(hello);
		const first = new Promise((resolve) =>
			call.socket.once('data', resolve));

		await Promise.race([first, i % 4 === 0 ? first :
			delay(2 * median(times) * i / CANCELS_AT_THE_ANSWER)]);
		answered += call.bytes.length > 0;
		call.hang_up();
		await call.closed;
	}
	t.diagnostic(`an answer takes ${median(times).toFixed(1)} ms, ` +
	    `${answered} of ${CANCELS_AT_THE_ANSWER} had begun`);
	assert.ok(answered > 0 && answered < CANCELS_AT_THE_ANSWER);
	await counts(0);
	assert.deepEqual(await run("print('hi')", {}, own), { output: 'hi' });
});

cancel_test(`${CANCELS_IN_A_ROW} in a row leave what was before`, async () => {
	const responders = own.responders().sort();

	for (let i = 0; i < CANCELS_IN_A_ROW; i++) {
		const call = i % 2 === 0 ? start_fastcgi(ENDLESS) :
		    start_run(ENDLESS.code, { timeout: ENDLESS.timeout }, own);

		await counts(1);
		call.hang_up();
		await counts(0);
	}
	assert.deepEqual(own.responders().sort(), responders);
});
