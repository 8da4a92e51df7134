/* SPDX-License-Identifier: MIT */
/*
 * Who dials a sandbox's socket, and how often; and responders that have not
 * one descriptor left.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { FakeDocker } from './lib/fault_docker.js';
import {
	ScedLog, cpu_ms, nothing_left, settled,
} from './lib/fault_instance.js';
import { run, start_run } from './lib/http.js';
import { start_instance } from './lib/instance.js';
import { alive, lowest_free_descriptor } from './lib/proc.js';
import { wait_for } from './lib/wait.js';

const READY = 2;
const RESPONDER_OPEN_FILES = 32;
const QUIET_SHARE = 0.1;
const QUIET_SPAN_MS = 1000;

let own = null;
let fake = null;
let log = null;
let usual = null;

before(async () => {
	fake = new FakeDocker();
	own = await start_instance('faults-dial', {
		docker: { docker_cli: fake.path },
		pool: {
			ready: READY, ready_max: READY, running: 2, queue: 2,
			sweep_interval: '1h',
		},
	});
	log = new ScedLog(own);
	usual = await settled(own);
});

after(async () => {
	fake?.heal();
	log?.close();
	if (own !== null)
		await own.stop();
	fake?.remove();
});

/* --- who dials ------------------------------------------------------------ */

/* The first connection is kept open without a word. If a second one were kept
 * too, the program would stay, and the start run into its deadline. */
const DIALS_TWICE = `
import socket, time
def dial():
    s = socket.socket(socket.AF_UNIX)
    s.connect("/run/sce/s")
    return s
first = dial()
try:
    second = dial()
    second.settimeout(60)
    if second.recv(1) == b"":
        raise ConnectionResetError
    time.sleep(60)
except (ConnectionError, FileNotFoundError):
    pass
`;

test('a container that dials twice is heard once', async () => {
	await own.idle();
	log.mark();
	fake.set('run.program', DIALS_TWICE);
	assert.deepEqual(await run('print(1)', {}, own), { output: '1' });
	await log.wait(
	    /start-failed .*reason="the guest hung up before it was ready"$/);
	assert.deepEqual(log.lines(/did not get ready in time/), []);
	fake.heal();
	await nothing_left(own, usual);
});

/* Those of sandboxes and of their holders. */
function
slots()
{
	return ['slots', 'nets'].flatMap((kind) =>
		fs.readdirSync(path.join(own.run_dir, kind))
		    .map((name) => path.join(kind, name)));
}

/* How a connection ends: 'end', or the error's code. */
async function
end_of_dial(file)
{
	const socket = net.connect(file);

	socket.resume();
	try {
		await once(socket, 'end');
		return 'end';
	} catch (error) {
		return error.code;
	} finally {
		socket.destroy();
	}
}

test('the host dials three times before the guest can', async () => {
	await own.idle();
	log.mark();
	const old = slots();

	fake.hang('run');
	assert.deepEqual(await run('print(1)', {}, own), { output: '1' });
	const fresh = await wait_for('a new slot', () =>
		slots().find((name) => !old.includes(name)));
	const file = path.join(own.run_dir, fresh, 's');

	await wait_for('its socket', () => fs.statSync(file).isSocket());
	const ends = await Promise.all([1, 2, 3].map(() => end_of_dial(file)));

	for (const how of ends)
		assert.match(how, /^(end|ECONNRESET|ECONNREFUSED|ENOENT|EAGAIN|EPIPE)$/);
	await log.wait(/start-failed .*reason="dialled by a foreign uid"$/);
	assert.ok(!fs.existsSync(file));
	fake.heal();
	await nothing_left(own, usual);
	assert.deepEqual(await run('print(1)', {}, own), { output: '1' });
});

/* --- responders without descriptors --------------------------------------- */

/* As the responder itself: root may lack the capability for others' limits. */
function
set_limit(pid, limit)
{
	const id = Number(own.config().service.responder_uid);

	execFileSync('/usr/bin/prlimit',
	    [`--pid=${pid}`, `--nofile=${limit}:`],
	    { uid: id, gid: id, cwd: '/' });
}

/* Whoever ends meanwhile needs none. */
function
raise_limit(pid)
{
	try {
		set_limit(pid, RESPONDER_OPEN_FILES);
	} catch (error) {
		if (alive(pid))
			throw error;
	}
}

test('responders that can accept nothing: who waits is answered', async () => {
	await own.idle();
	const all = own.responders();

	log.mark();
	for (const pid of all)
		set_limit(pid, lowest_free_descriptor(pid));
	const call = start_run('print("waited")', {}, own);
	const used = () => all.reduce((sum, pid) => sum + cpu_ms(pid), 0);

	await log.wait(/accept-failed reason="Too many open files"$/);
	const begin = performance.now();
	const before = used();

	await wait_for('a span that tells', () =>
		performance.now() - begin > QUIET_SPAN_MS);
	const share = (used() - before) / (performance.now() - begin);

	for (const pid of all)
		set_limit(pid, RESPONDER_OPEN_FILES);
	assert.deepEqual((await call.done).json, { output: 'waited' });
	assert.ok(share < QUIET_SHARE, `they took ${share} of a core`);
	assert.deepEqual(own.responders(), all);
	await nothing_left(own, usual);
});

test('responders that can take no sandbox end with an answer', async () => {
	await own.idle();
	const all = own.responders();

	/* One for the request, none for what it needs. */
	for (const pid of all)
		set_limit(pid, lowest_free_descriptor(pid) + 1);
	const { done } = start_run('print(1)', {}, own);
	const answer = await done;

	assert.equal(answer.status, 503, answer.text);
	assert.deepEqual(Object.keys(answer.json), ['error']);
	assert.match(answer.json.error, /\w+ \w+/);
	/* Its successor has the usual limit; the others are still poor. */
	await wait_for('a successor', () =>
		own.responders().some((pid) => !all.includes(pid)));
	for (const pid of all.filter(alive))
		raise_limit(pid);
	await nothing_left(own, usual);
	assert.deepEqual(await run('print(1)', {}, own), { output: '1' });
});

test('after down nothing is left', async () => {
	assert.deepEqual(await own.stop(), []);
	own = null;
});
