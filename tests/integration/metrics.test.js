/* SPDX-License-Identifier: MIT */
/*
 * GET /metrics, as Prometheus' own parser reads it: every counter moves by what
 * happened, no more. One request is found in every log by its number.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { ScedLog } from './lib/fault_instance.js';
import { health, post_run, request, run, start_run } from './lib/http.js';
import { ROOT, start_instance } from './lib/instance.js';
import { wait_for } from './lib/wait.js';

/* Debian's interpreter, which has the package python3-prometheus-client. */
const PARSER = ['/usr/bin/python3', ['-c', `
import json, sys
from prometheus_client.parser import text_string_to_metric_families
families = text_string_to_metric_families(sys.stdin.read())
print(json.dumps([{
    "name": f.name, "type": f.type, "help": f.documentation,
    "samples": [[s.name, s.labels, s.value] for s in f.samples]}
    for f in families]))
`]];
const TRACE = /^[0-9a-f]{32}$/;
const ENDLESS = ['while True: pass', { timeout: 10 }];

let own = null;

before(async () => {
	own = await start_instance('metrics', {
		service: { log_level: 'debug' },
		pool: { ready: 2, running: 1, queue: 1 },
	});
});

after(async () => {
	if (own !== null)
		await own.stop();
});

function
get_metrics(options = {})
{
	return request(
	    { base: own.base, method: 'GET', path: '/metrics', ...options });
}

async function
metrics_text()
{
	const answer = await get_metrics();

	assert.equal(answer.status, 200, answer.text);
	return answer.text;
}

function
parse_families(text)
{
	return JSON.parse(execFileSync(...PARSER,
	    { input: text, encoding: 'utf8' }));
}

/* [[name, [value of each label], value]] as the parser finds them, without its
 * start, for it is asked often: one test compares them. */
function
parse_samples(text)
{
	return text.split('\n').filter((line) => /^[^#]/.test(line))
	    .map((line) => {
		const [, name, labels, value] = line.match(
		    /^([a-z_]+)(?:\{(.*)\})? (\S+)$/);

		return [name, [...(labels ?? '').matchAll(/="([^"\\]*)"/g)]
		    .map(([, label]) => label), Number(value)];
	});
}

/* 'sce_runs_total exited' -> 3 */
async function
numbers()
{
	const all = {};

	for (const [name, labels, value] of
		parse_samples(await metrics_text())) {
		const key = [name, ...labels].join(' ');

		assert.ok(!(key in all), key);
		all[key] = value;
	}
	return all;
}

/* Each look is an answered request, which the next one sees. */
const LOOKED_AT = 'sce_requests_total 200';

/* What changes by an action, but for times, and for the looking itself. */
async function
changes(action, expected)
{
	let looks = 0;
	const look = async () => {
		const now = await numbers();

		now[LOOKED_AT] -= looks++;
		return now;
	};
	const before = await look();
	const difference = (now) => Object.fromEntries(
	    Object.keys(now).filter((key) =>
		/_total |_total$|_count$/.test(key) && key in expected)
		.map((key) => [key, now[key] - before[key]]));

	await action();
	await wait_for(`change by ${JSON.stringify(expected)}`, async () => {
		assert.deepEqual(difference(await look()), expected);
		return true;
	});
}

test('the parser takes it, and every family has type and help', async () => {
	const text = await metrics_text();
	const all = parse_families(text);
	const histogram = all.find(({ name }) => name === 'sce_run_seconds');

	assert.ok(all.length > 15, String(all.length));
	for (const { name, type, help } of all) {
		assert.match(name, /^sce_/);
		assert.match(type, /^(counter|gauge|histogram)$/);
		assert.notEqual(help, '');
	}
	assert.equal(histogram.type, 'histogram');
	/* Buckets never fall, and the last one is the count. */
	const buckets = histogram.samples
	    .filter(([name]) => name.endsWith('_bucket'))
	    .map(([, , value]) => value);
	const [, , count] = histogram.samples
	    .find(([name]) => name.endsWith('_count'));

	assert.deepEqual(buckets, [...buckets].sort((a, b) => a - b));
	assert.equal(buckets.at(-1), count);
	/* What the other tests read is what it reads. */
	assert.deepEqual(parse_samples(text), all.flatMap(({ samples }) =>
		samples.map(([name, labels, value]) =>
			[name, Object.values(labels), value])));
});

test('it is text of the Prometheus format, and not cached', async () => {
	const answer = await get_metrics();

	assert.equal(answer.headers['content-type'],
	    'text/plain; version=0.0.4; charset=utf-8');
	assert.equal(answer.headers['cache-control'], 'no-store');
	const head = await get_metrics({ method: 'HEAD' });

	assert.equal(head.status, 200);
	assert.equal(head.text, '');
	const post = await get_metrics({ method: 'POST', body: '' });

	assert.equal(post.status, 405);
	assert.equal(post.headers.allow, 'GET, HEAD');
});

/* A proxy on the same machine must not hand it to the world. */
for (const name of ['X-Forwarded-For', 'X-Real-IP', 'Forwarded']) {
	test(`${name}: no metrics for who comes by a proxy`, async () => {
		const answer = await get_metrics(
		    { headers: { [name]: '192.0.2.1' } });

		assert.equal(answer.status, 403);
		assert.deepEqual(Object.keys(answer.json), ['error']);
	});
}

const RUNS = {
	'a success': ["print('x')", {}, 'exited'],
	'a failure': ['1/0', {}, 'exited'],
	'a signal': ['import os\nos.abort()', {}, 'signaled'],
	'a timeout': ['while True: pass', { timeout: 0.2 }, 'timed_out'],
	'out of memory': ["x = 'a' * 1000000000", {}, 'out_of_memory'],
};

for (const [what, [code, members, verdict]] of Object.entries(RUNS)) {
	test(`${what} is one run, ${verdict}`, () => changes(
	    () => run(code, members, own), {
		[LOOKED_AT]: 1,
		'sce_requests_total 400': 0,
		[`sce_runs_total ${verdict}`]: 1,
		'sce_runs_total never_started': 0,
		sce_run_seconds_count: 1,
		sce_queue_seconds_count: 1,
	}));
}

test('cut output is counted by its stream', () => changes(
    () => run('import sys\nprint("x" * 100000, file=sys.stderr)', {}, own), {
	'sce_output_truncated_total stdout': 0,
	'sce_output_truncated_total stderr': 1,
}));

test('a refused request is no run', () => changes(
    () => post_run('{"code": 1}', own),
    { 'sce_requests_total 400': 1, 'sce_runs_total exited': 0 }));

test('who leaves has abandoned its run', () => changes(async () => {
	const call = start_run(...ENDLESS, own);

	await wait_for('the run', async () =>
		(await health(own.base)).running === 1);
	call.hang_up();
}, { 'sce_runs_total abandoned': 1, 'sce_runs_total timed_out': 0 }));

/* The looks are at the metrics: /healthz may make a run of its own. */
test('what the queue does not take is counted with its reason', async () => {
	await own.idle();
	await changes(async () => {
		const held = start_run('import time\ntime.sleep(4)',
		    { timeout: 10 }, own);

		await wait_for('the run', async () =>
			(await numbers())['sce_slots leased'] === 1);
		const waits = start_run('print(1)', {}, own);

		await wait_for('the queue', async () =>
			(await numbers()).sce_queue_length === 1);
		assert.equal((await post_run({ code: 'print(1)' }, own)).status,
		    503);
		await Promise.all([held.done, waits.done]);
	}, {
		'sce_refusals_total queue_full': 1,
		'sce_requests_total 503': 1,
		'sce_runs_total exited': 2,
	});
});

test('a killed responder loses its lease', () => changes(async () => {
	const call = start_run(...ENDLESS, own);

	await wait_for('the run', async () =>
		(await health(own.base)).running === 1);
	for (const pid of own.responders())
		process.kill(pid, 'SIGKILL');
	assert.equal((await call.done).status, 502);
	await own.idle();
}, {
	'sce_runs_total responder_lost': 1,
	sce_responder_deaths_total: 7, /* 2 x running, queue, four to spare */
}));

test('the gauges are those of an idle pool', async () => {
	await own.idle();
	const now = await numbers();

	assert.equal(now['sce_slots ready'], 2);
	assert.equal(now['sce_slots leased'], 0);
	assert.equal(now.sce_slots_leased_max, 1);
	assert.equal(now.sce_queue_length_max, 1);
	assert.equal(now.sce_up, 1);
	assert.equal(now.sce_queue_length, 0);
	assert.equal(now.sce_responders, own.responders().length);
	assert.ok(now.sce_sandbox_start_seconds_count > 5);
});

test('the operation guide names what there is, and all of it', async () => {
	const guide = fs.readFileSync(
	    path.join(ROOT, 'fcgi/doc/OPERATION.md'), 'utf8');
	const names = parse_families(await metrics_text()).map(({ name, type }) =>
		type === 'counter' ? `${name}_total` : name);
	const named = new Set(guide.match(/\bsce_[a-z_]+/g)
	    .map((name) => name.replace(/_bucket$/, '')));

	assert.deepEqual([...named].sort(), names.sort());
});

/* --- one number in every log ---------------------------------------------- */

/* Fields of the log's lines with this trace, by event. */
function
events(log, trace)
{
	return Object.fromEntries(log.lines(new RegExp(`trace=${trace}( |$)`))
	    .map((line) => {
		assert.match(line, /^<[3-7]>program=\S+ event=\S+( \w+=\S+)*/);
		const [, program, event] = line.match(
		    /program=(\S+) event=(\S+)/);

		return [event, { program, line }];
	}));
}

function
access_entry(id)
{
	const file = path.join(own.run_dir, 'logs/nginx-access.log');

	return wait_for(`access log entry of ${id}`, () =>
		fs.readFileSync(file, 'utf8').split('\n')
		    .filter((line) => line !== '').map((l) => JSON.parse(l))
		    .find(({ request_id }) => request_id === id));
}

for (const [what, given] of [
	['made by nginx', undefined],
	['given by the client', 'client-chosen.id_0'],
]) {
	test(`an id ${what} leads through all logs`, async () => {
		const log = new ScedLog(own);
		const headers = { 'Content-Type': 'application/json' };

		if (given !== undefined)
			headers['X-Request-Id'] = given;
		const answer = await post_run({ code: 'print(1)' },
		    { ...own, headers });
		const id = answer.headers['x-request-id'];
		const access = await access_entry(id);
		const entry = await wait_for('execution', () =>
			own.log_entries().find((e) => e.id === id));

		assert.match(access.trace, TRACE);
		assert.equal(entry.trace, access.trace);
		assert.equal(id, given ?? access.trace);
		const seen = await wait_for('lines of both programs', () => {
			const found = events(log, access.trace);

			return found['lease-released'] && found.answered &&
			    found['lease-granted'] && found;
		});

		assert.equal(seen['lease-granted'].program, 'sced');
		assert.equal(seen['lease-released'].program, 'sced');
		assert.equal(seen.answered.program, 'sce-responder');
		assert.match(seen.answered.line, / status=200 /);
		/* No byte of the client's reaches the supervisor. */
		if (given !== undefined)
			assert.deepEqual(log.lines(new RegExp(given)), []);
		log.close();
	});
}
