/* SPDX-License-Identifier: MIT */
/*
 * What nginx lets one client do: requests a second, requests at once, and who
 * the client is behind a proxy. Requests that cost nothing (400) count, too.
 * Each test is another client, by its loopback address.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { changed_sections } from './lib/fault_instance.js';
import { health, post_run, request, run, start_run } from './lib/http.js';
import { config_parse, config_text, start_instance } from
    './lib/instance.js';
import { wait_for } from './lib/wait.js';

const BURST = 5;
const MANY = 60;
/* Enough to be refused, and soon over. */
const FLOOD = 4 * BURST;
/* SLOW_RATE's: what is over by then has got nothing back. */
const TOKEN_MS = 1000;
const FLOODS_MAX = 10;
const PROXY = '127.0.0.9';
const SMALL = {
	pool: { ready: 1, running: 4, queue: 4 },
};
/* One request a second: nobody's machine is so slow that 60 take as long. */
const SLOW_RATE = { ...SMALL,
	clients: { rate: 1, burst: BURST, connections: 0, proxies: PROXY } };
const FEW_CONNECTIONS = { pool: { ...SMALL.pool, ready: 2 },
	limits: { timeout_max: '60s' },
	clients: { rate: 0, connections: 2 } };

let own = null;
let written = null; /* its place is in there, too */

before(async () => {
	own = await start_instance('clients', { ...SMALL, clients: {} });
	written = config_parse(fs.readFileSync(own.config_path, 'utf8'));
});

after(async () => {
	if (own !== null)
		assert.deepEqual(await own.stop(), []);
});

function
restart_with(sections)
{
	fs.writeFileSync(own.config_path,
	    config_text(changed_sections(written, sections)));
	own.up();
}

function
nginx_conf()
{
	return fs.readFileSync(path.join(own.run_dir, 'nginx/nginx.conf'),
	    'utf8');
}

/* Of many at once: how many the responder saw, and the refusals. */
async function
flood(from, { ask = bad_request, forwarded = () => undefined,
	count = MANY } = {})
{
	const answers = await Promise.all(Array.from({ length: count },
	    (_, i) => ask(from, forwarded(i))));

	return {
		passed: answers.filter(({ status }) => status !== 429).length,
		refused: answers.filter(({ status }) => status === 429),
	};
}

function
bad_request(from, forwarded)
{
	const headers = { 'Content-Type': 'application/json' };

	if (forwarded !== undefined)
		headers['X-Forwarded-For'] = forwarded;
	return post_run('{', { base: own.base, from, headers });
}

function
ask_health(from)
{
	return request({ base: own.base, from, method: 'GET',
		path: '/healthz' });
}

/*
 * After a flood the question is refused, too. What takes so long that something
 * came back meanwhile says nothing of that: another client does it again.
 * client(n): { from, options: of flood(), question } of the nth.
 */
async function
assert_counted_together(client)
{
	for (let n = 1; ; n++) {
		const { from, options, question } = client(n);
		const begin = performance.now();
		const { refused } = await flood(from,
		    { ...options, count: FLOOD });
		const { status } = await question();
		const together = refused.length > 0 && status === 429;

		if (together)
			return;
		if (n === FLOODS_MAX || performance.now() - begin < TOKEN_MS)
			assert.fail(`${refused.length} refused, then ${status}`);
	}
}

function
assert_refused(answer)
{
	assert.equal(answer.status, 429, answer.text);
	assert.match(answer.headers['content-type'], /^application\/json/);
	assert.deepEqual(Object.keys(answer.json), ['error']);
	assert.match(answer.json.error, /^Too many requests.*\.$/);
	assert.match(answer.headers['retry-after'], /^[1-9]\d*$/);
	assert.equal(answer.headers['cache-control'], 'no-store');
	assert.equal(answer.headers['x-content-type-options'], 'nosniff');
}

function
access_log(client, status)
{
	return fs.readFileSync(
	    path.join(own.run_dir, 'logs/nginx-access.log'), 'utf8')
	    .split('\n').filter((line) => line !== '')
	    .map((line) => JSON.parse(line))
	    .filter((l) => l.client === client && l.status === status);
}

/* --- the defaults --------------------------------------------------------------- */

test('by default there are limits, generous ones, and nobody is believed',
    () => {
	const text = nginx_conf();

	assert.match(text, /limit_req_zone \S+ zone=sce_requests:8m rate=50r\/s;/);
	assert.equal(text.match(
	    /limit_req zone=sce_requests burst=250 nodelay;/g).length, 3);
	assert.equal(text.match(/limit_conn sce_connections 100;/g).length, 3);
	assert.doesNotMatch(text, /set_real_ip_from|real_ip_header/);
});

test('by default a burst of ordinary size passes', async () => {
	assert.deepEqual((await flood('127.0.0.1')).refused, []);
});

test('without proxies no X-Forwarded-For is believed', async () => {
	const answer = await bad_request('127.0.0.3', '203.0.113.3');

	assert.equal(answer.status, 400);
	await wait_for('its line', () => access_log('127.0.0.3', '400').length);
	assert.equal(access_log('203.0.113.3', '400').length, 0);
});

/* --- requests a second ---------------------------------------------------------- */

test('beyond the rate the answer is 429, with the reason and when to return',
    async () => {
	restart_with(SLOW_RATE);
	const { passed, refused } = await flood('127.0.0.2');

	assert.ok(passed > BURST, `${passed} passed`);
	assert.ok(refused.length > 0);
	refused.forEach(assert_refused);
});

test('connections = 0 is no limit', () => {
	assert.doesNotMatch(nginx_conf(), /limit_conn(_zone| sce)/);
});

test('another client does not notice', async () => {
	assert.deepEqual(await run('print(1)', {},
	    { base: own.base, from: '127.0.0.4' }), { output: '1' });
});

test('the access log tells who was refused by which limit', async () => {
	const lines = await wait_for('lines of the refused', () => {
		const found = access_log('127.0.0.2', '429');

		return found.length > 0 && found;
	});

	for (const line of lines) {
		assert.equal(line.rate_limit, 'REJECTED');
		assert.equal(line.peer, '127.0.0.2');
		assert.equal(line.responder_status, '');
	}
	const passed = await wait_for('a line of the others', () =>
		access_log('127.0.0.2', '400')[0]);

	assert.equal(passed.rate_limit, 'PASSED');
	assert.equal(passed.responder_status, '400');
});

test('who has used up /run may still ask for the health', async () => {
	assert.ok((await flood('127.0.0.5')).refused.length > 0);
	assert.equal((await ask_health('127.0.0.5')).status, 200);
});

test('the health has a limit of its own', async () => {
	const { passed, refused } = await flood('127.0.0.6',
	    { ask: ask_health });

	assert.ok(passed > BURST, `${passed} passed`);
	assert.ok(refused.length > 0);
	refused.forEach(assert_refused);
	assert.equal((await bad_request('127.0.0.6')).status, 400);
});

test('made-up paths of the other API are one', async () => {
	let count = 0;
	const { refused } = await flood('127.0.0.7', { ask: (from) => request({
		base: own.base, from, path: `/api/v2/x${count++}`, body: '{}' }) });

	assert.ok(refused.length > 0);
});

test('programs are counted together, whichever way they come', async () => {
	const ask = (from) => request({
		base: own.base, from, path: '/api/v2/execute', body: '{' });

	await assert_counted_together((n) => ({
		from: `127.0.1.${n}`,
		options: { ask },
		question: () => bad_request(`127.0.1.${n}`),
	}));
});

test('the page has none', async () => {
	const { refused } = await flood('127.0.0.6', { ask: (from) => request({
		base: own.base, from, method: 'GET', path: '/' }) });

	assert.deepEqual(refused, []);
});

/* --- who the client is ---------------------------------------------------------- */

test('behind the proxy each address is a client', async () => {
	const { refused } = await flood(PROXY,
	    { forwarded: (i) => `198.51.100.${i + 1}` });

	assert.deepEqual(refused, []);
});

test('of IPv6 a /64 is one client', async () => {
	await assert_counted_together((n) => ({
		from: PROXY,
		options: { forwarded: (i) => `2001:db8:0:${n}:${
		    (i + 1).toString(16)}::${i + 1}` },
		question: () => bad_request(PROXY, `2001:db8:0:${n}::`),
	}));
	assert.equal((await bad_request(PROXY, '2001:db8:0:ff::1')).status,
	    400);
});

test('IPv4 that is written as IPv6 is the same client', async () => {
	await assert_counted_together((n) => ({
		from: PROXY,
		options: { forwarded: () => `203.0.113.${20 + n}` },
		question: () => bad_request(PROXY,
		    `::ffff:203.0.113.${20 + n}`),
	}));
	assert.equal((await bad_request(PROXY,
	    '::ffff:203.0.113.20')).status, 400);
});

test('an address that the client itself put before is not believed',
    async () => {
	await assert_counted_together((n) => ({
		from: PROXY,
		options: { forwarded: (i) =>
			`203.0.113.${100 + i}, 192.0.2.${n}` },
		question: () => bad_request(PROXY, `192.0.2.${n}`),
	}));
});

test('who is no proxy is not believed', async () => {
	const { refused } = await flood('127.0.0.7',
	    { forwarded: (i) => `192.0.2.${100 + i}` });

	assert.ok(refused.length > 0);
	assert.equal((await bad_request(PROXY, '192.0.2.100')).status, 400);
});

test('sced is fair between, and logs, the clients behind the proxy',
    async () => {
	await run('print(1)', {}, { base: own.base, from: PROXY,
		headers: { 'Content-Type': 'application/json',
			'X-Forwarded-For': '2001:db8:7::9' } });
	await wait_for('the line', () => own.log_entries()
	    .some(({ client }) => client === '2001:db8:7::9'));
	const [line] = await wait_for('its line', () => {
		const found = access_log('2001:db8:7::9', '200');

		return found.length > 0 && found;
	});

	assert.equal(line.peer, PROXY);
});

/* --- requests at once ----------------------------------------------------------- */

test('rate = 0 is no limit', async () => {
	restart_with(FEW_CONNECTIONS);
	assert.doesNotMatch(nginx_conf(), /limit_req_zone|limit_req zone/);
	for (let i = 0; i < MANY; i++)
		assert.equal((await bad_request('127.0.0.2')).status, 400);
});

test('too many requests at once are 429, and only of that client', async () => {
	const from = '127.0.0.8';
	const holding = [1, 2].map(() => start_run(
	    'import time\ntime.sleep(60)', { timeout: 60 },
	    { base: own.base, from }));

	await wait_for('two runs', async () =>
		(await health(own.base)).running === 2);
	assert_refused(await bad_request(from));
	await wait_for('its line', () => access_log(from, '429')
	    .some(({ connection_limit: l }) => l === 'REJECTED'));
	assert.equal((await ask_health(from)).status, 200);
	assert.equal((await bad_request('127.0.0.2')).status, 400);
	holding.forEach(({ hang_up }) => hang_up());
	await wait_for('a place', async () =>
		(await bad_request(from)).status === 400);
});
