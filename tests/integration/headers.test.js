/* SPDX-License-Identifier: MIT */
/* What travels beside the body, and what nginx answers by itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { health, post_run, request } from './lib/http.js';

const PROGRAM = { code: 'print(1)' };

function
assert_secure(headers)
{
	const policy = headers['content-security-policy'];

	assert.match(policy, /default-src '(self|none)'/);
	assert.match(policy, /frame-ancestors 'none'/);
	assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval|\*/);
	assert.equal(headers['x-content-type-options'], 'nosniff');
	assert.match(headers['referrer-policy'],
	    /^(no-referrer|same-origin|strict-origin)/);
	assert.equal(headers['access-control-allow-origin'], undefined);
	assert.doesNotMatch(headers.server ?? '', /\d/);
	assert.equal(headers['x-powered-by'], undefined);
}

test('a run tells its timings and its name', async () => {
	const { headers } = await post_run(PROGRAM);

	assert.match(headers['content-type'],
	    /^application\/json(; *charset=utf-8)?$/i);
	assert.match(headers['server-timing'],
	    /^queue;dur=\d+(\.\d+)?, ?run;dur=\d+(\.\d+)?$/);
	assert.match(headers['x-request-id'], /^[0-9A-Za-z._-]{8,64}$/);
	assert.match(headers['cache-control'], /no-store/);
});

test('the run takes the time that Server-Timing tells', async () => {
	const { headers } = await post_run({ timeout: 10,
		code: 'import time\ntime.sleep(0.3)' });
	const run_ms = Number(headers['server-timing'].match(
	    /run;dur=([\d.]+)/)[1]);

	assert.ok(run_ms >= 300 && run_ms < 10000, `${run_ms} ms`);
});

test('no two requests have the same name', async () => {
	const names = new Set();

	for (let i = 0; i < 5; i++) {
		const answer = await post_run('{');

		names.add(answer.headers['x-request-id']);
	}
	assert.equal(names.size, 5);
	assert.ok(!names.has(undefined));
});

test("a client's name that could do harm is not taken over", async () => {
	const evil = '"},{"x":"';
	const answer = await post_run(PROGRAM, { headers: {
		'Content-Type': 'application/json', 'X-Request-Id': evil } });

	assert.equal(answer.status, 200);
	assert.notEqual(answer.headers['x-request-id'], evil);
});

const ANSWERS = {
	'a run': () => post_run(PROGRAM),
	'a refusal': () => post_run('{'),
	'the page': () => request({ method: 'GET', path: '/' }),
	'an address without anything': () =>
		request({ method: 'GET', path: '/nope' }),
	'a body too large for nginx': () =>
		post_run('x'.repeat(1024 * 1024 + 1)),
	'the health': () => request({ method: 'GET', path: '/healthz' }),
};

for (const [what, ask] of Object.entries(ANSWERS)) {
	test(`security headers of ${what}`, async () => {
		const answer = await ask();

		assert_secure(answer.headers);
		assert.ok(answer.headers['x-request-id']);
	});
}

test('the page is HTML', async () => {
	const answer = await request({ method: 'GET', path: '/' });

	assert.equal(answer.status, 200);
	assert.match(answer.headers['content-type'], /^text\/html/);
	assert.match(answer.text, /<textarea/);
});

for (const path of ['/nope', '/run/', '/run/x', '/.git/config',
	'/index.html/x', '/healthz/x', '/style.css%00.html', '/../etc/passwd',
	'/%2e%2e/%2e%2e/etc/passwd', '/x/..%2f..%2fetc/passwd']) {
	test(`nothing but a JSON refusal at ${path}`, async () => {
		const answer = await request({ method: 'GET', path });

		assert.ok([400, 404].includes(answer.status), answer.text);
		assert.match(answer.headers['content-type'],
		    /^application\/json/);
		assert.deepEqual(Object.keys(answer.json), ['error']);
	});
}

test('a chunked body is read', async () => {
	const answer = await post_run(PROGRAM, { chunked: true });

	assert.equal(answer.status, 200, answer.text);
	assert.deepEqual(answer.json, { output: '1' });
});

test('a query string does not matter', async () => {
	const answer = await post_run(PROGRAM, { path: '/run?x=1' });

	assert.deepEqual(answer.json, { output: '1' });
});

test('healthz of a quiet service', async () => {
	const now = await health();

	assert.equal(now.http, 200);
	assert.match(now.status, /^(ok|busy)$/);
	for (const count of ['ready', 'running', 'queued'])
		assert.ok(Number.isInteger(now[count]) && now[count] >= 0);
	assert.deepEqual(Object.keys(now).sort(),
	    ['http', 'queued', 'ready', 'running', 'status']);
});

test('healthz takes GET and HEAD alone', async () => {
	const head = await request({ method: 'HEAD', path: '/healthz' });
	const post = await request({ method: 'POST', path: '/healthz',
		body: '{}' });

	assert.equal(head.status, 200);
	assert.equal(post.status, 405);
	assert.match(post.headers.allow, /GET/);
});
