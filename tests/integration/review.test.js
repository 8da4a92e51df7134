/* SPDX-License-Identifier: MIT */
/* One test for each defect that was found by reading, so that none returns. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { docker, inspect } from './lib/docker.js';
import { FakeDocker } from './lib/fault_docker.js';
import {
	ScedLog, changed_sections, guests, leased_guest, nothing_left, settled,
	stop_sced, with_sced,
} from './lib/fault_instance.js';
import { health, run, start_run } from './lib/http.js';
import { shared_instance, start_instance } from './lib/instance.js';
import { wait_for } from './lib/wait.js';

const RUNNING = 2;
const QUEUE = 4;
const IMAGE = `sce-test/review-${process.pid}`;
const KEPT_BYTES = 64 * 1024;
const HOLD_MIN_S = 1.5;
const HOLD_MAX_S = 25;
const LASTING = { timeout: 30 };
const ENDLESS = ['while True: pass', { timeout: 10 }];

let own = null;
let fake = null;
let log = null;
const images = []; /* of our making: IDs */
let usual = null; /* what it has when it is idle */

/* The image of all tests with another label: another ID, the same files. */
function
make_image(tag, mark)
{
	const { image } = shared_instance().config().docker;
	const container = docker('create', '--network', 'none', image, 'true');

	try {
		const id = docker('commit',
		    '--change', 'LABEL org.safe-code-executor.inputs=',
		    '--change', `LABEL sce.test=${mark}`, container, tag);

		images.push(id);
		return id;
	} finally {
		docker('rm', container);
	}
}

before(async () => {
	make_image(`${IMAGE}:used`, 'first');
	fake = new FakeDocker();
	own = await start_instance('review', {
		docker: {
			docker_cli: fake.path,
			image: `${IMAGE}:used`,
		},
		pool: {
			ready: 2, running: RUNNING, queue: QUEUE,
			queue_wait: '50s', sweep_interval: '3s',
		},
		limits: { timeout_max: '60s' },
	});
	log = new ScedLog(own);
	usual = await settled(own);
});

after(async () => {
	log?.close();
	if (own !== null)
		await own.stop();
	fake?.remove();
	/* By their IDs: one of them has lost its name. */
	for (const id of images)
		docker('rmi', '--force', id);
});

function
sha256(code)
{
	return createHash('sha256').update(code).digest('hex');
}

/* The log's entries of one program. */
function
entries_of(code)
{
	return own.log_entries()
	    .filter((entry) => entry.code_sha256 === sha256(code));
}

async function
entry_of(code)
{
	const [entry] = await wait_for('log entry', () => {
		const found = entries_of(code);

		return found.length > 0 && found;
	});

	return entry;
}

function
running(count, queued = 0)
{
	return wait_for(`${count} running, ${queued} queued`, async () => {
		const now = await health(own.base);

		return now.running === count && now.queued === queued;
	});
}

/* Slot directories have names that are never used again. */
function
slots()
{
	return fs.readdirSync(path.join(own.run_dir, 'slots')).sort();
}

/* --- the guest and its verdict ---------------------------------------- */

/* Writers that wait for memory keep a pipe's lock, which its reader needs. */
const MEMORY_AND_PIPES = `
import os
def write():
    for fd in 1, 2:
        try:
            os.write(fd, b"x" * 65536)
        except OSError:
            pass
children = 0
while True:
    if children < 40:
        try:
            if os.fork() == 0:
                kept = []
                while True:
                    kept.append(b"x" * 500000)
                    write()
            children += 1
        except OSError:
            pass
    write()
    while children and os.waitpid(-1, os.WNOHANG)[0]:
        children -= 1
`;

test('full memory and full pipes: the guest tells its end', async () => {
	const answer = await run(MEMORY_AND_PIPES, { timeout: 2 }, own);
	const entry = await entry_of(MEMORY_AND_PIPES);

	assert.match(answer.error, new RegExp(
	    '^(Execution timed out after 2 seconds|' +
	    'Memory limit exceeded \\(128 MB\\))$'));
	assert.ok(['timed_out', 'out_of_memory'].includes(entry.verdict),
	    entry.verdict);
	/* Only the guest knows these, and it told in time: behind the
	 * responder's own deadline they would be 0. */
	assert.ok(entry.wall_ms > 0);
	assert.ok(entry.peak_memory_bytes > 0, JSON.stringify(entry));
	if (Buffer.byteLength(answer.output ?? '') >= KEPT_BYTES)
		assert.ok(answer.truncated.includes('stdout'));
	assert.ok(answer.truncated.length > 0);
	await nothing_left(own, usual);
});

test('a run whose client hangs up is logged as abandoned', async () => {
	const code = 'print("x", flush=True)\nwhile True: pass # hung up';
	const call = start_run(code, { timeout: 10 }, own);
	const { name } = await leased_guest(own);

	await running(1);
	call.hang_up();
	const entry = await entry_of(code);

	assert.equal(entry.verdict, 'abandoned');
	assert.equal(entry.exit_code, null);
	assert.ok(entry.wall_ms > 0);
	await nothing_left(own, usual);
	assert.equal(entries_of(code).length, 1);
	/* The sandbox of the run is gone, not waiting again. */
	assert.ok(guests(own).every((guest) => guest.name !== name));
});

/* The child computes as long; its parent hides it or does not. */
function
program_with_child(handler)
{
	return 'import os, signal, time\n' +
	    `signal.signal(signal.SIGCHLD, signal.${handler})\n` +
	    'if os.fork() == 0:\n' +
	    '    while time.process_time() < 0.4: pass\n' +
	    '    os._exit(0)\n' +
	    'try:\n    os.wait()\nexcept ChildProcessError: pass\n' +
	    'print("done")';
}

test('a program that ignores SIGCHLD does not hide its CPU time', async () => {
	const used = {};

	for (const handler of ['SIG_DFL', 'SIG_IGN']) {
		const code = program_with_child(handler);

		assert.deepEqual(await run(code, {}, own), { output: 'done' });
		used[handler] = (await entry_of(code)).cpu_ms;
	}
	assert.ok(used.SIG_DFL >= 300, JSON.stringify(used));
	assert.ok(used.SIG_IGN > used.SIG_DFL / 2, JSON.stringify(used));
	assert.ok(used.SIG_IGN < used.SIG_DFL * 2, JSON.stringify(used));
	await nothing_left(own, usual);
});

/* --- containers that others touch ------------------------------------- */

test('a waiting container that is killed is replaced', async () => {
	/* What the test before has made the pool grow by goes of itself. */
	await own.idle();
	const [victim, ...others] = guests(own).map(({ name }) => name);

	log.mark();
	docker('kill', victim);
	await log.wait(new RegExp(`sandbox-died .*name=${victim} `));
	await nothing_left(own, usual);
	const now = guests(own).map(({ name }) => name);

	assert.ok(!now.includes(victim));
	for (const name of others)
		assert.ok(now.includes(name), 'another one was replaced, too');
	assert.deepEqual(await run('print(1)', {}, own), { output: '1' });
});

test('a container killed in mid-run is a 500 that says so', async () => {
	await own.idle();
	const call = start_run(...ENDLESS, own);

	docker('kill', (await leased_guest(own)).name);
	const answer = await call.done;

	assert.equal(answer.status, 500);
	assert.deepEqual(Object.keys(answer.json), ['error']);
	assert.match(answer.json.error, /may have run in part/);
	await nothing_left(own, usual);
});

test('an image of the same name replaces what waits', async () => {
	await own.idle();
	const old = inspect(own.containers());
	const id = make_image(`${IMAGE}:new`, 'second');

	assert.ok(old.every(({ Image: image }) => image !== id));
	log.mark();
	docker('tag', `${IMAGE}:new`, `${IMAGE}:used`);
	await log.wait(/event=image-changed/);
	await nothing_left(own, usual);
	for (const { Id: name, Image: image } of inspect(own.containers())) {
		assert.equal(image, id);
		assert.ok(!old.some(({ Id }) => Id === name));
	}
	assert.deepEqual(await run('print(1)', {}, own), { output: '1' });
	assert.equal(log.lines(/event=image-changed/).length, 1);
});

/* Listed once: as what --rm is just about to remove. Listed again: left. Names
 * are the whole machine's, and an orphan is removed: nobody else has this. */
const NAMES = `sce-${process.pid.toString(16).padStart(8, '0')}-0`;
const PASSING = `${NAMES}-1`;
const ORPHAN = `${NAMES}-2`;

test('in steady traffic the sweep takes orphans alone', async () => {
	let over = false;
	const clients = [1, 2, 3].map(async () => {
		let runs = 0;

		for (; !over; runs++)
			await run('print(1)', {}, own);
		return runs;
	});

	log.mark();
	fake.set('ps.also', `${ORPHAN}\n`);
	fake.set('ps.once', `${PASSING}\n`);
	const [line] = await log.wait(/event=(orphans|leftovers)-removed/);

	over = true;
	fake.heal();
	const runs = await Promise.all(clients);

	assert.ok(!fs.existsSync(fake.file('ps.once')));
	assert.ok(runs.every((count) => count > 0), String(runs));
	assert.match(line,
	    new RegExp(`orphans-removed count=1 first=${ORPHAN}$`));
	await nothing_left(own, usual);
});

/* --- responders --------------------------------------------------------- */

async function
reopen_log()
{
	log.mark();
	process.kill(own.sced_pid(), 'SIGUSR1');
	await log.wait(/event=log-reopened/);
}

/* A program that lasts ten times as long as what is done meanwhile; two of
 * them, one behind the other, are answered before the client gives up. */
async function
holding_program()
{
	const begin = performance.now();

	await reopen_log();
	await health(own.base);
	const seconds = Math.min(HOLD_MAX_S, Math.max(HOLD_MIN_S,
	    10 * (performance.now() - begin) / 1000));

	return `import time\ntime.sleep(${seconds.toFixed(1)})\nprint("held")`;
}

test('two new logs in a row reach who runs and who waits', async () => {
	const hold = await holding_program();
	const responders = own.responders();
	const moved = ['a', 'b'].map((end) => `${own.log_path()}.${end}`);
	/* One more than can run: it waits for its lease. */
	const codes = Array.from({ length: RUNNING + 1 }, (_, i) =>
		`${hold} # ${i}`);
	const calls = codes.map((code) => start_run(code, LASTING, own));

	await running(RUNNING, 1);
	for (const name of moved) {
		fs.renameSync(own.log_path(), name);
		await reopen_log();
	}
	for (const { done } of calls)
		assert.deepEqual((await done).json, { output: 'held' });
	for (const code of codes)
		await entry_of(code);
	assert.equal(fs.readFileSync(moved[1], 'utf8'), '');
	assert.deepEqual(own.responders(), responders);
	for (const name of moved)
		fs.rmSync(name);
	await nothing_left(own, usual);
});

/* Asks on a connection that it closes without waiting for anything. */
function
ask_health_and_leave()
{
	const { hostname, port } = new URL(own.base);

	return new Promise((resolve, reject) => {
		const socket = net.connect(Number(port), hostname, () => {
			socket.end('GET /healthz HTTP/1.1\r\n' +
			    'Host: localhost\r\nConnection: close\r\n\r\n',
			    () => socket.destroy());
		});

		socket.on('error', reject);
		socket.on('close', resolve);
	});
}

/* True if the answer cost a sandbox, which only a probe does. */
async function
leave_a_probe()
{
	const before = slots();

	await ask_health_and_leave();
	return wait_for('a probe', () =>
		before.some((slot) => !slots().includes(slot)), 200)
	    .catch(() => false);
}

test('who asks for health and leaves does no harm', async () => {
	const answers = [];

	for (let probes = 0; probes < 2; probes++) {
		await wait_for('a probe that nobody waits for', leave_a_probe);
		answers.push(...await Promise.all(Array.from({ length: 4 },
		    () => health(own.base))));
	}
	for (const { http, status } of answers) {
		assert.equal(http, 200);
		assert.ok(['ok', 'busy'].includes(status), status);
	}
	await nothing_left(own, usual);
});

/* --- sced --------------------------------------------------------------- */

test('a umask of 077 does not shut sandboxes out', async () => {
	await with_sced(own, { umask: '077' }, async () => {
		assert.deepEqual(await run('print(1)', {}, own),
		    { output: '1' });
		await nothing_left(own, usual);
	});
});

test('queue_wait = 0s: what is ready serves', async () => {
	const changes = { pool: { queue_wait: '0s' } };
	const sections = changed_sections(own.config(), changes);

	await with_sced(own, { sections }, async () => {
		for (let i = 0; i < 3; i++) {
			assert.deepEqual(await run(`print(${i})`, {}, own),
			    { output: String(i) });
			await own.idle();
		}
	});
	await nothing_left(own, usual);
});

test('sced told to reopen its log and killed: every answer says why',
    async () => {
	const hold = await holding_program();
	const codes = Array.from({ length: RUNNING + QUEUE }, (_, i) =>
		`${hold} # at the end, ${i}`);

	/* What is asked for below is not to run a probe of its own. */
	await own.idle();
	const calls = codes.map((code) => start_run(code, LASTING, own));

	await running(RUNNING, QUEUE);
	await reopen_log();
	await stop_sced(own, 'SIGKILL');
	const answers = await Promise.all(calls.map(({ done }) => done));
	const held = answers.filter(({ status }) => status === 200);

	assert.equal(held.length, RUNNING);
	for (const { json } of held)
		assert.deepEqual(json, { output: 'held' });
	for (const answer of answers.filter((a) => !held.includes(a))) {
		assert.equal(answer.status, 503, answer.text);
		assert.deepEqual(Object.keys(answer.json), ['error']);
		assert.match(answer.json.error, /\w+ \w+/);
	}
	own.up();
	await nothing_left(own, usual);
});

test('after down nothing is left', async () => {
	assert.deepEqual(await own.stop(), []);
	assert.equal(own.sced_pid(), null);
	assert.deepEqual(own.responders(), []);
	own = null;
});
