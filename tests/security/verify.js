/* SPDX-License-Identifier: MIT */
/*
 * Runs the attacks against a running instance and says what held. verify.sh
 * is how it is started. It expects the limits of the default configuration.
 */
import fs from 'node:fs';

import { health } from '../integration/lib/http.js';
import { wait_for } from '../integration/lib/wait.js';
import { attacks, title } from './lib/attacks.js';
import { experiments } from './lib/experiments.js';
import { markdown, seconds, summary, table } from './lib/report.js';
import { in_parallel, is_reported, run_attack } from './lib/run.js';

const AT_ONCE = 3;
/* How long the pool may take to be as full as it was: milliseconds. */
const POOL_DEADLINE_MS = 30000;

function
usage()
{
	console.error('usage: verify.sh [--report FILE] [URL]');
	process.exit(2);
}

function
parse_arguments(list)
{
	const options = {
		url: process.env.SCE_URL || 'http://127.0.0.1:5000',
		report: null,
	};

	for (let i = 0; i < list.length; i++) {
		if (list[i] === '--report' && i + 1 < list.length)
			options.report = list[++i];
		else if (/^https?:\/\//.test(list[i]))
			options.url = list[i];
		else
			usage();
	}
	return options;
}

/* How many sandboxes wait when nobody asks for one. */
async function
full_pool(url)
{
	let most = 0;

	try {
		await health(url);
	} catch (error) {
		console.error(`No service answers at ${url} ` +
		    `(${error.message}): start it with 'make up', ` +
		    'or name another.');
		process.exit(2);
	}
	/* A pool that was just used is full as soon as nothing is added. */
	for (let same = 0; same < 20; same++) {
		const { ready } = await health(url);

		if (ready > most) {
			most = ready;
			same = 0;
		}
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	return most;
}

function
result_of(attack, outcome)
{
	if (outcome.held)
		return 'held';
	return attack.residual !== undefined && is_reported(outcome) ?
	    'residual' : 'GOT THROUGH';
}

async function
examine(attack, url)
{
	const outcome = await run_attack(attack, url)
	    .catch((error) => ({ held: false, why: error.message, ms: 0 }));
	const finding = {
		...attack,
		title: title(attack),
		code: attack.parts[0].code,
		result: result_of(attack, outcome),
		answer: outcome.answer,
		why: outcome.why,
		ms: outcome.ms,
	};

	console.log(`Testing ${finding.group}: ${finding.title} ... ` +
	    `${finding.result} (${seconds(finding.ms)})`);
	if (finding.result === 'GOT THROUGH')
		console.log(`    ${finding.why}`);
	return finding;
}

/* Others may use it meanwhile: a finding is what stays away. */
async function
examine_service(ready, url)
{
	const start = performance.now();
	const finding = {
		group: 'service',
		title: 'healthy afterwards, its pool full',
		attack: 'all of the above',
		protection: 'one container a run, refilled by the supervisor',
		result: 'held',
	};

	try {
		await wait_for(`health and ${ready} sandboxes`, async () => {
			const now = await health(url);

			return now.http === 200 && now.ready >= ready;
		}, POOL_DEADLINE_MS);
	} catch (error) {
		finding.result = 'GOT THROUGH';
		finding.why = error.message;
	}
	finding.ms = performance.now() - start;
	console.log(`Testing service: ${finding.title} ... ${finding.result}`);
	return finding;
}

async function
main()
{
	const { url, report } = parse_arguments(process.argv.slice(2));
	const ready = await full_pool(url);
	const all = [...experiments(), ...attacks()];
	const found = new Map();
	const note = async (attack) =>
		found.set(attack, await examine(attack, url));

	console.log(`Testing the service at ${url}`);
	await in_parallel(AT_ONCE, all.filter((a) => !a.alone), note);
	await in_parallel(1, all.filter((a) => a.alone), note);
	const findings = all.map((attack) => found.get(attack));

	findings.push(await examine_service(ready, url));
	console.log(`\n${table(findings)}\n\n${summary(findings)}`);
	if (report !== null) {
		fs.writeFileSync(report, markdown(url, findings));
		console.log(`The report is in ${report}`);
	}
	if (findings.some((f) => f.result === 'GOT THROUGH'))
		process.exitCode = 1;
}

await main();
