/* SPDX-License-Identifier: MIT */
/* The contract: what is refused, with which status, in which order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { post_run, request } from './lib/http.js';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const OVER_RESPONDER = 'x'.repeat(256 * 1024 + 1);
const OVER_NGINX = 'x'.repeat(1024 * 1024 + 1);

/* Each refusal is {"error": one sentence}, whoever refuses. */
function
assert_refused(answer, status)
{
	assert.equal(answer.status, status, answer.text);
	assert.match(answer.headers['content-type'], /^application\/json/);
	assert.deepEqual(Object.keys(answer.json), ['error']);
	assert.match(answer.json.error, /^\S[^\n]*\S$/);
	assert.equal(answer.headers['x-content-type-options'], 'nosniff');
	return answer;
}

async function
refused(body, status = 400)
{
	return assert_refused(await post_run(body), status).json.error;
}

const NOT_JSON = {
	'nothing': '',
	'white space': '  \n',
	'cut short': '{"code": "print(1)"',
	'text behind the end': '{"code": "print(1)"} x',
	'a second object': '{"code": "print(1)"}{}',
	'single quotes': "{'code': 'print(1)'}",
	'no quotes': '{code: "print(1)"}',
	'a comma at the end': '{"code": "print(1)",}',
	'a comment': '{"code": "print(1)" /* x */}',
	'NaN': '{"code": "print(1)", "timeout": NaN}',
	'Infinity': '{"code": "print(1)", "timeout": Infinity}',
	'a leading zero': '{"code": "print(1)", "timeout": 01}',
	'a bare point': '{"code": "print(1)", "timeout": 1.}',
	'a plus sign': '{"code": "print(1)", "timeout": +1}',
	'True': '{"code": "print(1)", "timeout": True}',
	'a raw newline in a string': '{"code": "print(1)\n"}',
	'a raw tab in a string': '{"code": "\tprint(1)"}',
	'an unknown escape': '{"code": "print(1)\\x"}',
	'a short escape': '{"code": "print(1)\\u00"}',
	'a lone high surrogate': '{"code": "#\\ud83d"}',
	'a lone low surrogate': '{"code": "#\\ude00"}',
	'surrogates in wrong order': '{"code": "#\\ude00\\ud83d"}',
	'a lone surrogate in stdin': '{"code": "pass", "stdin": "\\udc80"}',
	'a byte order mark': '\ufeff{"code": "print(1)"}',
	'NUL behind the end': '{"code": "print(1)"}\0',
	'NUL in a string': '{"code": "print(1)\0"}',
	'deep nesting': `{"code": ${'['.repeat(500)}${']'.repeat(500)}}`,
	'an open string': '{"code": "print(1)',
};

for (const [what, body] of Object.entries(NOT_JSON))
	test(`not JSON: ${what}`, () => refused(body));

const NOT_UTF8 = {
	'a stray byte': 'ff',
	'a cut character': 'c3',
	'an overlong form': 'c0af',
	'a long overlong form': 'e080af',
	'an encoded surrogate': 'eda080',
	'above U+10FFFF': 'f4908080',
};

for (const [what, hex] of Object.entries(NOT_UTF8)) {
	test(`not UTF-8: ${what}`, () => refused(Buffer.concat([
		Buffer.from('{"code": "#'), Buffer.from(hex, 'hex'),
		Buffer.from('"}')])));
}

const WRONG_SHAPE = {
	'an array': [], 'a string': '"print(1)"', 'a number': '1',
	'null': 'null', 'true': 'true', 'no member': {},
	'no code': { stdin: 'x' },
	'code: number': { code: 1 }, 'code: null': { code: null },
	'code: array': { code: ['print(1)'] }, 'code: object': { code: {} },
	'code: empty': { code: '' }, 'code: with NUL': { code: 'pass\0' },
	'stdin: number': { code: 'pass', stdin: 1 },
	'stdin: null': { code: 'pass', stdin: null },
	'stdin: array': { code: 'pass', stdin: ['x'] },
	'timeout: string': { code: 'pass', timeout: '5' },
	'timeout: null': { code: 'pass', timeout: null },
	'timeout: true': { code: 'pass', timeout: true },
	'timeout: 0': { code: 'pass', timeout: 0 },
	'timeout: negative': { code: 'pass', timeout: -1 },
	'timeout: just too small': { code: 'pass', timeout: 0.099 },
	'timeout: just too large': { code: 'pass', timeout: 10.001 },
	'timeout: huge': '{"code": "pass", "timeout": 1e308}',
	'timeout: beyond a double': '{"code": "pass", "timeout": 1e999}',
	'timeout: beyond 64 bits': { code: 'pass', timeout: 2 ** 80 },
};

for (const [what, body] of Object.entries(WRONG_SHAPE))
	test(`refused: ${what}`, () => refused(body));

for (const name of ['tiemout', 'Code', 'code ', 'language']) {
	test(`an unknown member is named: ${name}`, async () => {
		const error = await refused({ code: 'pass', [name]: 1 });

		assert.ok(error.includes(name), error);
	});
}

test('NUL in a member name does not make it another', () =>
	refused('{"code\\u0000x": "print(1)"}'));

test('an unknown member comes before bad values', async () => {
	const error = await refused({ code: '', timeout: 99, bogus: 1 });

	assert.ok(error.includes('bogus'), error);
});

test('the length is told', async () => {
	assert.equal(await refused({ code: 'x'.repeat(5213) }),
	    'Code too long: 5213 characters, the limit is 5000');
});

for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH']) {
	test(`405 for ${method}, also with a wrong type`, async () => {
		const has_body = ['PUT', 'PATCH'].includes(method);
		const body = has_body ? 'x' : undefined;
		const answer = await request({ method, body,
			headers: { 'Content-Type': 'text/plain' } });

		assert.equal(answer.status, 405);
		assert.equal(answer.headers.allow, 'POST');
		if (method !== 'HEAD')
			assert_refused(answer, 405);
	});
}

for (const type of ['text/plain', 'text/json', 'application/jsonx',
	'application/x-www-form-urlencoded', 'multipart/form-data', '']) {
	test(`415 for type '${type}', whatever the body`, async () => {
		for (const body of ['{"code": "pass"}', '{', OVER_RESPONDER]) {
			assert_refused(await request({ body,
				headers: { 'Content-Type': type } }), 415);
		}
	});
}

test('415 without a type', async () => {
	assert_refused(await request({ body: '{"code": "pass"}' }), 415);
});

for (const type of ['application/json; charset=utf-8', 'APPLICATION/JSON',
	'application/json;charset=UTF-8', 'Application/Json ; x=y']) {
	test(`type '${type}' is JSON`, async () => {
		const answer = await request({ body: '{"code": "print(1)"}',
			headers: { 'Content-Type': type } });

		assert.equal(answer.status, 200, answer.text);
	});
}

test('413 over 256 KiB, also if it is no JSON', async () => {
	assert_refused(await request({ headers: JSON_TYPE,
		body: OVER_RESPONDER }), 413);
});

test('256 KiB to the byte are read', async () => {
	const head = '{"code": "import sys; print(len(sys.stdin.read()))",' +
	    ' "stdin": "';
	const fill = 256 * 1024 - head.length - 2;
	const answer = await post_run(`${head}${'x'.repeat(fill)}"}`);

	assert.equal(answer.status, 200, answer.text);
	assert.deepEqual(answer.json, { output: String(fill) });
});

for (const headers of [JSON_TYPE, { 'Content-Type': 'text/plain' }]) {
	test(`413 over 1 MiB as ${headers['Content-Type']}`, async () => {
		assert_refused(
		    await request({ headers, body: OVER_NGINX }), 413);
	});
}
