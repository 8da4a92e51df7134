/* SPDX-License-Identifier: MIT */
/*
 * isolation = fork: what holds for a fresh container holds for a fork, too; that
 * is what plan.txt's rows with @fork are for. What is its own: when a container
 * is used again, when it is replaced, and what is preloaded.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { inspect, inspect_now, list_containers } from './lib/docker.js';
import { post_run, run, start_run } from './lib/http.js';
import { start_instance } from './lib/instance.js';
import { children, stat_fields, status_field } from './lib/proc.js';
import { wait_for } from './lib/wait.js';

const FORK_RUNS = 12;
const LOOKS_AT_REST = 5;

let few = null;

before(async () => {
	few = await start_instance('forkfew', {
		pool: { isolation: 'fork', ready: 1, running: 1,
			fork_runs: FORK_RUNS,
			/* The last one prints when it is imported. */
			preload: 'random, uuid, secrets,json, this' },
	});
});

after(async () => {
	if (few !== null)
		assert.deepEqual(await few.stop(), []);
});

/* Forks of one interpreter have one hash seed: they tell themselves apart. */
const WHICH = 'print(hash("which container"))';

async function
which(own)
{
	return (await run(WHICH, {}, own)).output;
}

test('a container serves many runs, then another one does', async () => {
	const seen = {};

	for (let i = 0; i < 5 * FORK_RUNS; i++) {
		const name = await which(few);

		seen[name] = (seen[name] ?? 0) + 1;
	}
	const counts = Object.values(seen);

	/* The health check's run counts, too. */
	assert.ok(Math.max(...counts) >= FORK_RUNS - 4, `${counts}`);
	assert.ok(Math.max(...counts) <= FORK_RUNS, `${counts}`);
	assert.ok(counts.length >= 5, `${counts}`);
});

/* Is the container that waited for it replaced behind it? */
async function
replaced_by(code, members = {})
{
	await few.idle();
	const [before_it] = few.containers();
	const answer = await run(code, members, few);

	await few.idle();
	return { answer, gone: few.containers()[0] !== before_it };
}

for (const [what, code, members, expected] of [
	['a timeout', 'while True: pass', { timeout: 0.5 },
		{ error: 'Execution timed out after 0.5 seconds' }],
	['an out-of-memory kill', 'x = "a" * 1000000000', {},
		{ error: 'Memory limit exceeded (128 MB)' }],
	['a signal', 'import os\nos.kill(os.getpid(), 9)', {},
		{ error: 'Program killed by signal SIGKILL',
			signal: 'SIGKILL' }],
	['a child that the kernel killed for memory',
		'import os\nif os.fork() == 0: x = "a" * 1000000000\n' +
		'print(os.wait()[1])', {}, { output: '9' }],
]) {
	test(`${what} replaces the container`, async () => {
		const { answer, gone } = await replaced_by(code, members);

		assert.deepEqual(answer, expected);
		assert.ok(gone);
	});
}

test('a program that fails by itself does not', async () => {
	let kept = 0;

	/* Unless it was the last run of its container. */
	for (let i = 0; i < 3; i++) {
		const { answer, gone } = await replaced_by('exit(3)');

		assert.equal(answer.exit_code, 3);
		kept += !gone;
	}
	assert.ok(kept >= 1);
});

test('preloaded modules are there, and no others', async () => {
	const code = 'import sys\nprint(*[m in sys.modules for m in ' +
	    '("random", "uuid", "secrets", "json", "decimal")])';

	assert.deepEqual(await run(code, {}, few),
	    { output: 'True True True True False' });
});

/* So often all of them went to sleep so far. */
function
sleeps(pids)
{
	return pids.map((pid) =>
		Number(status_field(pid, 'voluntary_ctxt_switches')))
	    .reduce((all, count) => all + count, 0);
}

test('between runs a guest sleeps', async () => {
	await run('print(1)', {}, few);
	await few.idle();
	const pids = inspect(few.containers())
	    .map(({ State: { Pid: pid } }) => pid);

	/* An alarm that goes on after a run wakes it 20 times a second, each
	 * second; what a run leaves to be prepared has an end. */
	await wait_for('second of sleep', async () => {
		const before = sleeps(pids);

		await delay(1000);
		return sleeps(pids) - before < 5 * pids.length;
	});
});

/* Minor ones, so far. */
function
faults(pid)
{
	return Number(stat_fields(pid)[7]);
}

/* Asleep, and as far as it was at the looks before: it waits for somebody. */
async function
wait_until_at_rest(pid)
{
	let before = null;
	let same = 0;

	await wait_for('end of its preparation', () => {
		const fields = stat_fields(pid);
		const now = [fields[0], fields[7], fields[11]].join();

		same = now === before ? same + 1 : 1;
		before = now;
		return fields[0] === 'S' && same >= LOOKS_AT_REST;
	});
}

/* Most of the pages that a short program touches. */
test('what a program needs is there before its text', async () => {
	await few.idle();
	const [{ State: { Pid: guest } }] = inspect(few.containers());
	const program = await wait_for('program that waits', () =>
		children(guest).flatMap(children)[0]);

	await wait_until_at_rest(program);
	const ahead = faults(program);
	const call = start_run("print('hi')\nopen('done', 'w').close()\n" +
	    'import time\ntime.sleep(60)', { timeout: 10 }, few);

	await wait_for('end of its work', () =>
		fs.existsSync(`/proc/${program}/root/box/done`));
	const behind = faults(program) - ahead;

	call.hang_up();
	assert.ok(behind < ahead, `${ahead} ahead, ${behind} behind`);
});

test('what is to be random differs from run to run', async () => {
	const code = 'import random, uuid, secrets, os, hashlib, ssl\n' +
	    'print(random.random(), uuid.uuid4(), secrets.token_hex(8), ' +
	    'os.urandom(8).hex(), random.SystemRandom().random(), ' +
	    'ssl.RAND_bytes(8).hex(), random.getrandbits(64))';
	const rows = [];

	for (let i = 0; i < 2 * FORK_RUNS; i++)
		rows.push((await run(code, {}, few)).output.split(' '));
	for (let column = 0; column < rows[0].length; column++) {
		assert.equal(new Set(rows.map((row) => row[column])).size,
		    rows.length, `column ${column}`);
	}
});

/* The processes of a container while a program runs in it; whose gets a
 * SIGKILL. */
async function
anatomy(own, whose)
{
	const call = start_run('import time\ntime.sleep(9)', { timeout: 10 },
	    own);
	const found = await wait_for('running program', async () => {
		const { slots } = await list_containers(own.run_dir);

		for (const { State } of await inspect_now(slots)) {
			const below = children(State.Pid);
			/* The next one waits without a script. */
			const init = below.find((pid) => fs.existsSync(
			    `/proc/${pid}/root/box/main.py`) &&
			    children(pid).length > 0);

			if (init !== undefined) {
				return { guest: State.Pid, init,
					gate: below.find((p) => p !== init),
					program: children(init)[0] };
			}
		}
		return null;
	});

	if (whose !== null)
		process.kill(found[whose], 'SIGKILL');
	return { call, found };
}

for (const [who, status, body] of [
	['program', 200, /killed by signal SIGKILL/],
	['init', 200, /killed by signal SIGKILL/],
	['guest', 500, /may have run/],
]) {
	test(`a ${who} that is killed ends its run and its container`,
	    async () => {
		const { call, found } = await anatomy(few, who);
		const answer = await call.done;

		assert.equal(answer.status, status, answer.text);
		assert.match(answer.text, body);
		await few.idle();
		assert.equal(status_field(found.guest, 'Pid'), null);
		assert.deepEqual(await run('print(1)', {}, few),
		    { output: '1' });
	});
}

test('a gate that is killed ends its container behind the run', async () => {
	const { call, found } = await anatomy(few, 'gate');

	call.hang_up();
	await wait_for('end of the guest', () =>
		status_field(found.guest, 'Pid') === null);
	await few.idle();
	assert.deepEqual(await run('print(1)', {}, few), { output: '1' });
});

test('a client that goes away ends the container', async () => {
	const { call, found } = await anatomy(few, null);

	call.hang_up();
	await wait_for('end of the guest', () =>
		status_field(found.guest, 'Pid') === null);
});

test('the programs of one container are never there at once', async () => {
	const answers = await Promise.all(Array.from({ length: 6 }, () =>
		post_run({ code: 'import os\nprint(os.getpid())' }, few)));

	for (const answer of answers)
		assert.deepEqual(answer.json, { output: '2' });
});

test('a profile that lets no program make namespaces', () => {
	const profile = JSON.parse(fs.readFileSync(
	    path.join(few.run_dir, 'share/seccomp-fork.json'), 'utf8'));
	const plain = JSON.parse(fs.readFileSync(
	    path.join(few.run_dir, 'share/seccomp.json'), 'utf8'));
	const more = profile.syscalls.slice(0, 3);
	const rest = profile.syscalls.slice(3);

	assert.deepEqual(more.map(({ names }) => names),
	    [['clone'], ['mount'], ['capset']]);
	for (const rule of plain.syscalls)
		rule.names = rule.names.filter((name) => name !== 'mount');
	assert.deepEqual(rest, plain.syscalls);
	for (const key of ['defaultAction', 'defaultErrnoRet', 'archMap'])
		assert.deepEqual(profile[key], plain[key]);
});
