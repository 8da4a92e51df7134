/* SPDX-License-Identifier: MIT */
/* [piston]: whose pages may use its paths, and whether text/plain counts. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { request } from './lib/http.js';
import { start_instance } from './lib/instance.js';

const ORIGIN = 'https://example.org';
const LONG = `https://${'a-long-name.'.repeat(4)}example.org`;
const BODY = JSON.stringify({ language: 'python', version: '*',
	files: [{ content: 'print(1)' }] });
let own = null;
let open = null;

function
instance(name, piston)
{
	return start_instance(name, {
		pool: { ready: 1 },
		piston,
	});
}

before(async () => {
	own = await instance('origins', { text_plain: 'no',
		origins: `${ORIGIN}, http://[::1]:8080 ${LONG}, ${ORIGIN}` });
	open = await instance('origins-all', { origins: '*' });
});

after(async () => {
	for (const service of [own, open]) {
		if (service !== null)
			await service.stop();
	}
});

function
execute(service, headers, path = '/api/v2/execute')
{
	return request({ base: service.base, path, body: BODY, headers: {
		'Content-Type': 'application/json', ...headers } });
}

function
preflight(service, origin, path = '/api/v2/execute')
{
	return request({ base: service.base, method: 'OPTIONS', path,
		headers: { Origin: origin,
			'Access-Control-Request-Method': 'POST',
			'Access-Control-Request-Headers': 'content-type' } });
}

const allowed = (answer) => answer.headers['access-control-allow-origin'];

test('a page that is named may', async () => {
	for (const origin of [ORIGIN, 'http://[::1]:8080', LONG]) {
		const answer = await execute(own, { Origin: origin });

		assert.equal(answer.status, 200);
		assert.equal(allowed(answer), origin);
		assert.match(answer.headers.vary, /Origin/);
	}
	const asked = await preflight(own, ORIGIN);

	assert.equal(asked.status, 204);
	assert.equal(allowed(asked), ORIGIN);
	assert.match(asked.headers['access-control-allow-methods'], /POST/);
	assert.match(asked.headers['access-control-allow-headers'],
	    /Content-Type/);
});

test('it may read refusals, too', async () => {
	const answer = await request({ base: own.base, path: '/api/v2/execute',
		body: '{', headers: { 'Content-Type': 'application/json',
			Origin: ORIGIN } });

	assert.equal(answer.status, 400);
	assert.equal(allowed(answer), ORIGIN);
});

test('also those of nginx', async () => {
	const answer = await request({ base: own.base, path: '/api/v2/execute',
		body: 'x'.repeat(2 << 20), headers: {
			'Content-Type': 'application/json', Origin: ORIGIN } });

	assert.equal(answer.status, 413);
	assert.equal(allowed(answer), ORIGIN);
	assert.match(answer.headers.vary, /Origin/);
});

test('others may not', async () => {
	for (const origin of ['https://example.org.evil.example',
		'http://example.org', 'https://exampleXorg',
		'https://example.org:8443', 'null', '*']) {
		const answer = await execute(own, { Origin: origin });

		assert.equal(answer.status, 200);
		assert.equal(allowed(answer), undefined, origin);
		const asked = await preflight(own, origin);

		assert.equal(asked.status, 405);
		assert.equal(allowed(asked), undefined, origin);
	}
});

test('only under /api/v2', async () => {
	for (const path of ['/run', '/healthz', '/']) {
		const answer = await request({ base: own.base, path,
			method: 'GET', headers: { Origin: ORIGIN } });

		assert.equal(allowed(answer), undefined, path);
	}
	assert.notEqual((await preflight(own, ORIGIN, '/run')).status, 204);
});

test('or all may', async () => {
	const answer = await execute(open, { Origin: 'https://any.example' });

	assert.equal(allowed(answer), '*');
	assert.doesNotMatch(answer.headers.vary ?? '', /Origin/);
	assert.equal((await preflight(open, 'null')).status, 204);
});

test('text/plain is JSON only if that is wanted', async () => {
	const plain = { 'Content-Type': 'text/plain;charset=UTF-8' };
	const refused = await execute(own, plain);

	assert.equal(refused.status, 415);
	assert.deepEqual(refused.json,
	    { message: 'requests must be of type application/json' });
	assert.equal((await execute(open, plain)).status, 200);
});

test('text/plain of other pages never is: they are not asked before', async () => {
	const shut = await execute({ base: undefined }, {
		'Content-Type': 'text/plain', Origin: 'https://any.example' });

	assert.equal(shut.status, 415);
	const named = await execute(open, { 'Content-Type': 'text/plain',
		Origin: 'https://any.example' });

	assert.equal(named.status, 200);
});
