/* SPDX-License-Identifier: MIT */
/*
 * The starving trick: a program makes PID 1 of its container the least urgent
 * process and lets fifty others spin. Timers of PID 1 then fire minutes late,
 * and docker kill, which waits for PID 1 to die, fails. That our profile
 * refuses it is shown through /run; that the supervisor's last means would end
 * it all the same is shown on a container without the profile.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { docker, docker_cli } from '../integration/lib/docker.js';
import { run } from '../integration/lib/http.js';
import { ROOT, shared_instance } from '../integration/lib/instance.js';
import { alive, stat_fields } from '../integration/lib/proc.js';
import { SLOWNESS, wait_for } from '../integration/lib/wait.js';
import { attacks } from './lib/attacks.js';

const HERE = path.join(ROOT, 'tests/security/starving');
const SCHED_IDLE = 5;
const SPINNERS = 50;
/* What the supervisor gives docker kill before it goes on. */
const KILL_BUDGET_MS = 2000;
/* The supervisor's cgroup step is over after a second; on a machine where the
 * same processes take long to die without the trick, after so many times that. */
const CGROUP_BUDGET_MS = 1000;
const CGROUP_TIMES = 3;
/* How long behind its deadline an answer may come: this, or so many times what
 * one simple endless loop takes. */
const SLACK_MS = 1500;
const SLACK_TIMES = 10;
const TRIES = 10;
const CLIENT_DEADLINE_MS = 30000 * SLOWNESS;

const instance = shared_instance();
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'sce-starving-'));
const killer = path.join(work, 'cgroup_kill');
const name = `sce-starving-${randomBytes(6).toString('hex')}`;

before(() => {
	execFileSync(process.env.CC ?? 'cc', ['-std=c11', '-D_GNU_SOURCE',
		'-Wall', '-Wextra', '-Werror', '-Ifcgi', '-o', killer,
		path.join(HERE, 'cgroup_kill.c'),
		'fcgi/supervisor/docker/cgroup.c', 'fcgi/common/io.c'], { cwd: ROOT });
});

after(() => {
	const pid = state('.State.Pid');

	/* Docker alone may not be able to: that is what this is about. */
	if (pid > 1)
		spawnSync(killer, [String(pid)]);
	spawnSync(docker_cli(), ['rm', '--force', name],
	    { timeout: CLIENT_DEADLINE_MS });
	fs.rmSync(work, { recursive: true });
});

/* A number of docker inspect's; 0 when there is no such container. */
function
state(field)
{
	const done = spawnSync(docker_cli(),
	    ['inspect', '--format', `{{${field}}}`, name],
	    { encoding: 'utf8', timeout: CLIENT_DEADLINE_MS });

	return done.status === 0 ? Number(done.stdout) : 0;
}

/* Its end alone leaves its name taken for a moment. */
async function
removed()
{
	await wait_for('removal by Docker', () => spawnSync(docker_cli(),
	    ['inspect', name], { timeout: CLIENT_DEADLINE_MS }).status === 1);
}

/* All flags of a sandbox that could matter here, but for the profile. */
function
start_spinning(config, ...args)
{
	const uid = Number(config.docker.uid_base) + 999;

	docker('run', '--detach', '--rm', '--name', name, '--network', 'none',
	    '--label', `sce.test=${process.env.SCE_WORK}`,
	    '--ipc', 'none', '--cgroupns', 'private', '--user', `${uid}:${uid}`,
	    '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges:true',
	    '--security-opt', 'seccomp=unconfined', '--read-only', '--memory',
	    '128m', '--memory-swap', '128m', '--cpus', '0.5', '--pids-limit',
	    '64', '--log-driver', 'none', '--pull', 'never', '--mount',
	    `type=bind,src=${HERE}/pid_1.py,dst=/pid_1.py,readonly`,
	    config.docker.image, 'python3.11', '/pid_1.py', ...args);
	return state('.State.Pid');
}

/* They are PID 1's children once their parent has ended, with which they begin
 * to spin. */
function
all_spin(pid)
{
	return fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
	    .trim().split(' ').length >= SPINNERS;
}

function
is_starved(pid)
{
	return Number(stat_fields(pid)[38]) === SCHED_IDLE && all_spin(pid);
}

/* Null if it ended within the budget; the client is killed if not. */
function
docker_kill()
{
	return new Promise((resolve) => {
		const client = spawn(docker_cli(), ['kill', name],
		    { stdio: 'ignore' });
		const timer = setTimeout(() => client.kill('SIGKILL'),
		    KILL_BUDGET_MS);

		client.on('close', (status) => {
			clearTimeout(timer);
			resolve(status);
		});
	});
}

/* How long behind its deadline the answer to a program comes: milliseconds. */
async function
overrun(code, { timeout }, expect)
{
	const start = performance.now();

	assert.deepEqual(await run(code, { timeout }), expect);
	return performance.now() - start - timeout * 1000;
}

test('through /run it is refused, and the run ends in time', async (t) => {
	const attack = attacks().find((a) => a.name ===
	    'cannot_starve_the_guest');
	const [{ code, expect, members }] = attack.parts;
	const simple = () => overrun('while True:\n    pass\n', members,
	    { error: expect.error });
	/* Before and after: what else the machine does comes and goes. */
	const before_ms = await simple();
	const ms = await overrun(code, members, expect);
	const simple_ms = Math.max(before_ms, await simple());

	t.diagnostic(`answered ${Math.round(ms)} ms behind its deadline, a ` +
	    `simple loop ${Math.round(simple_ms)} ms`);
	assert.ok(ms < Math.max(SLACK_MS, SLACK_TIMES * simple_ms),
	    `${ms} ms, a simple loop ${simple_ms} ms`);
	await instance.idle();
});

test('RLIMIT_CPU 0 on PID 1 is refused, too', async () => {
	const answer = await run('import resource\ntry:\n' +
	    '    resource.prlimit(1, resource.RLIMIT_CPU, (0, 0))\n' +
	    'except PermissionError as error:\n    print(error)\n' +
	    'resource.prlimit(0, resource.RLIMIT_NOFILE, (64, 64))\n' +
	    'print(resource.getrlimit(resource.RLIMIT_NOFILE))\n',
	{ timeout: 10 });

	assert.deepEqual(answer,
	    { output: '[Errno 1] Operation not permitted\n(64, 64)' });
});

/* The pid of a PID 1 that docker kill could not end, 0 if it could. */
async function
survivor_of_docker_kill()
{
	const pid = start_spinning(instance.config());

	assert.ok(pid > 1);
	await wait_for('starved PID 1', () => is_starved(pid));
	const status = await docker_kill();

	if (status !== 0 && alive(pid))
		return pid;
	await removed();
	return 0;
}

/* How long it takes until PID 1 has ended by it: milliseconds. */
async function
cgroup_kill(pid)
{
	const start = performance.now();

	execFileSync(killer, [String(pid)]);
	await wait_for('end of PID 1', () => !alive(pid));
	const ms = Math.round(performance.now() - start);

	await removed();
	return ms;
}

/* The same processes, none of which is starved. */
async function
cgroup_kill_of_spared()
{
	const pid = start_spinning(instance.config(), 'spared');

	assert.ok(pid > 1);
	await wait_for('processes that spin', () => all_spin(pid));
	return cgroup_kill(pid);
}

test('without the profile docker kill fails, the cgroup kill does not',
    async (t) => {
	const spared_ms = await cgroup_kill_of_spared();
	let pid = 0;

	/* Now and then the scheduler is kind to PID 1. */
	for (let i = 0; i < TRIES && pid === 0; i++)
		pid = await survivor_of_docker_kill();
	assert.ok(pid > 1, 'docker kill always ended it: no longer a trick?');
	const ms = await cgroup_kill(pid);

	t.diagnostic(`cgroup kill: ${ms} ms, without the trick ${spared_ms} ms`);
	assert.ok(ms < Math.max(CGROUP_BUDGET_MS, CGROUP_TIMES * spared_ms),
	    `${ms} ms, without the trick ${spared_ms} ms`);
});
