/* SPDX-License-Identifier: MIT */
/*
 * What a run costs a client: print('hi') through nginx with a sandbox READY,
 * one client, beside the same program by the bare interpreter and by a
 * `docker run` with the same flags. The three take turns, so that whatever
 * else the machine does meets them alike.
 *
 *   SCE_URL=http://127.0.0.1:5000 node tests/bench/bench.js
 *
 * BENCH_ROUNDS   requests (100); docker runs are a tenth of them
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';

import { docker, docker_cli, inspect } from '../integration/lib/docker.js';
import { health } from '../integration/lib/http.js';
import { percentile } from '../integration/lib/stats.js';
import { wait_for } from '../integration/lib/wait.js';
import { sandbox_flags as waiting_flags, tmpfs_flags } from
    '../security/cpython/lib/sandbox_flags.js';

const URL_DEFAULT = 'http://127.0.0.1:5000';
const ROUNDS = Math.min(Number(process.env.BENCH_ROUNDS ?? 100), 10000);
const DOCKER_EVERY = 10;
const PROGRAM = "print('hi')";
const PYTHON = '/usr/bin/python3.11';

process.env.SCE_URL ??= URL_DEFAULT;

function
elapsed_ms(begin)
{
	return Number(process.hrtime.bigint() - begin) / 1e6;
}

/* Synchronous, as the parts it is compared with, but for the socket. */
function
post_once()
{
	const body = JSON.stringify({ code: PROGRAM });
	const begin = process.hrtime.bigint();

	return new Promise((resolve, reject) => {
		const call = http.request(process.env.SCE_URL, {
			path: '/run',
			method: 'POST',
			agent: false,
			headers: {
				'Content-Type': 'application/json',
				'Content-Length': Buffer.byteLength(body),
			},
		}, (answer) => {
			let text = '';

			answer.setEncoding('utf8');
			answer.on('data', (chunk) => {
				text += chunk;
			});
			answer.on('end', () => {
				const took = elapsed_ms(begin);

				if (text.trim() === '{"output":"hi"}')
					resolve(took);
				else
					reject(new Error(text));
			});
		});

		call.on('error', reject);
		call.end(body);
	});
}

/* Runs a command that has to print this; milliseconds. */
function
command_once(command, args, env, output = 'hi\n')
{
	const begin = process.hrtime.bigint();
	const done = spawnSync(command, args, { env, encoding: 'utf8' });
	const took = elapsed_ms(begin);

	if (done.error !== undefined)
		throw done.error;
	if (done.status !== 0 || done.stdout !== output)
		throw new Error(`${command}: ${done.stdout}${done.stderr}`);
	return took;
}

/* The flags that a sandbox was started with, as Docker understood them. */
function
flags_of(waiting, dir)
{
	const { User } = waiting.Config;

	return [
		'run', '--rm', '--user', User, ...waiting_flags(waiting, dir),
		...tmpfs_flags(waiting, User.split(':')[0]),
		'--entrypoint', 'python3.11', waiting.Image, '-c', PROGRAM,
	];
}

/* Any sandbox that waits: all of them have the same flags. */
function
sandbox_flags(dir)
{
	const filter = process.env.SCE_RUN_DIR === undefined ?
	    'label=sce.app' : `label=sce.instance=${process.env.SCE_RUN_DIR}`;
	const [waiting] = inspect(docker('ps', '-q', '--filter', filter)
	    .split('\n').slice(0, 1));

	if (waiting === undefined)
		throw new Error('no sandbox of the service is there');
	return flags_of(waiting, dir);
}

/* Nothing is started in the background while the clock runs. */
async function
full_pool()
{
	return wait_for('full pool', async () => {
		const now = await health();

		return now.running === 0 && now.ready >= full_pool.size && now;
	});
}

/* The pool's size is what it grows to when nobody asks for anything. */
async function
learn_pool_size()
{
	let seen = -1;
	let since = performance.now();

	full_pool.size = 1;
	await wait_for('pool that has stopped growing', async () => {
		const { ready } = await health();

		if (ready !== seen) {
			seen = ready;
			since = performance.now();
		}
		return seen > 0 && performance.now() - since > 2000;
	});
	full_pool.size = seen;
}

function
print_table(rows)
{
	const base = percentile(rows[0].times, 0.5);
	const line = (cells) => console.log(cells.map((cell, i) =>
		i === 0 ? cell.padEnd(34) : cell.padStart(11)).join(''));

	line(['ms', 'runs', 'p50', 'p95', 'p99', 'p50 ratio']);
	for (const { name, times } of rows) {
		const p50 = percentile(times, 0.5);

		line([name, String(times.length),
			...[0.5, 0.95, 0.99].map((share) =>
				percentile(times, share).toFixed(2)),
			(p50 / base).toFixed(2)]);
	}
}

async function
measure(flags)
{
	const run = [];
	const bare = [];
	const plain = [];
	const nothing = [];

	await post_once(); /* nothing of ours is cold then */
	for (let i = 0; i < ROUNDS; i++) {
		await full_pool();
		run.push(await post_once());
		bare.push(command_once(PYTHON, ['-c', PROGRAM], {}));
		nothing.push(command_once('/bin/true', [], {}, ''));
		if (i % DOCKER_EVERY === 0)
			plain.push(command_once(docker_cli(), flags,
			    process.env));
	}
	return [
		{ name: 'POST /run, sandbox READY', times: run },
		{ name: 'env -i python3.11 -c, bare host', times: bare },
		/* What starting any process from here costs: in both others. */
		{ name: 'of that, to start any process', times: nothing },
		{ name: 'docker run --rm, same flags', times: plain },
	];
}

async function
main()
{
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sce-bench-'));
	const cpus = os.cpus();

	console.log(`${os.hostname()}: ${cpus.length} x ${cpus[0].model}, ` +
	    `Linux ${os.release()}, ${new Date().toISOString()}, ` +
	    `load ${os.loadavg()[0].toFixed(1)}`);
	try {
		await learn_pool_size();
		await full_pool();
		const rows = await measure(sandbox_flags(dir));

		for (const row of rows)
			row.times.sort((a, b) => a - b);
		print_table(rows);
	} finally {
		fs.rmSync(dir, { recursive: true });
	}
}

await main();
