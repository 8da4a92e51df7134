/* SPDX-License-Identifier: MIT */
/*
 * The time of day leaps by a day or a year at every look at it, in sced, in
 * its responders and in nginx. Nothing may depend on it but what is written
 * down as the time.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import {
	ScedLog, changed_sections, nothing_left, settled, start_sced,
	stop_sced,
} from './lib/fault_instance.js';
import { health, post_run, request, start_run } from './lib/http.js';
import { start_instance } from './lib/instance.js';
import { alive } from './lib/proc.js';
import { SLOWNESS, wait_for } from './lib/wait.js';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const HALF_A_DAY_MS = 12 * 60 * 60 * 1000;
/* As much as a loaded machine may add; a leap is far more. */
const PATIENCE_MS = 30000 * SLOWNESS;
const RUNS = 12;
const QUEUE_WAIT_MS = 1000;

let own = null;
let log = null;
let dir = null;
let usual = null;

/* Both compilers' sanitizers want to be the first library. */
const environment = (library) => ({ LD_PRELOAD: library,
	ASAN_OPTIONS: 'verify_asan_link_order=0' });

/* Where everybody may read it. */
function
make_library()
{
	const library = path.join(dir, 'jumping_clock.so');

	execFileSync('cc', ['-std=c11', '-O2', '-shared', '-fPIC', '-o', library,
		path.join(HERE, 'lib/jumping_clock.c')]);
	return library;
}

/* sced gives a responder an empty environment. */
function
make_wrapper(library)
{
	const wrapper = path.join(dir, 'responder');
	const words = Object.entries(environment(library))
	    .map(([name, value]) => `${name}=${value}`).join(' ');

	fs.writeFileSync(wrapper, `#!/bin/sh\nexport ${words}\n` +
	    `exec ${own.run_dir}/bin/sce-responder "$@"\n`, { mode: 0o755 });
	return wrapper;
}

async function
restart_nginx(env)
{
	const nginx = path.join(own.run_dir, 'nginx');
	const pid_file = path.join(nginx, 'nginx.pid');
	const pid = Number(fs.readFileSync(pid_file, 'utf8'));

	process.kill(pid, 'SIGQUIT');
	await wait_for('end of nginx', () =>
		!alive(pid) && !fs.existsSync(pid_file));
	execFileSync('nginx', ['-p', `${nginx}/`, '-c', `${nginx}/nginx.conf`,
		'-e', path.join(own.run_dir, 'logs/nginx-error.log')],
	{ env: { ...process.env, ...env }, stdio: 'ignore' });
}

before(async () => {
	dir = fs.mkdtempSync(path.join(process.env.SCE_WORK, 'clock.'));
	fs.chmodSync(dir, 0o755);
	own = await start_instance('faults-clock', {
		pool: { ready: 2, ready_max: 2, running: 2, queue: 4,
			queue_wait: `${QUEUE_WAIT_MS}ms` },
	});
	const library = make_library();
	const sections = changed_sections(own.config(),
	    { paths: { responder: make_wrapper(library) } });

	await stop_sced(own);
	await start_sced(own, { env: environment(library), sections });
	await restart_nginx(environment(library));
	log = new ScedLog(own);
	usual = await settled(own);
});

after(async () => {
	log?.close();
	if (own !== null)
		await own.stop();
	fs.rmSync(dir, { recursive: true });
});

function
is_a_leap_away(text)
{
	const time = Date.parse(text);

	assert.ok(Number.isFinite(time), text);
	return Math.abs(time - Date.now()) > HALF_A_DAY_MS;
}

test('each program has its library', () => {
	for (const pid of [own.sced_pid(), ...own.responders()]) {
		assert.match(fs.readFileSync(`/proc/${pid}/maps`, 'utf8'),
		    /jumping_clock\.so/);
	}
});

/* It is written after the answer. */
function
entry_of(answer)
{
	const name = answer.headers['x-request-id'];

	return wait_for('its entry', () =>
		own.log_entries().find(({ id }) => id === name));
}

test('runs are answered, and logged with sane spans', async () => {
	for (let i = 0; i < RUNS; i++) {
		/* So that nobody waits: in this queue one must not long. */
		await own.idle();
		const answer = await post_run({ code: `print(${i})` }, own);

		assert.deepEqual([answer.status, answer.json],
		    [200, { output: String(i) }]);
		const [, queue, ran] = answer.headers['server-timing']
		    .match(/^queue;dur=([\d.]+), run;dur=([\d.]+)$/);

		assert.ok(Number(queue) < PATIENCE_MS, queue);
		assert.ok(Number(ran) < PATIENCE_MS, ran);
		const entry = await entry_of(answer);

		assert.equal(entry.verdict, 'exited');
		assert.ok(entry.wall_ms < PATIENCE_MS, JSON.stringify(entry));
		assert.ok(entry.queue_ms < PATIENCE_MS, JSON.stringify(entry));
		/* The clock did leap, each time. */
		assert.ok(is_a_leap_away(entry.time), entry.time);
	}
	const page = await request({ base: own.base, method: 'GET', path: '/' });

	assert.ok(is_a_leap_away(page.headers.date), page.headers.date);
});

test('a timeout is as long as it was', async () => {
	const code = 'print("x", flush=True)\nwhile True: pass';

	await own.idle();
	const answer = await post_run({ code, timeout: 1 }, own);

	assert.equal(answer.status, 200, answer.text);
	assert.deepEqual(answer.json, { output: 'x',
		error: 'Execution timed out after 1 second' });
	const entry = await entry_of(answer);

	assert.equal(entry.verdict, 'timed_out');
	assert.ok(entry.wall_ms >= 1000 && entry.wall_ms < 1000 + PATIENCE_MS,
	    JSON.stringify(entry));
});

test('a lease and the queue last as long as they did', async () => {
	await own.idle();
	/* Longer than whoever waits will wait. */
	const seconds = Math.min(9, 4 * SLOWNESS);
	const held = [1, 2].map((i) => start_run(
	    `import time\ntime.sleep(${seconds})\nprint(${i})`,
	    { timeout: 10 }, own));

	await wait_for('two runs', async () =>
		(await health(own.base)).running === 2);
	const begin = performance.now();
	const waits = await post_run({ code: 'print(3)' }, own);
	const took = performance.now() - begin;

	assert.equal(waits.status, 503, waits.text);
	assert.match(waits.json.error, /^No sandbox became free in time/);
	assert.ok(took > QUEUE_WAIT_MS * 0.95, `${took} ms`);
	for (const [i, { done }] of held.entries())
		assert.deepEqual((await done).json, { output: String(i + 1) });
	assert.deepEqual(log.lines(/lease-expired|sandbox-died|start-failed/),
	    []);
});

test('afterwards nothing is left', async () => {
	await nothing_left(own, usual);
	assert.equal((await health(own.base)).http, 200);
	assert.deepEqual(await own.stop(), []);
	own = null;
});
