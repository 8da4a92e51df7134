/* SPDX-License-Identifier: MIT */
/*
 * Runs one row of the plan: a file of node's tests, or a step of steps.sh.
 * What it prints goes into a log; how many tests passed is read from there.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { FORK, TESTS, file_of, is_test_file } from './plan.js';

const ROOT = path.join(TESTS, '..');
/* As in lib/service.sh. */
const SERVICE_BUILD = path.join(ROOT, 'build',
    process.env.SANITIZE === '1' ? 'sanitized' : 'gcc');
/* One that takes so much longer than it should stands still. */
const PATIENCE = 4;
const PATIENCE_SECONDS_MIN = 600;
const KILL_AFTER_MS = 15000;

/* Process groups that are under way. */
const groups = new Set();

function
end_group(pid, signal)
{
	try {
		process.kill(-pid, signal);
	} catch {
		/* It has ended. */
	}
}

/* When the run itself is ended. */
function
end_all(signal)
{
	for (const pid of groups)
		end_group(pid, signal);
}

/* An instance's address and folder, once service.sh has it up. */
function
instance_env(work, name)
{
	const [folder] = fs.readdirSync(work)
	    .filter((entry) => new RegExp(`^${name}-\\d+$`).test(entry));

	if (folder === undefined)
		return {};
	return { SCE_URL: `http://127.0.0.1:${folder.split('-').pop()}`,
		SCE_RUN_DIR: path.join(work, folder, 'run') };
}

/* What tests of the service are told of it. */
function
environment_of(job, work)
{
	const fork = job.name.endsWith(FORK);

	if (!is_test_file(job.name))
		return {};
	return { BUILD: SERVICE_BUILD,
		...fork ? { SCE_ISOLATION: 'fork' } : {},
		...instance_env(work, fork ? 'forked' : 'main') };
}

function
command_of(job, log)
{
	if (!is_test_file(job.name))
		return ['tests/steps.sh', job.name];
	return [process.execPath, '--test', '--test-concurrency=1',
		'--test-reporter=spec', '--test-reporter-destination=stdout',
		'--test-reporter=tap', `--test-reporter-destination=${log}.tap`,
		path.join('tests', file_of(job))];
}

/* The process's end: its status, or why there is none. */
function
run_command([program, ...args], env, log, limit_seconds)
{
	return new Promise((resolve) => {
		const out = fs.openSync(log, 'a');
		const child = spawn(program, args, { cwd: ROOT, env,
			detached: true, stdio: ['ignore', out, out] });
		let why = null;
		const timers = [setTimeout(() => {
			why = `stopped after ${Math.round(limit_seconds)} s`;
			end_group(child.pid, 'SIGTERM');
			timers.push(setTimeout(() => end_group(child.pid,
			    'SIGKILL'), KILL_AFTER_MS));
		}, limit_seconds * 1000)];
		const end = (status) => {
			timers.forEach(clearTimeout);
			/* What it has left behind. */
			end_group(child.pid, 'SIGKILL');
			groups.delete(child.pid);
			resolve(status);
		};

		fs.closeSync(out);
		if (child.pid !== undefined)
			groups.add(child.pid);
		child.on('error', (error) => end(error.message));
		child.on('exit', (status, signal) =>
			end(why ?? (status === 0 ? null :
			    signal ?? `status ${status}`)));
	});
}

/* The sum of the numbers that a pattern's group finds. */
function
sum_of(text, pattern)
{
	return [...text.matchAll(pattern)]
	    .reduce((sum, [, number]) => sum + Number(number), 0);
}

/* What was not run to its end has not passed. */
function
counts_of_tap(text)
{
	return { passed: sum_of(text, /^# pass (\d+)$/gm),
		failed: sum_of(text, /^# (?:fail|cancelled|skipped|todo) (\d+)$/gm),
	};
}

function
counts_of_step(text)
{
	return { passed: sum_of(text, /^[\w/-]+: (\d+) passed, \d+ failed$/gm),
		failed: sum_of(text, /^[\w/-]+: \d+ passed, (\d+) failed$/gm) };
}

function
read(file)
{
	return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
}

/*
 * { passed, failed, why }; why: a sentence, or null if all is well. A runner
 * that fails without a failed test has failed itself, and so has one that ran
 * fewer tests than there are.
 */
function
verdict({ passed, failed }, status, least)
{
	let why = status;

	if (failed > 0)
		why = `${failed} of ${passed + failed} failed` +
		    (/^stopped/.test(status) ? `, ${status}` : '');
	else if (why === null && passed < least)
		why = `${passed} tests, there are ${least} at least`;
	return { passed, failed: why === null ? 0 : Math.max(failed, 1), why };
}

/* log: a file to be made. slowness: how many times slower than plan.txt's
 * machine, which tests are told, too. most: seconds that it may take at most. */
async function
run_job(job, { work, log, slowness, most })
{
	const env = { ...process.env, SCE_SLOWNESS: String(slowness),
		...environment_of(job, work) };
	const limit = Math.min(most, Math.max(PATIENCE_SECONDS_MIN,
	    PATIENCE * slowness * job.seconds));
	const status = await run_command(command_of(job, log), env, log, limit);
	const counts = is_test_file(job.name) ?
	    counts_of_tap(read(`${log}.tap`)) : counts_of_step(read(log));

	return verdict(counts, status, job.least);
}

export { counts_of_step, counts_of_tap, end_all, run_job, verdict };
