/* SPDX-License-Identifier: MIT */
/*
 * /openapi.json against what it describes: every example is sent, every answer
 * looked at with the document's schemas; its paths are those that are served,
 * its numbers those that are configured and compiled in.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';

import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv from 'ajv/dist/2020.js';
import add_formats from 'ajv-formats';

import { base_url, request } from './lib/http.js';
import { ROOT } from './lib/instance.js';

const METHODS = ['get', 'post'];
/* What no request can bring about in a service that is well. */
const UNASKED = ['429', '500', '502', '503', '504'];
/* What no two runs have in common. */
const VARIABLE = new Set(['memory', 'cpu_time', 'wall_time', 'ready', 'running',
	'queued', 'queue_ms', 'run_ms']);
/* Refused for what no schema of ours says. */
const BEYOND_SCHEMAS = ['refused_file_content', 'refused_file_twice',
	'refused_language', 'refused_runtime', 'refused_version'];

const doc = JSON.parse(read('html/openapi.json'));

function
read(file)
{
	return fs.readFileSync(path.join(ROOT, file), 'utf8');
}

/* --- the document and its parts -------------------------------------------- */

/* Names in a JSON pointer. */
function
escape(name)
{
	return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/* [where it stands, what stands there], through references. */
function
at(pointer)
{
	let value = doc;

	for (const part of pointer.split('/').slice(1))
		value = value[part.replaceAll('~1', '/').replaceAll('~0', '~')];
	assert.notEqual(value, undefined, pointer);
	return value.$ref === undefined ? [pointer, value] :
	    at(value.$ref.slice(1));
}

function
below(pointer, ...names)
{
	return at([pointer, ...names.map(escape)].join('/'));
}

/* With references as they are among ajv's schemas. */
function
rebase(schema)
{
	return JSON.parse(JSON.stringify(schema)
	    .replaceAll('"#/components/schemas/', '"doc:#/$defs/'));
}

function
make_ajv()
{
	const ajv = new Ajv({ allErrors: true, strict: true,
		allowUnionTypes: true, strictRequired: false, strictTypes: false,
		keywords: ['x-config', 'x-limit'] });

	add_formats(ajv);
	ajv.addSchema({ $id: 'doc:', $defs: rebase(doc.components.schemas) });
	return ajv;
}

const ajv = make_ajv();
const validators = new Map();

/* What a schema at a place says of a value: nothing, or why not. */
function
complaint(pointer, value)
{
	const [where, schema] = at(pointer);

	if (!validators.has(where))
		validators.set(where, ajv.compile(rebase(schema)));
	const validate = validators.get(where);

	return validate(value) ? '' : ajv.errorsText(validate.errors);
}

function
walk(value, visit, where = '')
{
	if (value === null || typeof value !== 'object')
		return;
	visit(value, where);
	for (const [name, member] of Object.entries(value))
		walk(member, visit, `${where}/${escape(name)}`);
}

/* { path, method, where } of each that there is. */
const operations = Object.keys(doc.paths).flatMap((served) =>
	Object.keys(doc.paths[served]).map((method) => ({ served, method,
		where: at(`/paths/${escape(served)}/${method}`)[0] })));

function
examples_of(media)
{
	return Object.entries(media.examples ?? {});
}

/* All answers of an operation with an example: what was asked, if anything. */
function
exchanges_of({ served, method, where })
{
	const found = [];
	const asked = new Map();

	if (at(where)[1].requestBody !== undefined) {
		const [, body] = below(where, 'requestBody');

		for (const [name, { value }] of
			examples_of(body.content['application/json']))
			asked.set(name, { method: 'POST', body: value, is_good: true,
				headers: { 'Content-Type': 'application/json' } });
	}
	for (const status of Object.keys(at(where)[1].responses)) {
		const [response_at, response] = below(where, 'responses', status);

		for (const [type, media] of Object.entries(response.content)) {
			for (const [name, example] of examples_of(media)) {
				found.push({ served, method, status, type, name,
					response_at, example, asked:
					example['x-request'] ?? (status === '200' &&
					type === 'application/json' ?
					asked.get(name) : undefined) });
			}
		}
	}
	return { found, asked };
}

/* --- asking ---------------------------------------------------------------- */

/* A POST without a length, which node would add. */
function
send_headless(served)
{
	const { hostname, port } = new URL(base_url());

	return new Promise((resolve, reject) => {
		let text = '';
		const socket = net.connect(Number(port), hostname, () =>
			socket.write(`POST ${served} HTTP/1.1\r\nHost: x\r\n` +
			    'Content-Type: application/json\r\n' +
			    'Connection: close\r\n\r\n'));

		socket.setEncoding('utf8');
		socket.on('data', (chunk) => {
			text += chunk;
		});
		socket.on('error', reject);
		socket.on('end', () => {
			const [head, body] = text.split('\r\n\r\n');
			const [first, ...lines] = head.split('\r\n');

			resolve({ status: Number(first.split(' ')[1]), text: body,
				json: JSON.parse(body),
				headers: Object.fromEntries(lines.map((line) => [
					line.split(': ')[0].toLowerCase(),
					line.slice(line.indexOf(': ') + 2)])) });
		});
	});
}

function
ask(served, { method, headers = {}, body, body_bytes })
{
	if (body === null)
		return send_headless(served);
	if (body_bytes !== undefined)
		body = ' '.repeat(body_bytes);
	else if (body !== undefined && typeof body !== 'string')
		body = JSON.stringify(body);
	return request({ method, path: served, headers, body });
}

/* Equal but for what varies, which is of the same type. */
function
steady(value)
{
	return JSON.parse(JSON.stringify(value), (name, member) =>
		VARIABLE.has(name) ? typeof member : member);
}

function
parse_events(text)
{
	assert.ok(text.endsWith('\n\n'));
	return text.slice(0, -2).split('\n\n').map((block) => {
		const [, name, data] = block.match(
		    /^event: (\w+)\ndata: ([^\n]*)$/);

		return { name, data: JSON.parse(data) };
	});
}

/* A print may arrive in pieces: those next to each other are one. */
function
joined(events)
{
	const together = [];

	for (const { name, data } of events) {
		const last = together.at(-1);

		if (last?.name === name && 'text' in data)
			last.data.text += data.text;
		else
			together.push({ name, data: { ...data } });
	}
	return together;
}

/* Each by its schema; what they are together. */
function
check_events(text, media_at)
{
	const events = parse_events(text);

	for (const { name, data } of events)
		assert.equal(complaint(below(media_at, 'x-events', name)[0],
		    data), '', name);
	return steady(joined(events));
}

/* A body, from the service or from the document, by the document. */
function
check_body(text, value, type, media_at)
{
	if (type === 'text/event-stream')
		return check_events(text, media_at);
	assert.equal(complaint(`${media_at}/schema`, value), '');
	return steady(value);
}

function
check_headers(answer, response_at)
{
	for (const name of Object.keys(at(response_at)[1].headers)) {
		const [header_at, header] = below(response_at, 'headers', name);
		const text = answer.headers[name.toLowerCase()];

		if (header.required || text !== undefined)
			assert.equal(complaint(`${header_at}/schema`,
			    header.schema.type === 'integer' ? Number(text) : text),
			    '', name);
	}
}

async function
check_exchange({ served, status, type, asked, example, response_at })
{
	const answer = await ask(served, asked);
	const media_at = `${response_at}/content/${escape(type)}`;

	assert.equal(answer.status, Number(status), answer.text);
	assert.equal(answer.headers['content-type'].split(';')[0], type);
	check_headers(answer, response_at);
	const is_json = type === 'application/json';
	const got = check_body(answer.text, is_json ? answer.json : answer.text,
	    type, media_at);
	const promised = check_body(example.value, example.value, type, media_at);

	if (type === 'text/plain')
		assert.ok(got.startsWith(promised), got.slice(0, 200));
	else
		assert.deepEqual(got, promised);
}

/* --- the document itself ------------------------------------------------- */

test('it is OpenAPI 3.1, by a validator', async () => {
	const result = await new Validator().validate(structuredClone(doc));

	assert.equal(result.valid, true, JSON.stringify(result.errors));
});

test('the validator would notice', async () => {
	const broken = structuredClone(doc);

	delete broken.paths['/run'].post.responses['200'].description;
	assert.equal((await new Validator().validate(broken)).valid, false);
});

test('it is served, as JSON, compressed if that is wanted', async () => {
	const answer = await request({ method: 'GET', path: '/openapi.json' });

	assert.equal(answer.status, 200);
	assert.equal(answer.headers['content-type'], 'application/json');
	assert.equal(answer.text, read('html/openapi.json'));
	const packed = await request({ method: 'HEAD', path: '/openapi.json',
		headers: { 'Accept-Encoding': 'gzip' } });

	assert.equal(packed.headers['content-encoding'], 'gzip');
	const wrong = await request({ path: '/openapi.json', body: '{}' });

	assert.deepEqual([wrong.status, wrong.headers.allow],
	    [405, 'GET, HEAD']);
});

test('what a run answers is never compressed', async () => {
	const answer = await ask('/run', { method: 'POST',
		headers: { 'Content-Type': 'application/json',
			'Accept-Encoding': 'gzip' },
		body: { code: 'print("x" * 4000)' } });

	assert.equal(answer.status, 200);
	assert.equal(answer.headers['content-encoding'], undefined);
});

test('all of its schemas are such', () => {
	let count = 0;

	walk(doc, (value, where) => {
		if (/^\/components\/schemas\/\w+$/.test(where) ||
		    where.endsWith('/schema')) {
			complaint(where, null);
			count++;
		}
	});
	assert.ok(count > 30, `${count}`);
});

/* --- paths ----------------------------------------------------------------- */

test('its paths are those of the responder', () => {
	const served = [...read('fcgi/responder/api/serve.c')
	    .matchAll(/^\t\{ "(\/[^"]+)", (?:GET|POST), &dialect_\w+,/gm)]
	    .map(([, uri]) => uri);

	assert.ok(served.length > 3);
	assert.deepEqual(Object.keys(doc.paths).sort(), served.sort());
});

test('its paths are those that nginx passes on', () => {
	const passed = [...read('nginx/nginx.conf.in')
	    .matchAll(/\n\t\tlocation (= )?(\S+) \{\n(.*?)\n\t\t\}/gs)]
	    .filter(([, , , text]) => text.includes('fastcgi_pass'))
	    .map(([, exactly, uri]) => ({ uri, exactly: exactly !== undefined }));
	const covers = ({ uri, exactly }, served) =>
		exactly ? uri === served : served.startsWith(uri);

	assert.ok(passed.length > 3);
	for (const served of Object.keys(doc.paths))
		assert.ok(passed.some((one) => covers(one, served)), served);
	for (const one of passed)
		assert.ok(Object.keys(doc.paths).some((served) =>
			covers(one, served)), one.uri);
});

test('every path takes the methods that it says, and no other', async () => {
	for (const { served, method } of operations) {
		const others = ['GET', 'POST', 'PUT', 'DELETE'].filter((name) =>
			name !== method.toUpperCase());

		assert.ok(METHODS.includes(method));
		for (const name of others) {
			const answer = await ask(served, { method: name,
				body: name === 'GET' ? undefined : {} });

			assert.equal(answer.status, 405, `${name} ${served}`);
			assert.equal(answer.headers.allow,
			    method === 'post' ? 'POST' : 'GET, HEAD');
		}
	}
});

/* --- examples -------------------------------------------------------------- */

for (const operation of operations) {
	const { found, asked } = exchanges_of(operation);
	const title = `${operation.method} ${operation.served}`;

	for (const exchange of found.filter((one) => one.asked !== undefined)) {
		test(`${title}: ${exchange.status} ${exchange.name}, ` +
		    exchange.type, () => check_exchange(exchange));
	}

	test(`${title}: every request has its answer`, () => {
		for (const [name, { body }] of asked) {
			assert.ok(found.some((one) => one.name === name &&
				one.status === '200'), name);
			assert.equal(complaint(below(operation.where,
			    'requestBody')[0] + '/content/application~1json/schema',
			    body), '', name);
		}
	});

	test(`${title}: what is refused is refused by its schema`, () => {
		for (const { name, asked: bad } of found) {
			if (!name.startsWith('refused_'))
				continue;
			const why = complaint(below(operation.where,
			    'requestBody')[0] + '/content/application~1json/schema',
			    bad.body);

			assert.equal(why === '', BEYOND_SCHEMAS.includes(name),
			    `${name}: ${why}`);
		}
	});

	test(`${title}: examples that are not asked for fit, too`, () => {
		for (const one of found.filter(({ asked: q }) => q === undefined)) {
			assert.ok(UNASKED.includes(one.status), one.name);
			assert.equal(complaint(`${one.response_at}/content/` +
			    `${escape(one.type)}/schema`, one.example.value), '',
			    one.name);
		}
	});
}

/* --- numbers --------------------------------------------------------------- */

/* sced.conf as it is delivered: "section.key" -> text. */
function
defaults()
{
	const found = new Map();
	let section = '';

	for (const line of read('fcgi/supervisor/sced.conf').split('\n')) {
		section = line.match(/^\[([^\]]+)\]$/)?.[1] ?? section;
		const [, key, value] = line.match(/^(\w+) =(.*)$/) ?? [];

		if (key !== undefined)
			found.set(`${section}.${key}`, value.trim());
	}
	return found;
}

const UNITS = {
	ms: 1, s: 1000, m: 60000, h: 3600000 };
const SIZES = { '': 1, k: 1 << 10, m: 1 << 20, g: 1 << 30 };

function
in_unit(text, unit)
{
	const [, digits, suffix] = text.match(/^(\d+)([a-z]*)$/);

	switch (unit) {
	case 'seconds':
		return Number(digits) * UNITS[suffix] / 1000;
	case 'milliseconds':
		return Number(digits) * UNITS[suffix];
	case 'bytes':
		return Number(digits) * SIZES[suffix];
	default:
		assert.equal(suffix, '');
		return Number(digits);
	}
}

/* A sum or product of numbers and of constants in limits.h. */
function
limit_value(text)
{
	const source = read('fcgi/common/limits.h');

	return text.split(' + ').reduce((sum, term) => sum + term.split(' * ')
	    .reduce((product, factor) => product * (/^\d+$/.test(factor) ?
		Number(factor) : limit_value(source.match(new RegExp(
		`#define ${factor} \\(?([^()\\n]+?)\\)?(?: /\\*.*)?\\n`))[1])), 1), 0);
}

test('its numbers are those of sced.conf and limits.h', () => {
	const settings = defaults();
	let count = 0;

	walk(doc, (schema, where) => {
		for (const [keyword, { key, unit }] of
			Object.entries(schema['x-config'] ?? {})) {
			assert.equal(schema[keyword], in_unit(settings.get(key),
			    unit), `${where} ${keyword}`);
			count++;
		}
		for (const [keyword, name] of
			Object.entries(schema['x-limit'] ?? {})) {
			assert.equal(schema[keyword], limit_value(name),
			    `${where} ${keyword}`);
			count++;
		}
	});
	assert.ok(count >= 12, `${count}`);
});

test('no upper limit of a request is without its source', () => {
	walk(doc.components.schemas, (schema, where) => {
		for (const keyword of ['maximum', 'maxLength', 'maxItems']) {
			if (typeof schema[keyword] === 'number' &&
			    !where.startsWith('/ExitCode'))
				assert.ok(schema['x-config']?.[keyword] !== undefined ||
				    schema['x-limit']?.[keyword] !== undefined,
				    `${where} ${keyword}`);
		}
	});
});

test('the body in the example of 413 is one byte too long', () => {
	const length = in_unit(defaults().get('limits.body'), 'bytes');
	let count = 0;

	walk(doc, (value) => {
		if (value['x-request']?.body_bytes !== undefined) {
			assert.equal(value['x-request'].body_bytes, length + 1);
			count++;
		}
	});
	assert.equal(count, 2);
});

test('what it says of text_plain holds', async () => {
	const [, { value }] = examples_of(at(
	    '/paths/~1api~1v2~1execute/post/requestBody')[1]
	    .content['application/json'])[0];
	const answer = await ask('/api/v2/execute', { method: 'POST',
		headers: { 'Content-Type': 'text/plain' }, body: value });

	assert.equal(defaults().get('piston.text_plain'), 'yes');
	assert.equal(answer.status, 200);
});
