/* SPDX-License-Identifier: MIT */
/*
 * nginx/cluster.conf before three hosts, of which one breaks under load. What
 * is sent is a program of its own each time, so that the hosts' logs tell
 * whether one ran twice.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import {
	Front, Network, start_client, start_load,
} from './lib/cluster.js';
import { start_instance } from './lib/instance.js';
import { alive, children } from './lib/proc.js';
import { SLOWNESS, wait_for } from './lib/wait.js';

const ADDRESSES = { front: '198.18.7.1', client: '198.18.7.100',
	host1: '198.18.7.11', host2: '198.18.7.12', host3: '198.18.7.13' };
const NAMES = ['host1', 'host2', 'host3'];
const LANES = 6;
const QUEUE_WAIT_S = Math.ceil(10 * SLOWNESS);
const TIMEOUT_S = Math.ceil(4 * SLOWNESS);
/* Above queue_wait + timeout_max + 5 s of the hosts. */
const READ_TIMEOUT_S = QUEUE_WAIT_S + TIMEOUT_S + 6;
/* cluster.conf's: how long a host that failed is left alone. */
const FAIL_TIMEOUT_MS = 5000;
const CUT_OFF = [502, 504];

const answers = []; /* all that the load has seen */
const hosts = {};
let network = null;
let front = null;

function
start_host(name)
{
	return start_instance(name, {
		pool: { ready: 2, running: 3, queue: 16,
			queue_wait: `${QUEUE_WAIT_S}s` },
		limits: { timeout: `${TIMEOUT_S}s`,
			timeout_max: `${TIMEOUT_S}s` },
		clients: { rate: 500, proxies: ADDRESSES.front },
	}, { listen: ADDRESSES[name], enter: network.enter(name) });
}

before(async () => {
	const work = process.env.SCE_WORK;

	network = new Network(work, ADDRESSES);
	for (const name of NAMES)
		hosts[name] = await start_host(name);
	front = new Front(network, path.join(work, 'front'), NAMES.map((name) =>
		`${ADDRESSES[name]}:${hosts[name].port}`), READ_TIMEOUT_S);
});

after(async () => {
	const left = [];

	if (front !== null)
		await front.stop();
	for (const host of Object.values(hosts))
		left.push(...await host.stop());
	if (network !== null)
		network.remove();
	assert.deepEqual(left, []);
});

/* --- what is looked at ----------------------------------------------------------- */

function
assert_right(answer)
{
	assert.equal(answer.failure, undefined);
	assert.equal(answer.status, 200, answer.body);
	assert.deepEqual(JSON.parse(answer.body), { output: answer.token });
	assert.equal(answer.id, answer.token);
}

/* Right, or cut off with our JSON; how many were cut off. */
function
count_cut_off(seen)
{
	const failed = seen.filter(({ status }) => status !== 200);

	seen.filter(({ status }) => status === 200).forEach(assert_right);
	for (const answer of failed) {
		assert.ok(CUT_OFF.includes(answer.status),
		    JSON.stringify(answer));
		assert.deepEqual(Object.keys(JSON.parse(answer.body)),
		    ['error']);
		assert.equal(answer.id, answer.token);
	}
	return failed.length;
}

function
load(lanes, count)
{
	return start_load(network, 'client', front.base, lanes, count);
}

async function
batch(count)
{
	const seen = await load(LANES, count).closed;

	assert.equal(seen.length, count);
	answers.push(...seen);
	return seen;
}

/* Programs are sent until the host has run one of them. */
async function
assert_used_again(name)
{
	const before_it = hosts[name].log_entries().length;

	await wait_for(`a run on ${name}`, async () => {
		(await batch(LANES)).forEach(assert_right);
		return hosts[name].log_entries().length > before_it;
	});
}

function
address_of(name)
{
	return `${ADDRESSES[name]}:${hosts[name].port}`;
}

/* Programs that this host was to run, but another one has. */
function
passed_on(name)
{
	return front.log().filter(({ request, hosts: tried, status }) =>
		request.startsWith('POST') &&
		tried.includes(address_of(name)) &&
		tried.includes(', ') && status === '200');
}

/* The hosts at which the front has tried this request. */
async function
hosts_of(token)
{
	const line = await wait_for('its line', () => front.log()
	    .find(({ request_id: id }) => id === token));

	return line.hosts;
}

/* As a program would be ended that dies: nothing is said to anybody. */
async function
kill_processes(pids)
{
	pids.forEach((pid) => process.kill(pid, 'SIGKILL'));
	await wait_for('their end', () => !pids.some(alive));
}

function
nginx_pids(host)
{
	const master = Number(fs.readFileSync(
	    path.join(host.run_dir, 'nginx/nginx.pid'), 'utf8'));

	return [master, ...children(master)];
}

/* --- the tests ------------------------------------------------------------------- */

test('nginx takes the example', () => {
	const { status, said } = front.nginx('-t');

	assert.equal(status, 0, said);
	assert.doesNotMatch(said, /warn/);
	front.start();
});

test('every host takes its part, and every answer is right', async () => {
	(await batch(30)).forEach(assert_right);
	for (const name of NAMES)
		assert.ok(hosts[name].log_entries().length > 1, name);
});

test('hosts know the client and the name of a request', async () => {
	const [{ token }] = await batch(1);
	const line = await wait_for('its line', () => NAMES
	    .flatMap((name) => hosts[name].log_entries())
	    .find(({ id }) => id === token));

	assert.equal(line.client, ADDRESSES.client);
});

test("Piston's paths pass, too", async () => {
	const [list] = await start_load(network, 'client', front.base, 1,
	    [1, 'GET', '/api/v2/runtimes']).closed;

	assert.equal(list.status, 200, list.body);
	assert.equal(JSON.parse(list.body)[0].language, 'python');
});

test('a host is killed: only what it was running is lost', async () => {
	const under = load(LANES);

	await under.more(12);
	await kill_processes([...nginx_pids(hosts.host3),
		hosts.host3.sced_pid()]);
	await under.more(24);
	const seen = await under.stop();
	const lost = count_cut_off(seen);

	answers.push(...seen);
	assert.ok(lost <= LANES, `${lost} were cut off`);
});

/* Programs until one was passed on by who could not reach the host. Looked at
 * afterwards, for a wrong answer would be tried again here. */
async function
right_until_passed_on(host)
{
	const seen = [];

	await wait_for('a program that was passed on', async () => {
		seen.push(...await batch(LANES));
		return passed_on(host).length > 0;
	});
	seen.forEach(assert_right);
}

test('while it is dead every answer is right, of another host', async () => {
	(await batch(30)).forEach(assert_right);
	await right_until_passed_on('host3');
});

test('when it is back it is used', async () => {
	hosts.host3.up();
	await assert_used_again('host3');
});

test("a host's cable is pulled: only what it was running is lost",
    async () => {
	const under = load(LANES);

	await under.more(12);
	network.set_link('host1', 'down');
	await under.more(24);
	const seen = await under.stop();
	const lost = count_cut_off(seen);

	answers.push(...seen);
	assert.ok(lost <= LANES, `${lost} were cut off`);
	/* What it was running counts as its connections until it is given up;
	 * only then is it the idlest one, and tried. */
	await right_until_passed_on('host1');
	network.set_link('host1', 'up');
	await assert_used_again('host1');
});

/* Its nginx answers 502 at once, which makes it look like the idlest host.
 * Nothing but the /healthz that somebody asks for finds it out. */
test('a host that is down but answers is found out by /healthz', async () => {
	await kill_processes([hosts.host2.sced_pid()]);
	const client = start_client(network, 'client', front.base);

	try {
		const [health, answer] = await wait_for(
		    'an answer while it was left alone', () =>
			answer_while_alone(client, 'host2'));

		assert.equal(health.status, 200, health.body);
		assert_right(answer);
		assert.ok(!(await hosts_of(answer.token))
		    .includes(address_of('host2')));
	} finally {
		await client.stop();
	}
	hosts.host2.up();
	await assert_used_again('host2');
});

/* [of /healthz, which has found out the host, of a program behind it], or null
 * if by then the host may have been tried again. */
async function
answer_while_alone(client, name)
{
	const begin = performance.now();
	const health = await client.ask('GET', '/healthz');

	if (!(await hosts_of(health.token)).includes(address_of(name)))
		return null;
	const answer = await client.ask('POST');

	answers.push(answer);
	return performance.now() - begin < FAIL_TIMEOUT_MS &&
	    [health, answer];
}

test('a host that is drained loses nothing', async () => {
	const under = load(LANES);

	await under.more(6);
	await front.edit(new RegExp(`(${ADDRESSES.host2}:.*);`), '$1 down;');
	hosts.host2.down();
	const ran = hosts.host2.log_entries().length;

	await under.more(12);
	const seen = await under.stop();

	answers.push(...seen);
	seen.forEach(assert_right);
	assert.equal(hosts.host2.log_entries().length, ran);
	hosts.host2.up();
	await front.edit(/ down;/, ';');
	await assert_used_again('host2');
});

test('a program is passed on only by who could not be reached', () => {
	for (const line of front.log()) {
		const connects = line.host_connect_seconds.split(', ');

		if (!line.request.startsWith('POST'))
			continue;
		for (const connect of connects.slice(0, -1))
			assert.equal(connect, '-', JSON.stringify(line));
	}
});

/* By the hash of the program. */
function
count_runs()
{
	const runs = new Map();

	for (const name of NAMES) {
		for (const { code_sha256: sha } of hosts[name].log_entries())
			runs.set(sha, (runs.get(sha) ?? 0) + 1);
	}
	return runs;
}

test('no program has run twice, and each that was answered once', async () => {
	const hash = ({ code }) =>
		createHash('sha256').update(code).digest('hex');
	/* An entry is written after the answer. */
	const runs = await wait_for('an entry of each', () => {
		const found = count_runs();

		return answers.every((answer) => answer.status !== 200 ||
			found.has(hash(answer))) && found;
	});

	assert.ok(answers.length > 100);
	for (const answer of answers) {
		const times = runs.get(hash(answer)) ?? 0;

		if (answer.status === 200)
			assert.equal(times, 1, JSON.stringify(answer));
		else
			assert.ok(times <= 1, JSON.stringify(answer));
	}
});
