/* SPDX-License-Identifier: MIT */
/*
 * More than one language: rows of the configuration, each with limits and a
 * stock of its own. The responder here asks for the row whose index is the
 * last digit of the timeout in milliseconds (tests/security/responder/
 * picker.c), so that a request says which.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { docker, inspect } from './lib/docker.js';
import { health, post_run, request } from './lib/http.js';
import { start_instance } from './lib/instance.js';
import { build_responder, responder_folder } from './lib/own_responder.js';
import { command_line } from './lib/proc.js';
import { wait_for } from './lib/wait.js';

const IMAGE = 'safe-code-executor/python:3.11';
const MISSING_IMAGE = `sce-test/comes-later:${process.pid}`;
const MIB = 1024 * 1024;
const ROWS = { python: 0, other: 1, missing: 2, broken: 3 };
const UNKNOWN_ROW = 7;
/* fork.test.js runs this file with it; there a command is Python's, always. */
const FORK = process.env.SCE_ISOLATION === 'fork';
const BROKEN = FORK ? {} : {
	'runtime broken': { command: 'no-such-interpreter' },
};
/* Twelve at once are to be served, however long a start takes. */
const POOL = { ready: 2, ready_max: 2, running: 4, queue_wait: '50s' };

let own = null;
let folder = null;

before(async () => {
	folder = responder_folder('picker');
	own = await start_instance('runtimes', {
		paths: { responder: build_responder('picker', folder) },
		pool: POOL,
		'runtime other': { aliases: 'another, one', memory: '192m',
			pids: 48, cpus: 0.25, timeout_max: '4s', timeout: '4s' },
		'runtime missing': { image: MISSING_IMAGE },
		...BROKEN,
	});
	await own.idle();
});

after(async () => {
	if (own !== null)
		assert.deepEqual(await own.stop(), []);
	if (docker('images', '--quiet', MISSING_IMAGE) !== '')
		docker('rmi', MISSING_IMAGE);
	if (folder !== null)
		fs.rmSync(folder, { recursive: true });
});

function
run_as(row, code, seconds = 3)
{
	return post_run({ code, timeout: (seconds * 1000 + row) / 1000 }, own);
}

function
waiting_pythons()
{
	return inspect(own.containers())
	    .filter(({ Config: c }) => c.Labels['sce.runtime'] === 'python')
	    .map(({ Id }) => Id).sort();
}

async function
metric(name)
{
	const { text } = await request(
	    { base: own.base, method: 'GET', path: '/metrics' });

	return Number(text.split('\n')
	    .find((line) => line.startsWith(`${name} `)).split(' ')[1]);
}

test('a row is a container with limits of its own, started on demand', async () => {
	const pythons = waiting_pythons();

	assert.equal(pythons.length, POOL.ready);
	assert.equal(own.containers().length, POOL.ready);
	const answer = run_as(ROWS.other, 'while True: pass');
	const box = await wait_for('a container of the row', () =>
		inspect(own.containers()).find(({ Config: c }) =>
			c.Labels['sce.runtime'] === 'other'));

	assert.equal(box.HostConfig.Memory, 192 * MIB);
	assert.equal(box.HostConfig.MemorySwap, 192 * MIB);
	assert.equal(box.HostConfig.PidsLimit, 48);
	assert.equal(box.HostConfig.NanoCpus, 250000000);
	assert.equal(box.Image, docker('image', 'inspect', '--format',
	    '{{.Id}}', IMAGE));
	assert.equal(box.HostConfig.Ulimits
	    .find(({ Name }) => Name === 'cpu').Hard, 8);
	assert.deepEqual(box.Config.Cmd.slice(0, 5),
	    ['auto', '/run/sce/s', 'main.py', '', 'python3.11']);
	assert.deepEqual(waiting_pythons(), pythons);
	assert.equal((await answer).json.error,
	    'Execution timed out after 3.001 seconds');
	assert.deepEqual(waiting_pythons(), pythons);
	await own.idle(); /* and none of it is left */
});

test('who comes first waits for the start, and is told so', async () => {
	const { status, json, headers } = await run_as(ROWS.other, 'print(1)');
	const [, waited_ms] = headers['server-timing'].match(
	    /queue;dur=([\d.]+)/);

	assert.equal(status, 200);
	assert.deepEqual(json, { output: '1' });
	assert.ok(Number(waited_ms) > 1, waited_ms);
});

test('many at once are all served, and python is, too', async () => {
	const answers = await Promise.all(Array.from({ length: 12 }, (_, i) =>
		run_as(i % 2 === 0 ? ROWS.other : ROWS.python, `print(${i})`)));

	assert.deepEqual(answers.map(({ json }) => json.output),
	    Array.from({ length: 12 }, (_, i) => String(i)));
	await own.idle();
});

test('a missing image is one language\'s matter', async () => {
	assert.match(own.sced_log(), new RegExp('event=image-not-found ' +
	    `runtime=missing image=${MISSING_IMAGE} reason=.*missing`));
	const { status, headers, json } = await run_as(
	    ROWS.missing, 'print(1)');

	assert.equal(status, 503);
	assert.match(headers['retry-after'], /^\d+$/);
	assert.equal(typeof json.error, 'string');
	assert.deepEqual((await run_as(ROWS.python, 'print(1)')).json,
	    { output: '1' });
	assert.equal((await health(own.base)).http, 200);
	assert.equal(await metric('sce_language_up{runtime="missing"}'), 0);
	assert.equal(await metric('sce_language_up{runtime="python"}'), 1);
	assert.equal(await metric('sce_up'), 1);
});

test('once the image is there, so is the language', async () => {
	docker('tag', IMAGE, MISSING_IMAGE);
	const { json } = await wait_for('an answer', async () => {
		const answer = await run_as(ROWS.missing, 'print(1)');

		return answer.status === 200 && answer;
	});

	assert.deepEqual(json, { output: '1' });
	assert.equal(await metric('sce_language_up{runtime="missing"}'), 1);
});

async function
a_broken_row_is_alone()
{
	const broken = Promise.all(Array.from({ length: 3 }, () =>
		run_as(ROWS.broken, 'print(1)')));
	const python = await run_as(ROWS.python, 'print(1)');
	const other = await run_as(ROWS.other, 'print(1)');

	assert.deepEqual(python.json, { output: '1' });
	assert.deepEqual(other.json, { output: '1' });
	for (const { status } of await broken)
		assert.equal(status, 503);
	assert.equal((await health(own.base)).http, 200);
	assert.match(own.sced_log(), /event=start-failed .*runtime=broken failures=2/);
	assert.doesNotMatch(own.sced_log(), /event=start-failed .*runtime=python/);
	/* It is tried again when somebody asks, and not before. */
	const tries = () =>
		own.sced_log().match(/start-failed .*runtime=broken/g).length;
	const tried = tries();

	await wait_for('another try', async () => {
		assert.equal((await run_as(ROWS.broken, '1')).status, 503);
		return tries() > tried;
	});
	await own.idle();
}

if (!FORK)
	test('a row whose starts fail takes nothing from the others',
	    a_broken_row_is_alone);

/* The request is lost, the responder is started again, and that is all. */
for (const [what, row, seconds, why] of [
	['an unknown row', UNKNOWN_ROW, 1, 'it asked for an unknown runtime'],
	['more time than the row has', ROWS.other, 5,
		'it asked for a lease beyond the limit'],
]) {
	test(`who asks for ${what} is ended`, async () => {
		const sced = own.sced_pid();
		const { status } = await run_as(row, 'print(1)', seconds);

		assert.ok(status >= 500, String(status));
		assert.match(own.sced_log(), new RegExp(`reason="${why}"`));
		assert.equal(own.sced_pid(), sced);
		assert.deepEqual((await run_as(ROWS.python, 'print(1)')).json,
		    { output: '1' });
	});
}

test('a responder is told of each row', async () => {
	const pid = await wait_for('a responder', () => fs.readdirSync('/proc')
	    .find((name) => /^\d+$/.test(name) && command_line(Number(name))[0]
		?.startsWith(`${folder}/`)));

	const rows = [
		['python', '3.11.2', 'py,py3,python3,python3.11', 'main.py', 0,
			128 * MIB, 5000, 10000, 1],
		['other', '3.11.2', 'another,one', 'main.py', 0, 192 * MIB,
			4000, 4000, 1],
		['missing', '3.11.2', '', 'main.py', 0, 128 * MIB, 5000, 10000,
			1],
		['broken', '3.11.2', '', 'main.py', 0, 128 * MIB, 5000, 10000,
			0],
	].slice(0, FORK ? 3 : 4)
	    .map((fields) => `language=${fields.join('\t')}`);

	/* It takes them apart where they are: a sign may be an end by now. */
	const parts = (words) => words.join('\t').split(/[\t,=]/);
	const expected = parts(rows);

	assert.deepEqual(
	    parts(command_line(Number(pid))).slice(-expected.length), expected);
});

test('--print-run-command takes a row', () => {
	const [binary, ...args] = command_line(own.sced_pid());
	const print = (name) => spawnSync(binary,
	    [...args, `--print-run-command=${name}`], { encoding: 'utf8' });

	assert.match(print('other').stdout, /--label sce\.runtime=other/);
	assert.match(print('other').stdout, new RegExp(`--memory ${192 * MIB}`));
	const { status, stderr } = print('nothing');

	assert.notEqual(status, 0);
	assert.match(stderr, /there is no section \[runtime nothing\]/);
});
