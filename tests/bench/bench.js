/* SPDX-License-Identifier: MIT */
/*
 * What a run costs, at any load, beside what it is compared with, in one run;
 * run.sh starts it. Prints tables, writes build/bench/result.json. Exit
 * status 1: something failed, or a ratio is wrong that holds by far; figures
 * that are not as good as they should be only say so.
 *
 * BENCH_QUICK=1   less than a minute; the figures are rough
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { ROOT, start_instance } from '../integration/lib/instance.js';
import { bare_driver, docker_command, has_flask, start_flask } from
    './lib/baseline.js';
import { criteria_of } from './lib/criteria.js';
import { command_driver, http_driver } from './lib/driver.js';
import { measure_fork } from './lib/fork.js';
import { measure_sizes, measure_slots } from './lib/growth.js';
import { measure_latency } from './lib/latency.js';
import { describe_machine } from './lib/machine.js';
import { measure_memory } from './lib/memory.js';
import { settled } from './lib/pool.js';
import { HI, IMPORTS, SLEEP } from './lib/programs.js';
import { print_report } from './lib/report.js';
import { measure_burst, measure_refusals, measure_throughput } from
    './lib/throughput.js';
import { faults_of } from './lib/verify.js';

const QUICK = process.env.BENCH_QUICK === '1';
const PLAN = QUICK ? {
	rounds: 6, docker_every: 3, size_rounds: 1, slots: 12,
	loop: { turns: 1, requests: 40 },
	clients: [8, 32], docker_clients: [8], bursts: [8],
	refusals_ms: 300,
} : {
	rounds: 100, docker_every: 5, size_rounds: 15, slots: 64,
	loop: { turns: 3, lead_ms: 1500, window_ms: 5000 },
	clients: [1, 8, 32, 128], docker_clients: [8, 32], bursts: [4, 32, 64],
	refusals_ms: 2000,
};
const RESULT = path.join(ROOT, 'build/bench/result.json');

/* All that makes load, each with what it goes to. */
async function
make_drivers(own, dir)
{
	const command = docker_command(own, dir);
	const drivers = {
		fresh: http_driver(own.port, dir, HI),
		imports: http_driver(own.port, dir, IMPORTS),
		sleep: http_driver(own.port, dir, SLEEP),
		bare: bare_driver(HI),
		bare_imports: bare_driver(IMPORTS),
		nothing: command_driver(['/bin/true'], ''),
		docker: command_driver([...command, HI.code], HI.output),
	};

	if (!QUICK && has_flask())
		drivers.flask = await start_flask(command, dir);
	return drivers;
}

function
latency_rows(own, drivers)
{
	const every = PLAN.docker_every;
	const rows = [
		{ name: 'fresh_hi', driver: drivers.fresh, own },
		{ name: 'bare_hi', driver: drivers.bare },
		{ name: 'fresh_imports', driver: drivers.imports, own },
		{ name: 'bare_imports', driver: drivers.bare_imports },
		{ name: 'nothing', driver: drivers.nothing },
		{ name: 'docker_hi', driver: drivers.docker, every },
	];

	if (drivers.flask !== undefined)
		rows.push({ name: 'flask_hi', driver: drivers.flask.driver,
			every });
	return rows;
}

function
throughput_rows(own, drivers)
{
	const rows = PLAN.clients.map((clients) =>
		({ name: 'fresh', driver: drivers.fresh, own, clients }));

	for (const clients of PLAN.docker_clients)
		rows.push({ name: 'docker', driver: drivers.docker, clients });
	rows.push({ name: 'bare', driver: drivers.bare, clients: 8 });
	if (drivers.flask !== undefined)
		rows.push({ name: 'flask', driver: drivers.flask.driver,
			clients: 8 });
	return rows;
}

function
say(what)
{
	console.log(`measuring: ${what}`);
}

async function
measure_service(own, drivers, dir)
{
	const result = {};

	say('latency');
	result.latency = await measure_latency(latency_rows(own, drivers),
	    PLAN.rounds);
	result.memory = measure_memory(own);
	say('throughput');
	result.throughput = await measure_throughput(
	    throughput_rows(own, drivers), PLAN.loop);
	say('bursts and refusals');
	result.burst = await measure_burst(own, drivers.fresh, PLAN.bursts);
	result.refusals = await measure_refusals(own, drivers.sleep,
	    drivers.fresh, PLAN.refusals_ms);
	say('sizes');
	result.sizes = await measure_sizes(own, dir, PLAN.size_rounds);
	return result;
}

async function
measure(dir)
{
	const own = await start_instance('bench');

	own.settings = own.config();
	await settled(own);
	const drivers = await make_drivers(own, dir);
	let result;

	try {
		result = await measure_service(own, drivers, dir);
	} finally {
		for (const driver of Object.values(drivers))
			driver.stop();
	}
	await own.stop();
	result.left_out = drivers.flask === undefined && !QUICK ?
	    ['Flask + docker run: python3-flask is not installed'] : [];
	say('many slots');
	result.slots = await measure_slots(PLAN.slots);
	await measure_fork(own.settings, PLAN, dir, result);
	return result;
}

function
write_result(result)
{
	fs.mkdirSync(path.dirname(RESULT), { recursive: true });
	fs.writeFileSync(RESULT, `${JSON.stringify(result, null, 1)}\n`);
	console.log(`\n${path.relative(ROOT, RESULT)} has all figures.`);
}

async function
main()
{
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sce-bench-'));
	const machine = describe_machine();
	const begin = performance.now();

	console.log(`${machine.host}: ${machine.cores} x ${machine.cpu}, ` +
	    `Linux ${machine.kernel}, ${machine.date}, load ` +
	    machine.load.toFixed(1));
	try {
		const result = { version: 1, quick: QUICK, machine,
			...await measure(dir) };

		result.seconds = (performance.now() - begin) / 1000;
		result.criteria = criteria_of(result);
		print_report(result);
		write_result(result);
		for (const fault of faults_of(result)) {
			console.log(`FAILED: ${fault}`);
			process.exitCode = 1;
		}
	} finally {
		fs.rmSync(dir, { recursive: true });
	}
}

await main();
