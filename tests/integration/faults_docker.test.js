/* SPDX-License-Identifier: MIT */
/*
 * A dockerd that is killed, restarted, set up oddly, and that loses the image
 * under a service that runs: a second one, of this test's own.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';

import { docker, inspect, list_containers } from './lib/docker.js';
import { FakeDocker } from './lib/fault_docker.js';
import {
	ScedLog, guests, leased_guest, nothing_left, settled,
} from './lib/fault_instance.js';
import { health, post_run, run, start_run } from './lib/http.js';
import { shared_instance, start_instance } from './lib/instance.js';
import { alive, executable } from './lib/proc.js';
import { SecondDocker } from './lib/second_docker.js';
import { SLOWNESS, wait_for } from './lib/wait.js';

const READY = 2;
/* dockerd takes 10 s to see that its containerd is gone, 5 s to speak to the
 * next one, and 10 s for each container that it was told to end meanwhile. */
const HEALED_MS = 90000 * SLOWNESS;
const HELD = `import time\ntime.sleep(${Math.min(9, 4 * SLOWNESS)})\n` +
    'print("held")';
const NO_RESULT = {
	error: 'The sandbox ended without a result: ' +
	    'the program may have run in part',
};

let second = null;
let own = null;
let fake = null;
let log = null;
let image = null; /* its name */
let usual = null;

before(async () => {
	({ image } = shared_instance().config().docker);
	second = new SecondDocker({ init: true });
	await second.start();
	second.copy_image(image);
	fake = new FakeDocker();
	own = await start_instance('faults-docker', {
		docker: {
			docker_cli: fake.path,
			docker_host: second.host, image,
		},
		pool: {
			ready: READY, ready_max: READY, running: 2, queue: 4,
			sweep_interval: '1h',
		},
	});
	log = new ScedLog(own);
	usual = await settled(own);
});

after(async () => {
	fake?.heal();
	log?.close();
	try {
		await own?.stop();
	} finally {
		fake?.remove();
		await second?.remove();
	}
});

async function
serves_what_is_ready()
{
	for (let i = 0; i < READY; i++) {
		assert.deepEqual(await run(`print(${i})`, {}, own),
		    { output: String(i) });
	}
}

async function
says_that_it_is_down()
{
	await wait_for('bad health', async () =>
		(await health(own.base)).status === 'down');
	assert.equal((await health(own.base)).http, 503);
	const answer = await post_run({ code: 'print(1)' }, own);

	assert.equal(answer.status, 503, answer.text);
	assert.deepEqual(Object.keys(answer.json), ['error']);
	assert.match(answer.json.error, /\w+ \w+/);
	assert.match(answer.headers['retry-after'], /^[1-9]\d*$/);
}

function
all_containers()
{
	return docker('ps', '--no-trunc', '-q').split('\n')
	    .filter((id) => id !== '').sort();
}

async function
is_as_before()
{
	await own.idle(HEALED_MS);
	await nothing_left(own, usual);
	assert.deepEqual(await run('print(1)', {}, own), { output: '1' });
	await own.idle();
	/* On this dockerd nobody else has any. One that is started or removed
	 * between the two lists is in both of the next ones, or in none. */
	await wait_for('containers of this instance alone', () =>
		isDeepStrictEqual(all_containers(),
		    [...own.containers(), ...own.holders()].sort()));
}

test('"init": true in daemon.json: the guest is still PID 1', async () => {
	const other = docker('run', '-d', '--rm', '--network', 'none',
	    '--entrypoint', '/bin/sleep', image, '60');

	/* Such a setting is not without effect. */
	try {
		const [{ State: { Pid: pid } }] = inspect([other]);

		assert.match(fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
		    /docker-init/);
	} finally {
		docker('rm', '-f', other);
	}
	for (const { pid } of guests(own))
		assert.equal(executable(pid), '/sce-guest');
	assert.deepEqual(await run('import os\nprint(os.getppid())', {}, own),
	    { output: '1' });
	await is_as_before();
});

test('dockerd is killed: what it started serves on', async () => {
	await own.idle();
	const held = start_run(HELD, { timeout: 10 }, own);

	await leased_guest(own);
	/* The pool fills up again first, behind that one. */
	await wait_for('a full pool', async () => {
		/* It may make a run, and counts from before that. */
		await health(own.base);
		return (await health(own.base)).ready === READY;
	});
	await second.kill();
	assert.deepEqual((await held.done).json, { output: 'held' });
	await serves_what_is_ready();
	await says_that_it_is_down();
	await second.start();
	await is_as_before();
});

test('dockerd comes back while a program runs', async () => {
	await own.idle();
	const call = start_run('import time\ntime.sleep(8)\nprint("held")',
	    { timeout: 10 }, own);

	await leased_guest(own);
	await second.kill();
	/* It ends what it finds, as it has lost hold of it. */
	await second.start();
	const answer = await call.done;

	if (answer.status === 200)
		assert.deepEqual(answer.json, { output: 'held' });
	else
		assert.deepEqual([answer.status, answer.json],
		    [500, NO_RESULT]);
	await is_as_before();
});

test('containerd is killed: dockerd starts another', async () => {
	await own.idle();
	const killed = second.containerd();

	process.kill(killed, 'SIGKILL');
	await wait_for('its end', () => !alive(killed));
	await serves_what_is_ready();
	await is_as_before();
});

/* Of all that is there, by its ID; and of everything that needs it. */
async function
remove_image()
{
	const [{ Image: id }] = inspect(own.containers());

	fake.set('run.fail', 'not now');
	await serves_what_is_ready();
	await wait_for('end of all containers', async () => {
		const { slots, holders } = await list_containers(own.run_dir);

		return slots.length + holders.length === 0;
	});
	docker('rmi', '--force', id);
	fake.clear('run.fail');
	return id;
}

test('the image loses its name: its ID serves on', async () => {
	docker('rmi', '--force', image);
	for (let i = 0; i < READY + 2; i++)
		await run(`print(${i})`, {}, own);
	await own.idle();
	second.load_image();
	await is_as_before();
});

test('the image is removed, and comes back', async () => {
	await own.idle();
	log.mark();
	const id = await remove_image();

	await log.wait(/start-failed .*reason=".*No such image/);
	await says_that_it_is_down();
	second.load_image();
	await is_as_before();
	assert.equal(inspect(own.containers())[0].Image, id);
});

/* Other than the image by a label: its ID, and it in a file. Only what is
 * loaded has no parent, without which it could not be. */
function
save_other_image(file)
{
	const name = `sce-test/other:${process.pid}`;
	const container = docker('create', '--network', 'none', image, 'true');
	const id = docker('commit', '--change', 'LABEL sce.test=other',
	    container, name);

	docker('rm', container);
	docker('save', '-o', file, name);
	docker('rmi', name);
	return { id, name };
}

test('the image is removed, and another one gets its name', async () => {
	await own.idle();
	log.mark();
	const file = second.file('other.tar');
	const other = save_other_image(file);

	await remove_image();
	await log.wait(/start-failed .*reason=".*No such image/);
	await says_that_it_is_down();
	docker('load', '-i', file);
	docker('tag', other.name, image);
	/* Before the next sweep, which is an hour away. */
	await is_as_before();
	for (const { Image: id } of inspect(own.containers()))
		assert.equal(id, other.id);
});

test('after down nothing is left', async () => {
	assert.deepEqual(await own.stop(), []);
	assert.deepEqual(all_containers(), []);
	own = null;
});
