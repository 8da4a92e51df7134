/* SPDX-License-Identifier: MIT */
/*
 * Docker, the kernel and the disk fail, one after the other. What waits serves
 * on, what can not be served is refused with a sentence, nothing spins, and
 * when it is over the service is what it was before.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import {
	docker, docker_cli, inspect, inspect_now, list_containers,
} from './lib/docker.js';
import { DockerProxy, FakeDocker } from './lib/fault_docker.js';
import {
	ScedLog, cpu_ms, guests, leased_guest, nothing_left,
	settled, start_sced, stop_sced, with_sced,
} from './lib/fault_instance.js';
import { health, post_run, run, start_run } from './lib/http.js';
import { start_instance } from './lib/instance.js';
import {
	alive, children, lowest_free_descriptor,
} from './lib/proc.js';
import { SLOWNESS, wait_for } from './lib/wait.js';

const READY = 2;
const BACKOFF_MIN_MS = 250;
/* Of one core. What spins takes all that others leave it. */
const QUIET_SHARE = 0.1;
const QUIET_SPAN_MS = 1000;
const COMMAND_DEADLINE_MS = 60000 * SLOWNESS;
/* What a start takes that nothing hinders is far less. */
const START_TIMEOUT_S = Math.ceil(4 * SLOWNESS);
/* Long enough to find the guest of a run; 10 is the most. */
const FOUND_S = Math.min(10, Math.ceil(2 * SLOWNESS));
const TIMED_OUT = { error: `Execution timed out after ${FOUND_S} seconds` };

let own = null;
let fake = null;
let proxy = null;
let log = null;
let usual = null; /* what the instance has when it is idle */

before(async () => {
	fake = new FakeDocker();
	proxy = new DockerProxy();
	await proxy.start();
	own = await start_instance('faults', {
		docker: {
			docker_cli: fake.path,
			docker_host: proxy.host,
		},
		pool: {
			ready: READY, ready_max: READY, running: 2, queue: 4,
			start_timeout: `${START_TIMEOUT_S}s`,
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
	await proxy?.remove();
	fake?.remove();
});

/* It begins with an instance without faults, and ends with the same. */
function
fault(what, action)
{
	test(what, async () => {
		await own.idle();
		log.mark();
		try {
			await action();
		} finally {
			fake.heal();
			if (proxy.process === null)
				await proxy.start();
		}
		await nothing_left(own, usual);
		assert.deepEqual(await run('print(1)', {}, own),
		    { output: '1' });
	});
}

function
assert_refused(answer)
{
	assert.equal(answer.status, 503, answer.text);
	assert.deepEqual(Object.keys(answer.json), ['error']);
	assert.match(answer.json.error, /\w+ \w+/);
	assert.match(answer.headers['retry-after'], /^[1-9]\d*$/);
}

/* With every sandbox that waits; no more can be started. */
async function
serves_what_is_ready(count = READY)
{
	for (let i = 0; i < count; i++) {
		assert.deepEqual(await run(`print(${i})`, {}, own),
		    { output: String(i) });
	}
}

async function
says_that_it_is_down()
{
	const now = await wait_for('bad health', async () => {
		const seen = await health(own.base);

		return seen.http === 503 && seen;
	});

	assert.equal(now.status, 'down');
	assert.equal(now.ready, 0);
	assert_refused(await post_run({ code: 'print(1)' }, own));
}

/* Waits for an event, with hardly any CPU time. */
async function
quietly(event)
{
	const pid = own.sced_pid();
	const begin = performance.now();
	const before = cpu_ms(pid);

	await event();
	await wait_for('a span that tells', () =>
		performance.now() - begin > QUIET_SPAN_MS);
	const used = cpu_ms(pid) - before;
	const took = performance.now() - begin;

	assert.ok(used < took * QUIET_SHARE, `${used} of ${took} ms`);
}

/* So many more lines than there are by now. */
function
more_lines(count, pattern)
{
	return log.wait(pattern, log.lines(pattern).length + count);
}

/* --- docker run --------------------------------------------------------- */

fault('docker run hangs', async () => {
	fake.hang('run');
	await serves_what_is_ready();
	await says_that_it_is_down();
	await quietly(() =>
		more_lines(2, /start-failed .*reason="it did not get ready/));
	/* It goes on trying, and counts. */
	await log.wait(/start-failed .*failures=([4-9]|\d\d+) reason="it did not/);
	fake.release('run');
	await own.idle();
});

fault('docker run fails at once', async () => {
	const calls = fake.calls('run').length;

	fake.set('run.fail', 'docker: no such luck.');
	await serves_what_is_ready(1);
	await quietly(() =>
		log.wait(/start-failed .*reason="docker: no such luck\."$/, 4));
	const times = fake.calls('run').slice(calls, calls + 4);

	/* One start at a time, and each waits twice as long. */
	for (let i = 1; i < times.length; i++) {
		const wait = times[i] - times[i - 1];

		assert.ok(wait >= BACKOFF_MIN_MS * 2 ** (i - 1), String(times));
	}
	await serves_what_is_ready(READY - 1);
	await says_that_it_is_down();
});

fault('docker run takes longer than a start may', async () => {
	fake.set('run.slow', String(START_TIMEOUT_S + 1));
	await serves_what_is_ready();
	await says_that_it_is_down();
	await log.wait(/start-failed .*reason="it did not get ready in time"$/, 2);
});

fault('a container never dials', async () => {
	fake.set('run.never_dials');
	await serves_what_is_ready(1);
	const { Id: id } = await wait_for('container that sleeps', async () => {
		const { slots } = await list_containers(own.run_dir);

		return (await inspect_now(slots))
		    .find(({ Path }) => Path === '/bin/sleep');
	});

	await log.wait(/start-failed .*reason="it did not get ready in time"$/);
	await wait_for('its end', async () =>
		!(await list_containers(own.run_dir)).slots.includes(id));
});

fault('a container dials with a foreign uid', async () => {
	fake.set('run.user', '345678:345678');
	await serves_what_is_ready(1);
	await log.wait(/start-failed .*reason="dialled by a foreign uid"$/, 2);
});

/* --- the end of a sandbox ----------------------------------------------- */

fault('a guest is frozen while docker kill and docker rm hang', async () => {
	fake.hang('kill');
	fake.hang('rm');
	const call = start_run('while True: pass', { timeout: FOUND_S }, own);
	const guest = await leased_guest(own);

	process.kill(guest.pid, 'SIGSTOP');
	/* The responder's deadline holds without the guest's. */
	assert.deepEqual((await call.done).json, TIMED_OUT);
	await quietly(() => log.wait(
	    new RegExp(`sandbox-lingers .*name=${guest.name} reason="docker kill did`)));
	/* Not by Docker, which still hangs, but by its cgroup. */
	await wait_for('end of the guest', () => !alive(guest.pid));
	await nothing_left(own, usual);
	assert.ok(fs.existsSync(fake.file('kill.hang')));
});

fault('all guests that wait are frozen', async () => {
	const frozen = guests(own);

	for (const { pid } of frozen)
		process.kill(pid, 'SIGSTOP');
	/* Two of them are tried; neither has said that it started. */
	assert_refused(await post_run({ code: 'print(1)', timeout: 0.2 }, own));
	await wait_for('end of the frozen', () =>
		!frozen.some(({ pid }) => alive(pid)));
});

fault('docker kill and docker rm fail', async () => {
	fake.set('kill.fail', 'no kill');
	fake.set('rm.fail', 'no rm');
	const call = start_run('while True: pass', { timeout: FOUND_S }, own);
	const guest = await leased_guest(own);

	process.kill(guest.pid, 'SIGSTOP');
	assert.deepEqual((await call.done).json, TIMED_OUT);
	await wait_for('end of the guest', () => !alive(guest.pid));
});

fault('docker rm fails: the slot is kept until it works', async () => {
	fake.set('rm.fail', 'no rm');
	fake.set('run.never_dials');
	await serves_what_is_ready(1);
	await log.wait(/slot-quarantined .*reason="no rm"$/);
	/* A sandbox's, or that of the holder it would have had. */
	const asleep = inspect([...own.containers(), ...own.holders()])
	    .filter(({ Path }) => Path === '/bin/sleep');

	assert.notEqual(asleep.length, 0);
	fake.heal();
	await wait_for('its end', async () =>
		(await inspect_now(asleep.map(({ Id }) => Id))).length === 0);
});

/* --- dockerd ------------------------------------------------------------ */

fault('dockerd is down for a while', async () => {
	const seconds = Math.min(9, 4 * SLOWNESS);
	const call = start_run(
	    `import time\ntime.sleep(${seconds})\nprint("held")`,
	    { timeout: 10 }, own);

	/* Health might be found out by a run, with what is to be served. */
	await leased_guest(own);
	await proxy.cut();
	await serves_what_is_ready(1);
	assert.deepEqual((await call.done).json, { output: 'held' });
	await says_that_it_is_down();
	await log.wait(/start-failed .*Cannot connect to the Docker daemon/);
	const calls = fake.calls().length;

	/* It goes on trying. */
	await quietly(() => wait_for('more calls', () =>
		fake.calls().length >= calls + 2));
	await proxy.start();
	await own.idle();
});

/* --- processes ---------------------------------------------------------- */

fault('a program is killed from outside', async () => {
	const call = start_run('while True: pass', { timeout: 10 }, own);
	const guest = await leased_guest(own);
	const [python, ...others] = children(guest.pid);

	assert.deepEqual(others, []);
	process.kill(python, 'SIGKILL');
	assert.deepEqual((await call.done).json, {
		error: 'Program killed by signal SIGKILL', signal: 'SIGKILL' });
});

fault('an interpreter that waits is killed', async () => {
	const [guest] = guests(own);
	const [python] = children(guest.pid);

	process.kill(python, 'SIGKILL');
	await log.wait(
	    new RegExp(`sandbox-died .*name=${guest.name} `));
});

/* --- descriptors, disk, environment ------------------------------------- */

fault('sced has too few descriptors to start', async () => {
	await stop_sced(own);
	const done = spawnSync('/bin/sh', ['-c',
		'ulimit -n 100; exec "$0" -c "$1"',
		path.join(own.run_dir, 'bin/sced'),
		path.join(own.run_dir, 'sced.conf'),
	], { encoding: 'utf8', timeout: COMMAND_DEADLINE_MS });

	await start_sced(own);
	assert.equal(done.signal, null);
	assert.notEqual(done.status, 0);
	assert.match(done.stderr,
	    /^[^\n]*limit of open files: [^\n]* needs \d+"\n$/);
});

/* Not one more: the lowest free number is beyond the limit. */
function
take_descriptors(pid)
{
	const limit = lowest_free_descriptor(pid);

	execFileSync('prlimit', [`--pid=${pid}`, `--nofile=${limit}:`]);
}

function
give_descriptors(pid)
{
	const text = fs.readFileSync(`/proc/${pid}/limits`, 'utf8');
	const [, hard] = text.match(/^Max open files\s+\d+\s+(\d+)/m);

	execFileSync('prlimit', [`--pid=${pid}`, `--nofile=${hard}:`]);
}

fault('sced runs out of descriptors when a guest dials', async () => {
	const pid = own.sced_pid();
	const calls = fake.calls('run').length;

	fake.hang('run');
	await serves_what_is_ready(1);
	await wait_for('docker run', () => fake.calls('run').length > calls);
	await wait_for('end of the last one', () =>
		fs.readdirSync(path.join(own.run_dir, 'slots')).length ===
		READY);
	take_descriptors(pid);
	try {
		fake.release('run');
		await quietly(() =>
			log.wait(/start-failed .*reason="Too many open files"$/, 3));
		/* What is ready needs none. */
		await serves_what_is_ready(1);
	} finally {
		give_descriptors(pid);
	}
});

async function
reopen_log()
{
	const reopened = /event=log-reopened/;
	const seen = log.lines(reopened).length;

	process.kill(own.sced_pid(), 'SIGUSR1');
	await log.wait(reopened, seen + 1);
}

fault('the disk of the logs is full', async () => {
	const dir = path.dirname(own.log_path());
	const filler = path.join(dir, 'filler');
	const responders = own.responders().length;

	execFileSync('mount',
	    ['-t', 'tmpfs', '-o', 'size=4k,mode=0750', 'tmpfs', dir]);
	try {
		fs.writeFileSync(filler, Buffer.alloc(4096));
		await reopen_log();
		for (let i = 0; i < responders + 2; i++) {
			assert.deepEqual(await run(`print(${i})`, {}, own),
			    { output: String(i) });
		}
		const said = log.lines(/execution-not-logged .*reason="No space/).length;

		assert.equal(fs.statSync(own.log_path()).size, 0);
		assert.ok(said >= 1 && said <= responders, `${said} times`);
		fs.rmSync(filler);
		await run('print("logged")', {}, own);
		await wait_for('an entry', () => own.log_entries().length > 0);
	} finally {
		execFileSync('umount', ['--lazy', dir]);
		await reopen_log();
	}
});

fault("a user's proxies do not reach a sandbox", async () => {
	const home = fs.mkdtempSync(path.join(process.env.SCE_WORK, 'home.'));
	const config = path.join(home, '.docker');
	const address = 'http://proxy.invalid:3128';
	const env = { HOME: home, DOCKER_CONFIG: config, HTTP_PROXY: address,
		http_proxy: address };
	const proxies = (id) => inspect([id])[0].Config.Env
	    .filter((line) => /proxy/i.test(line));

	fs.mkdirSync(config);
	fs.writeFileSync(path.join(config, 'config.json'), JSON.stringify({
		proxies: { default: { httpProxy: address } } }));
	/* Such a file is not without effect. */
	const other = execFileSync(docker_cli(), ['create', '--network', 'none',
		own.config().docker.image, 'true'],
	{ encoding: 'utf8', env: { ...process.env, ...env } }).trim();

	try {
		assert.notDeepEqual(proxies(other), []);
	} finally {
		docker('rm', other);
	}
	await with_sced(own, { env }, async () => {
		for (const id of own.containers())
			assert.deepEqual(proxies(id), []);
		assert.deepEqual(await run(
		    'import os\nprint(*sorted(os.environ))', {}, own),
		{ output: 'HOME LANG PATH USER' });
	});
	fs.rmSync(home, { recursive: true });
});

test('after down nothing is left', async () => {
	assert.deepEqual(await own.stop(), []);
	assert.equal(own.sced_pid(), null);
	assert.deepEqual(own.responders(), []);
	own = null;
});
