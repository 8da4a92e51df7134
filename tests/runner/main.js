/* SPDX-License-Identifier: MIT */
/*
 * main.js TIER...: runs these tiers of plan.txt, two jobs side by side where
 * they share nothing. Called by run.sh, which has the packages installed, and
 * which stops what is left.
 *
 * SCE_WORK   folder for logs and instances; "counts" in it gets the sums, "times"
 *            the milliseconds of each job
 * ONLY       patterns, such as 'integration/f*': those rows, and what they need
 * LANES      how many jobs at once (2)
 * BUDGET_S   seconds; what would not end by then is left out and named
 * END_S      seconds; what runs then is ended, and has failed
 * TURN       a number, with which the order behind the first tier turns
 *
 * Exit status 1: something failed.
 */
import fs from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';

import { end_all, run_job } from './job.js';
import { REFERENCE_MS, python_start_ms, slowness_now } from './machine.js';
import {
	TESTS, TIERS, faults_of, of_patterns, of_tiers, read_plan, test_files,
	with_needs,
} from './plan.js';
import { duration, job_line } from './report.js';
import { Schedule } from './schedule.js';

/* Of the environment; throws if it is none. */
function
number_of(name, usual)
{
	const value = Number(process.env[name] || usual);

	if (Number.isNaN(value) || (name === 'LANES' && !(value >= 1)))
		throw new Error(`${name}=${process.env[name]} is no such number`);
	return value;
}

const WORK = process.env.SCE_WORK;
const END_S = number_of('END_S', Infinity);
const LANES = number_of('LANES', 2);
/* How long a row may take to end, once it is told to. */
const GRACE_MS = 15000;
const FAILED_LINES = 150;
const FAILED_COLUMNS = 1000;

function
steps()
{
	return spawnSync(path.join(TESTS, 'steps.sh'), ['--list'],
	    { encoding: 'utf8' }).stdout.trim().split('\n');
}

/* Of node's tests those that failed, which it tells again at the end. */
function
show_failure(file)
{
	const text = fs.readFileSync(file, 'utf8').trimEnd();
	const [, told = text] = text.split(/^\S* ?failing tests:$/m);

	for (const line of told.split('\n').slice(-FAILED_LINES))
		console.log(`    ${line.slice(0, FAILED_COLUMNS)}`);
}

class Run {
	constructor(jobs, options)
	{
		this.begin = performance.now();
		this.schedule = new Schedule(jobs, options);
		this.sums = { passed: 0, failed: 0 };
		this.running = new Set();
	}

	now()
	{
		return (performance.now() - this.begin) / 1000;
	}

	/* As it is now, or was; and a neighbour may begin at any time. */
	slowness()
	{
		return LANES * Math.max(slowness_now(),
		    this.schedule.slowness());
	}

	async perform(job)
	{
		const log = path.join(WORK, `${job.name.replace(/\//g, '_')}.log`);
		const begin = this.now();
		const result = await run_job(job, { work: WORK, log,
			slowness: this.slowness(), most: END_S - begin });
		const seconds = this.now() - begin;

		this.schedule.ended(job, this.now(), result.why === null);
		this.sums.passed += result.passed;
		this.sums.failed += result.failed;
		fs.appendFileSync(path.join(WORK, 'times'),
		    `${Math.round(seconds * 1000)} ${job.name}\n`);
		console.log(job_line(job, result, seconds,
		    this.schedule.left(this.now())));
		if (result.why !== null)
			show_failure(log);
	}

	/* What runs ends, nothing else begins, and nothing is said to be well. */
	end()
	{
		this.schedule.waiting = [];
		this.sums.failed++;
		end_all('SIGTERM');
		setTimeout(() => process.exit(1), GRACE_MS).unref();
		Promise.all(this.running).then(() => process.exit(1));
	}

	/* Until nothing runs and nothing can. */
	async perform_all()
	{
		const { running } = this;

		for (;;) {
			const job = this.schedule.next(this.now());

			if (job !== null) {
				const done = this.perform(job).then(() =>
					running.delete(done));

				running.add(done);
			} else if (running.size > 0) {
				await Promise.race(running);
			} else {
				return;
			}
		}
	}

	/* One that can not be run for another's failure has failed, too. */
	tell_rest()
	{
		for (const { name } of [...this.schedule.not_run,
			...this.schedule.waiting]) {
			this.sums.failed++;
			console.log(`not ok ${name}: what it needs has failed`);
		}
		const names = this.schedule.no_time.map(({ name }) => name);

		if (names.length > 0)
			console.log(`not run for time: ${names.join(' ')}`);
	}
}

function
finish(run, python_ms)
{
	console.log(`${duration(run.now())}; bare python3.11 starts in ` +
	    `${python_start_ms().toFixed(1)} ms, ${python_ms.toFixed(1)} ms ` +
	    'at the beginning');
	fs.writeFileSync(path.join(WORK, 'counts'),
	    `${run.sums.passed} ${run.sums.failed}\n`);
	process.exitCode = run.sums.failed > 0 ? 1 : 0;
}

/* Those with sanitized programs: of the service, and nothing that measures. */
function
planned_jobs(tiers)
{
	const { ONLY = '', SANITIZE } = process.env;
	const patterns = ONLY.split(/\s+/).filter((word) => word !== '');
	const plan = read_plan();
	const faults = faults_of(plan, test_files(), steps());
	const chosen = (patterns.length > 0 ? of_patterns(plan, patterns) :
	    of_tiers(plan, tiers, number_of('TURN', 0)))
	    .filter((job) => SANITIZE !== '1' ||
		(job.needs.includes('service/main') &&
		!job.name.startsWith('bench/')));

	if (faults.length > 0)
		throw new Error(faults.join('\n'));
	if (chosen.length === 0)
		throw new Error(`no row of plan.txt is to be run: ${ONLY}`);
	return with_needs(plan, chosen);
}

async function
main(tiers)
{
	if (tiers.length === 0 || tiers.some((tier) => !TIERS.includes(tier)))
		throw new Error(`usage: main.js ${TIERS.join('|')}...`);
	process.on('exit', () => end_all('SIGKILL'));
	const python_ms = python_start_ms();
	const run = new Run(planned_jobs(tiers), { lanes: LANES,
		factor: python_ms / REFERENCE_MS,
		budget: number_of('BUDGET_S', Infinity) });

	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
		process.on(signal, () => run.end());
	console.log(`${run.schedule.waiting.length} files and steps, about ` +
	    `${duration(run.schedule.left(0))}: bare python3.11 starts in ` +
	    `${python_ms.toFixed(1)} ms`);
	await run.perform_all();
	run.tell_rest();
	finish(run, python_ms);
}

await main(process.argv.slice(2));
