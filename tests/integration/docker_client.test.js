/* SPDX-License-Identifier: MIT */
/*
 * sce-docker does what Docker's client does: from the very words that sced
 * uses both make the same container, and say and exit the same.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';

import {
	collect, docker, docker_cli, docker_collect, inspect,
} from './lib/docker.js';
import { config_text, ROOT } from './lib/instance.js';
import { take_place } from './lib/place.js';
import { essence } from './lib/same_container.js';
import { SLOWNESS, wait_for } from './lib/wait.js';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const BUILD = process.env.BUILD ?? '';
const DEADLINE_MS = 60000 * SLOWNESS;
const IMAGE = process.env.SCE_IMAGE ?? 'safe-code-executor/python:3.11';
const NAME = `sce-c11e-${process.pid.toString(16)}`;

let dir = null;
let ours = null;
let image_id = null;
/* words_of() of each isolation. */
const words = {};

before(() => {
	dir = fs.mkdtempSync(path.join(process.env.SCE_WORK, 'client.'));
	fs.chmodSync(dir, 0o755);
	ours = path.join(BUILD, 'sce-docker');
	image_id = docker('image', 'inspect', '--format', '{{.Id}}', IMAGE);
});

after(() => {
	const left = docker('ps', '--all', '--quiet', '--filter',
	    `name=${NAME}`);

	if (left !== '')
		docker('rm', '--force', ...left.split('\n'));
	fs.rmSync(dir, { recursive: true });
});

/* Never blocks: the sockets of this process have to answer meanwhile. */
async function
run(client, args, env = {})
{
	const { status, stdout, stderr } = await collect(client, args, '',
	    { timeout: DEADLINE_MS, env: { ...process.env, ...env } });

	return { status, stdout: String(stdout), stderr: String(stderr) };
}

/* --- the words that sced uses ---------------------------------------------- */

/* A run directory as service.sh fills it, as far as sced alone needs it. */
async function
stage(isolation)
{
	const { uid_base, responder_uid } = await take_place();
	const run_dir = path.join(dir, isolation);
	const profile = path.join(ROOT, 'fcgi/image/seccomp.json');
	const client = path.join(run_dir, 'bin/docker');

	for (const name of ['bin', 'share', 'bin/docker.d'])
		fs.mkdirSync(path.join(run_dir, name), { recursive: true });
	for (const name of ['sce-responder', 'sce-guest', 'sce-gate.so'])
		fs.copyFileSync(path.join(BUILD, name),
		    path.join(run_dir, 'bin', name));
	fs.copyFileSync(profile, path.join(run_dir, 'share/seccomp.json'));
	fs.writeFileSync(path.join(run_dir, 'share/seccomp-fork.json'),
	    execFileSync(path.join(ROOT, 'fcgi/image/seccomp-fork.sh'),
		{ input: fs.readFileSync(profile) }));
	fs.copyFileSync(path.join(HERE, 'lib/recording_client.sh'), client);
	fs.chmodSync(client, 0o755);
	fs.writeFileSync(`${client}.real`, ours);
	fs.writeFileSync(path.join(run_dir, 'sced.ini'), config_text({
		service: { run_dir, responder_uid },
		docker: { docker_cli: client, image: IMAGE, uid_base,
			docker_host: process.env.DOCKER_HOST ?? '' },
		pool: { isolation, ready: 1, ready_max: 1, running: 1 },
	}));
	return run_dir;
}

function
recorded(run_dir)
{
	const folder = path.join(run_dir, 'bin/docker.d');

	return fs.readdirSync(folder).filter((name) => !name.startsWith('.'))
	    .map((name) => fs.readFileSync(path.join(folder, name), 'utf8')
		.split('\0').slice(0, -1));
}

/* { holder, sandbox, others }: argv of a sced that is started and stopped. */
async function
words_of(isolation)
{
	const run_dir = await stage(isolation);
	const is_run = (part) => ([word, ...rest]) => word === 'run' &&
	    rest.some((other) => other.startsWith(part));
	const sced = spawn(path.join(BUILD, 'sced'),
	    ['-c', path.join(run_dir, 'sced.ini')],
	    { stdio: ['ignore', 'ignore', 'pipe'] });
	const ended = once(sced, 'exit');
	const log = [];
	let found = {};

	sced.stderr.on('data', (chunk) => log.push(chunk));
	try {
		found = await wait_for('start of a sandbox', () => {
			const all = recorded(run_dir);
			const holder = all.find(is_run('sce.holder='));
			const sandbox = all.find(is_run('sce.slot='));

			return sced.exitCode !== null ||
			    (holder && sandbox && { holder, sandbox });
		});
		assert.equal(sced.exitCode, null, log.join(''));
	} finally {
		sced.kill('SIGTERM');
		await ended;
	}
	return { ...found, others: recorded(run_dir)
	    .filter(([word]) => word !== 'run') };
}

/* --- containers -------------------------------------------------------------- */

/* sced's words with a name, a label and a slot directory of the test's. */
function
adapted(argv, { name, slot, network = null })
{
	return argv.map((word, i) => {
		if (argv[i - 1] === '--name')
			return name;
		if (argv[i - 1] === '--network' && network !== null)
			return `container:${network}`;
		return word.replace(/^sce\.instance=.*$/, `sce.instance=${dir}`)
		    .replace(/^(type=bind,src=)[^,]*(,dst=\/run\/sce,.*)$/,
			`$1${slot}$2`);
	});
}

/* What a guest dials: it stays for as long as it is connected. */
async function
listening(name)
{
	const slot = path.join(dir, name);
	const server = net.createServer((socket) => {
		socket.on('error', () => undefined);
	});

	fs.mkdirSync(slot);
	server.listen(path.join(slot, 's'));
	await once(server, 'listening');
	fs.chmodSync(path.join(slot, 's'), 0o666);
	return { slot, server };
}

async function
started(client, argv)
{
	const done = await run(client, argv);

	assert.equal(done.status, 0, done.stderr);
	assert.match(done.stdout, /^[0-9a-f]{64}\n$/);
	assert.equal(done.stderr, '');
	return done.stdout.trim();
}

async function
removed(name)
{
	assert.equal((await docker_collect(['rm', '--force', name], '',
	    DEADLINE_MS)).status, 0);
}

/* Both clients' container of this argv, one after the other. */
async function
both(argv, options)
{
	const found = [];

	for (const client of [docker_cli(), ours]) {
		const id = await started(client, adapted(argv, options));

		found.push(essence(inspect([id])[0]));
		await removed(id);
	}
	return found;
}

for (const isolation of ['container', 'fork']) {
	test(`isolation = ${isolation}: both make the same`, async () => {
		words[isolation] = await words_of(isolation);
		const { holder, sandbox } = words[isolation];
		const { slot, server } = await listening(`slot-${isolation}`);
		const name = `${NAME}-a`;
		const held = `${NAME}-b`;

		try {
			const holders = await both(holder, { name, slot });

			assert.equal(holders[0].HostConfig.NetworkMode, 'none');
			assert.deepEqual(holders[1], holders[0]);
			await started(ours, adapted(holder,
			    { name: held, slot }));
			const boxes = await both(sandbox,
			    { name, slot, network: held });

			assert.match(boxes[0].HostConfig.NetworkMode,
			    /^container:[0-9a-f]{64}$/);
			assert.ok(boxes[0].HostConfig.SecurityOpt.length > 1);
			assert.deepEqual(boxes[1], boxes[0]);
			await removed(held);
		} finally {
			server.close();
		}
	});
}

/* As people get it: without a holder, and so with a network of its own. */
test('without a holder, too', async () => {
	const file = path.join(dir, 'container/sced.ini');
	const done = spawnSync(path.join(BUILD, 'sced'),
	    ['-c', file, '--print-run-command'], { encoding: 'utf8' });
	const { slot, server } = await listening('slot-alone');
	/* As a shell takes it: the empty word is one, without its quotes. */
	const argv = execFileSync('sh', ['-c', `printf '%s\\0' ${done.stdout}`],
	    { encoding: 'utf8' }).split('\0').slice(0, -1);

	try {
		const [theirs, mine] = await both(
		    argv.slice(argv.indexOf('run')),
		    { name: `${NAME}-a`, slot });

		assert.equal(theirs.HostConfig.NetworkMode, 'none');
		assert.deepEqual(theirs.HostConfig.Dns, ['0.0.0.0']);
		assert.deepEqual(mine, theirs);
	} finally {
		server.close();
	}
});

test('sced uses no other command', async () => {
	const { others } = words.container;
	const commands = new Set(others.map(([word]) => word));

	assert.ok(commands.has('ps') && commands.has('image'), [...commands]);
	for (const [word, ...rest] of others) {
		assert.ok(['ps', 'image', 'kill', 'rm'].includes(word), word);
		const done = await run(ours, [word, ...rest]);

		assert.doesNotMatch(done.stderr, /usage/);
	}
});

/* --- what they say ------------------------------------------------------------ */

const RUN = ['run', '--detach', '--rm', '--pull', 'never', '--network', 'none',
	'--name', `${NAME}-c`];
const LIST = ['ps', '--all', '--format', '{{.Names}}', '--filter'];

/* Without the program's name, docker's full stop, and its advice. */
function
reason(stderr)
{
	return stderr.split('\n')[0].replace(/^.*?(daemon|Error): /, '')
	    .replace(/\.$/, '');
}

/* Both with these words: the same status and output, and the same reason. */
async function
expect_same(args, status)
{
	const theirs = await run(docker_cli(), args);
	const mine = await run(ours, args);
	const has_id = (text) => /^[0-9a-f]{64}$/.test(text.trim());

	assert.equal(theirs.status, status, theirs.stderr);
	assert.equal(mine.status, status, mine.stderr);
	if (has_id(theirs.stdout))
		assert.ok(has_id(mine.stdout), mine.stdout);
	else
		assert.equal(mine.stdout.trim(), theirs.stdout.trim());
	if (theirs.stderr === '') {
		assert.equal(mine.stderr, '');
		return;
	}
	assert.match(mine.stderr, /^sce-docker: [^\n]+\n$/);
	assert.ok(reason(theirs.stderr).includes(reason(mine.stderr)),
	    `${theirs.stderr}${mine.stderr}`);
}

const FAILURES = {
	'no such image to run': [[...RUN, 'sce-test/none:1'], 125],
	'no such program': [[...RUN, '--entrypoint', '/none', IMAGE], 127],
	'a program that is none': [
		[...RUN, '--entrypoint', '/etc/passwd', IMAGE], 126],
	'no such holder': [[...RUN.slice(0, 5), '--network',
		'container:sce-none', '--name', `${NAME}-c`, IMAGE], 125],
	'no such runtime': [[...RUN, '--runtime', 'none', IMAGE], 125],
	'a value that Docker refuses': [[...RUN, '--memory', '1k', IMAGE], 125],
	'no such image to inspect': [['image', 'inspect', '--format', '{{.Id}}',
		'sce-test/none:1'], 1],
	'no such container to kill': [['kill', 'sce-none'], 1],
};

for (const [what, [args, status]] of Object.entries(FAILURES)) {
	test(`the same of ${what}`, async () => {
		await expect_same(args, status);
		assert.equal(docker(...LIST, `name=${NAME}-c`), '');
	});
}

/* 20.10 and later exit with 0, some before them with 1. */
test('what is not there need not be removed', async () => {
	const done = await run(ours, ['rm', '--force', 'sce-none', 'sce-nil']);

	assert.equal(done.status, 0);
	assert.equal(done.stdout, '');
	assert.match(done.stderr,
	    /^(sce-docker: .*No such container: sce-n.*\n){2}$/);
});

test('the same of a container that is there', async () => {
	const label = `sce.test=${NAME}`;
	const name = `${NAME}-d`;
	const start = ['run', '--detach', '--rm', '--pull', 'never',
		'--network', 'none', '--name', name, '--label', label,
		'--entrypoint', '/bin/sleep', IMAGE, '60'];

	await expect_same([...LIST, `label=${label}`], 0);
	for (const client of [docker_cli(), ours]) {
		await started(client, start);
		/* But for the id in the sentence it is the same one. */
		await expect_same(start, 125);
		await expect_same([...LIST, `label=${label}`], 0);
		const listed = await run(ours, [...LIST, `label=${label}`]);

		assert.equal(listed.stdout, `${name}\n`);
		const done = await run(client, ['rm', '--force', name]);

		assert.deepEqual(done,
		    { status: 0, stdout: `${name}\n`, stderr: '' });
		await started(client, start);
		assert.deepEqual(await run(client, ['kill', name]),
		    { status: 0, stdout: `${name}\n`, stderr: '' });
		await wait_for('removal', () =>
			docker(...LIST, `label=${label}`) === '');
	}
	await expect_same(['image', 'inspect', '--format', '{{.Id}}', IMAGE], 0);
	await expect_same(['image', 'inspect', '--format', '{{.Id}}', image_id],
	    0);
});
