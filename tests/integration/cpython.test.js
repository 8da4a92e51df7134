/* SPDX-License-Identifier: MIT */
/*
 * Ordinary programs still run: CPython's own tests give the same results in
 * a sandbox as outside of one. Inside means the guest itself as PID 1, the
 * flags of a sandbox that waits, its seccomp profile, Landlock and the strict
 * filter; outside means the same image with Docker's default flags and no
 * seccomp. Neither has a network. What differs is listed in expected.txt,
 * with its reason.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { prepare_package } from '../security/cpython/lib/package.js';
import { guest_run } from '../security/cpython/lib/guest_link.js';
import {
	sandbox_flags, tmpfs_flags,
} from '../security/cpython/lib/sandbox_flags.js';
import {
	docker, docker_cli, docker_collect, inspect,
} from './lib/docker.js';
import { read_expected } from './lib/expected.js';
import { ROOT, shared_instance } from './lib/instance.js';
import { SLOWNESS } from './lib/wait.js';

const HERE = path.join(ROOT, 'tests/security/cpython');
const CODE = fs.readFileSync(path.join(HERE, 'run_modules.py'), 'utf8');
/* Many wait for time rather than for a core. */
const JOBS = 4;
/* A guest lets nothing run for longer than 300 s: where that is too short for
 * all modules, they are run in as many parts as are needed. */
const WALL_MS = 280000;
const PARTS = Math.ceil(SLOWNESS);
const MODULE_SECONDS = Math.min(WALL_MS / 1000, Math.ceil(100 * SLOWNESS));
/* Runs of what surprises, each with nothing beside it. */
const AGAIN = 3;
/* More of what three modules at a time need; all else is as it is. */
const CHANGES = {
	Memory: 1024 * 1024 * 1024,
	NanoCpus: 2e9,
	PidsLimit: 384,
	Ulimits: { cpu: 600 },
};
const EXITED = 1;
/* By which the runner finds what a test left that was ended. */
const LABEL = ['--label', `sce.test=${process.env.SCE_WORK}`];

const names = [];
let dir = null;
let waiting = null;
let uid = 0;

before(async () => {
	const instance = shared_instance();

	await instance.idle();
	[waiting] = inspect(instance.containers());
	uid = Number(instance.config().docker.uid_base) + 998;
	dir = fs.mkdtempSync(path.join(process.env.SCE_WORK, 'cpython.'));
	fs.chmodSync(dir, 0o755);
});

after(() => {
	/* Most of them are gone already. */
	if (names.length > 0)
		spawnSync(docker_cli(), ['rm', '--force', ...names]);
	if (dir !== null)
		fs.rmSync(dir, { recursive: true });
});

function
new_name()
{
	const name = `sce-cpython-${randomBytes(6).toString('hex')}`;

	names.push(name);
	return name;
}

/* [name, classes, classes to leave out] of each line. */
function
read_modules()
{
	return fs.readFileSync(path.join(HERE, 'modules.txt'), 'utf8')
	    .split('\n').filter((line) => /^\w/.test(line)).map((line) => {
		    const [name, ...words] = line.trim().split(/\s+/);

		    return [name, words];
	    });
}

const GRAVITY = ['ok', 'skipped', 'failure', 'error'];

/* A map from an id to how it ended, the worst of several, and why. */
function
parse_results(text)
{
	const results = new Map();

	assert.match(text, /\nEND\n$/, 'the runner ran to its end');
	for (const line of text.split('\n').slice(0, -2)) {
		const [id, status, why] = line.split('\t');
		const before_it = results.get(id);

		if (before_it === undefined || GRAVITY.indexOf(status) >
		    GRAVITY.indexOf(before_it.status))
			results.set(id, { status, why });
	}
	return results;
}

function
plan(modules, jobs)
{
	return JSON.stringify({ modules, jobs, timeout: MODULE_SECONDS });
}

async function
run_inside(mounts, modules, jobs)
{
	const slot = fs.mkdtempSync(path.join(dir, 'slot.'));
	const guest = waiting.Mounts.find((mount) =>
		mount.Destination === '/sce-guest').Source;

	fs.chmodSync(slot, 0o755);
	const start = () => docker('run', '--detach', '--rm', ...LABEL,
	    '--name', new_name(), '--user', `${uid}:${uid}`,
	    '--network', 'none', '--hostname', waiting.Config.Hostname,
	    ...sandbox_flags(waiting, dir, CHANGES),
	    ...tmpfs_flags(waiting, uid),
	    '--mount', `type=bind,src=${slot},dst=/run/sce,readonly`,
	    '--mount', `type=bind,src=${guest},dst=/sce-guest,readonly`,
	    ...mounts, '--entrypoint', waiting.Path, waiting.Image,
	    ...waiting.Args);
	const done = await guest_run(path.join(slot, 's'), start,
	    { code: CODE, stdin: plan(modules, jobs), wall_ms: WALL_MS });

	assert.deepEqual([done.verdict.kind, done.verdict.status,
		done.verdict.truncated, done.stderr], [EXITED, 0, 0, '']);
	return parse_results(done.stdout);
}

/* The environment of a run, the program at the same place, and the number of
 * descriptors that is usual: what Docker gives depends on the host. */
function
outside_flags(mounts)
{
	return ['run', '--rm', '--interactive', ...LABEL, '--name', new_name(),
		'--network', 'none', '--security-opt', 'seccomp=unconfined',
		'--user', `${uid}:${uid}`, '--workdir', '/box',
		'--env', 'HOME=/box', '--env', 'USER=sandbox',
		'--env', 'PATH=/usr/local/bin:/usr/bin:/bin',
		'--env', 'LANG=C.UTF-8', '--ulimit', 'nofile=1024:4096',
		'--mount', 'type=bind,src=' +
		    `${HERE}/run_modules.py,dst=/box/main.py,readonly`,
		...mounts, waiting.Image, 'python3.11', 'main.py'];
}

async function
run_outside(mounts, modules, jobs)
{
	const { status, stdout, stderr } = await docker_collect(
	    outside_flags(mounts), plan(modules, jobs), WALL_MS);

	if (status !== 0)
		throw new Error(`${status}: ${stdout}${stderr}`);
	return parse_results(stdout.toString());
}

/* What does not end the same way: a map from an id to a sentence. */
function
differences(inside, outside)
{
	const found = new Map();

	for (const id of new Set([...inside.keys(), ...outside.keys()])) {
		const [here, there] = [inside.get(id), outside.get(id)];

		if (here?.status !== there?.status)
			found.set(id, `${id}: inside ${here?.status} ` +
			    `(${here?.why}), outside ${there?.status} ` +
			    `(${there?.why})`);
	}
	return found;
}

function
parts_of(modules)
{
	const size = Math.ceil(modules.length / PARTS);

	return Array.from({ length: PARTS }, (_, i) =>
		modules.slice(i * size, (i + 1) * size))
	    .filter((part) => part.length > 0);
}

async function
compare(mounts, modules)
{
	const results = [];

	for (const part of parts_of(modules)) {
		results.push(await Promise.all([
			run_inside(mounts, part, JOBS),
			run_outside(mounts, part, JOBS)]));
	}
	return compared(results);
}

/* The same without anything beside it, not even the other half. */
async function
compare_alone(mounts, modules)
{
	const results = [];

	for (const part of parts_of(modules)) {
		results.push([await run_inside(mounts, part, 1),
			await run_outside(mounts, part, 1)]);
	}
	return compared(results);
}

/* Of [inside, outside] of each part. */
function
compared(results)
{
	const [inside, outside] = [0, 1].map((side) =>
		new Map(results.flatMap((part) => [...part[side]])));

	return { inside, outside, found: differences(inside, outside) };
}

/* Of the modules whose tests these are. */
function
modules_of(ids, modules)
{
	return modules.filter(([name]) => ids.some((id) =>
		id === name || id.startsWith(`test.${name}.`) ||
		(name === 'test_ctypes' && id.startsWith('ctypes.test.'))));
}

/* What is not as listed: both ways. */
function
surprises(found, expected, results)
{
	return [
		...[...found.keys()].filter((id) => !expected.has(id)),
		...[...expected].filter((id) =>
			!found.has(id) && results.has(id)),
	];
}

test("CPython's own tests: the same inside and outside", async (t) => {
	const made = prepare_package(waiting.Image, dir);

	if (made.missing !== undefined) {
		t.skip(`no libpython3.11-testsuite: ${made.missing}`);
		return;
	}
	const modules = read_modules();
	const expected = await read_expected(
	    path.join(HERE, 'expected.txt'));
	const first = await compare(made.mounts, modules);
	let strange = surprises(first.found, expected, first.outside);
	let last = first;

	/* Many are about time, and the machine is shared: what surprises is to
	 * do so each time again, as CPython's own runner has it. */
	for (let i = 0; i < AGAIN && strange.length > 0; i++) {
		const some = modules_of(strange, modules);

		t.diagnostic(`run again: ${some.map(([name]) => name)}`);
		last = await compare_alone(made.mounts, some);
		const again = surprises(last.found, expected, last.outside);

		strange = strange.filter((id) => again.includes(id));
	}
	const passed = [...first.inside.values()].filter(({ status }) =>
		status === 'ok').length;

	t.diagnostic(`${modules.length} modules, ${first.outside.size} tests,` +
	    ` ${passed} passed inside, ${first.found.size} differ`);
	assert.ok(passed >= 4000, `only ${passed} passed`);
	assert.deepEqual(strange.map((id) => last.found.get(id) ??
	    `${id}: no longer differs`), []);
	assert.deepEqual([...expected].filter((id) =>
		!first.outside.has(id) && !first.inside.has(id)), [],
	'expected.txt names tests that there are not');
});
