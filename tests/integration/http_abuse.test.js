/* SPDX-License-Identifier: MIT */
/*
 * Requests that no well-meaning client sends, byte by byte: what nginx and
 * the responder could read differently, what is too large or too slow, what
 * pretends to be something else. Each is answered once, by one sentence or by
 * a run, and nothing is left of it.
 */
import assert from 'node:assert/strict';
import net from 'node:net';
import { before, test } from 'node:test';

import { health, post_run, run } from './lib/http.js';
import { shared_instance } from './lib/instance.js';
import { SLOWNESS, wait_for } from './lib/wait.js';

const ANSWER_DEADLINE_MS = 40000 * SLOWNESS;
const PROGRAM = '{"code": "print(1)"}';
const RAN = { output: '1' };
const RESPONDER_BYTES = 256 * 1024;
const NGINX_BYTES = 1024 * 1024;
const HEADER_BYTES = 8 * 1024;
/* client_header_timeout and client_body_timeout. */
const PATIENCE_MS = 10000;
/* Later nginx might have had enough of waiting for a request. */
const CLOSE_DEADLINE_MS = 0.9 * PATIENCE_MS;

const service = shared_instance();
const { hostname, port } = new URL(service.base);
let responders = [];
let sced = null;

before(async () => {
	await service.idle();
	responders = service.responders().sort();
	sced = service.sced_pid();
});

/* --- on the wire ------------------------------------------------------------- */

/* One connection; everything that comes back, and how it ends. */
class Wire {
	constructor()
	{
		this.bytes = Buffer.alloc(0);
		this.closed = false;
		this.begun = performance.now();
		this.socket = net.connect({ host: hostname, port,
			allowHalfOpen: true });
		this.socket.on('data', (chunk) => {
			this.bytes = Buffer.concat([this.bytes, chunk]);
		});
		/* A reset is an end, too. */
		this.socket.on('error', () => this.end());
		this.socket.on('end', () => this.end());
		this.socket.on('close', () => this.end());
	}

	end()
	{
		if (!this.closed)
			this.took_ms = performance.now() - this.begun;
		this.closed = true;
	}

	send(text)
	{
		if (!this.socket.destroyed)
			this.socket.write(Buffer.isBuffer(text) ? text :
			    Buffer.from(text, 'latin1'));
	}

	hang_up()
	{
		this.socket.destroy();
	}

	/* The whole answers that have come; HEAD has none without a body. */
	answers()
	{
		const all = [];
		let rest = this.bytes.toString('latin1');

		for (;;) {
			const next = take_answer(rest);

			if (next === null)
				return { all, rest };
			all.push(next.answer);
			rest = next.rest;
		}
	}
}

function
decode_chunks(text)
{
	let body = '';

	for (;;) {
		const head = text.match(/^([0-9a-f]+)\r\n/i);

		if (head === null)
			return null;
		const len = parseInt(head[1], 16);
		const end = head[0].length + len + 2;

		if (text.length < end)
			return null;
		body += text.slice(head[0].length, end - 2);
		text = text.slice(end);
		if (len === 0)
			return { body, rest: text };
	}
}

function
parse_headers(lines)
{
	const headers = {};

	for (const line of lines) {
		const colon = line.indexOf(':');
		const name = line.slice(0, colon).toLowerCase();

		assert.ok(colon > 0, line);
		assert.ok(!(name in headers), `${name} comes twice`);
		headers[name] = line.slice(colon + 1).trim();
	}
	return headers;
}

/* The first answer of a text, and what is behind it; null if it is not whole.
 * 100 Continue counts as one. */
function
take_answer(text)
{
	const end = text.indexOf('\r\n\r\n');

	if (end === -1)
		return null;
	const [first, ...lines] = text.slice(0, end).split('\r\n');
	const [, status] = first.match(/^HTTP\/1\.1 (\d{3}) /);
	const headers = parse_headers(lines);
	const rest = text.slice(end + 4);
	let found = { body: '', rest };

	if (headers['transfer-encoding'] === 'chunked') {
		found = decode_chunks(rest);
	} else if (headers['content-length'] !== undefined) {
		const len = Number(headers['content-length']);

		found = rest.length < len ? null :
		    { body: rest.slice(0, len), rest: rest.slice(len) };
	}
	if (found === null)
		return null;
	return { rest: found.rest, answer: { status: Number(status), headers,
		text: Buffer.from(found.body, 'latin1').toString('utf8') } };
}

/*
 * Sends the bytes and waits for so many answers, and then for the end of the
 * connection, which is also the end of answers too many: the last request that
 * is one says CLOSE.
 */
async function
exchange(text, count = 1)
{
	const wire = new Wire();

	wire.send(text);
	await wait_for(`${count} answers`, () =>
		wire.closed || wire.answers().all.length >= count,
	ANSWER_DEADLINE_MS);
	await wait_for('the end', () => wire.closed, CLOSE_DEADLINE_MS)
	    .catch(() => undefined);
	wire.hang_up();
	const { all, rest } = wire.answers();

	assert.equal(rest, '', 'bytes behind the answers');
	assert.equal(all.length, count, `${all.length} answers`);
	return { all, answer: all[0], closed: wire.closed };
}

/* POST /run with these header lines and this body; kept alive by default. */
function
post(lines, body, line = 'POST /run HTTP/1.1')
{
	return [line, 'Host: x', 'Content-Type: application/json', ...lines]
	    .join('\r\n') + `\r\n\r\n${body}`;
}

function
chunked(body, size = 1000)
{
	let text = '';

	for (let at = 0; at < body.length; at += size) {
		const part = body.slice(at, at + size);

		text += `${part.length.toString(16)}\r\n${part}\r\n`;
	}
	return `${text}0\r\n\r\n`;
}

const LENGTH = `Content-Length: ${PROGRAM.length}`;
const CHUNKED = 'Transfer-Encoding: chunked';
const CLOSE = 'Connection: close';
/* What somebody would like to have answered in another's name. */
const SMUGGLED = 'GET /healthz HTTP/1.1\r\nHost: smuggled\r\n\r\n';
const LAST = `GET /healthz HTTP/1.1\r\nHost: x\r\n${CLOSE}\r\n\r\n`;

/* --- what every answer has --------------------------------------------------- */

function
assert_secure(headers)
{
	assert.match(headers['content-security-policy'],
	    /default-src 'none'.*frame-ancestors 'none'/);
	assert.equal(headers['x-content-type-options'], 'nosniff');
	assert.equal(headers['referrer-policy'], 'no-referrer');
	assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
	assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
	assert.match(headers['cache-control'], /no-store/);
	assert.match(headers['x-request-id'], /^[A-Za-z0-9._-]{8,64}$/);
	assert.equal(headers['access-control-allow-origin'], undefined);
	assert.doesNotMatch(headers.server ?? '', /\d/);
}

/* {"error": one sentence} and nothing else, by whomever. */
function
assert_refusal(answer, ...statuses)
{
	assert.ok(statuses.includes(answer.status),
	    `${answer.status}: ${answer.text}`);
	assert.match(answer.headers['content-type'], /^application\/json/);
	assert_secure(answer.headers);
	const json = JSON.parse(answer.text);

	assert.deepEqual(Object.keys(json), ['error']);
	assert.match(json.error, /^[A-Z"t][^\n]{9,}$/);
	return json.error;
}

function
assert_ran(answer)
{
	assert.equal(answer.status, 200, answer.text);
	assert_secure(answer.headers);
	assert.deepEqual(JSON.parse(answer.text), RAN);
}

/* --- where does a request end? ----------------------------------------------- */

/* Refused once, and what is behind is never read: the connection ends. */
const AMBIGUOUS = {
	'length and chunks': post([LENGTH, CHUNKED], chunked(PROGRAM)),
	'chunks and length': post([CHUNKED, LENGTH], chunked(PROGRAM)),
	'length 0 and chunks': post(['Content-Length: 0', CHUNKED],
	    chunked(PROGRAM)),
	'two lengths': post([LENGTH, 'Content-Length: 5'], PROGRAM),
	'two equal lengths': post([LENGTH, LENGTH], PROGRAM),
	'a list of lengths': post([`${LENGTH}, ${PROGRAM.length}`], PROGRAM),
	'a negative length': post(['Content-Length: -1'], PROGRAM),
	'a length with a sign': post([`Content-Length: +${PROGRAM.length}`],
	    PROGRAM),
	'a hexadecimal length': post(['Content-Length: 0x14'], PROGRAM),
	'a length with a point': post(['Content-Length: 20.0'], PROGRAM),
	'two numbers': post(['Content-Length: 20 20'], PROGRAM),
	'a length beyond 64 bits': post(
	    ['Content-Length: 99999999999999999999'], PROGRAM),
	'a length that wraps to 20': post(
	    ['Content-Length: 18446744073709551636'], PROGRAM),
	'an empty length': post(['Content-Length:'], PROGRAM),
	'a length of letters': post(['Content-Length: twenty'], PROGRAM),
	'two codings': post([CHUNKED, CHUNKED], chunked(PROGRAM)),
	'a list of codings': post(['Transfer-Encoding: chunked, chunked'],
	    chunked(PROGRAM)),
	'identity behind chunked': post(
	    ['Transfer-Encoding: chunked, identity'], chunked(PROGRAM)),
	'gzip before chunked': post(['Transfer-Encoding: gzip, chunked'],
	    chunked(PROGRAM)),
	'a space before the colon': post(['Transfer-Encoding : chunked'],
	    chunked(PROGRAM)),
	'a coding that is almost chunked': post(
	    ['Transfer-Encoding: xchunked'], chunked(PROGRAM)),
	'a quoted coding': post(['Transfer-Encoding: "chunked"'],
	    chunked(PROGRAM)),
	'a vertical tab before chunked': post(
	    ['Transfer-Encoding: \vchunked'], chunked(PROGRAM)),
	'chunks in HTTP/1.0': post([CHUNKED], chunked(PROGRAM),
	    'POST /run HTTP/1.0'),
	'a length of a later line': post(
	    ['X: y\r\n Content-Length: 20'], PROGRAM),
	'NUL in a value': post([LENGTH, 'X: a\0b'], PROGRAM),
	'NUL in a name': post([LENGTH, 'X\0: a'], PROGRAM),
	'a CR in a value': post([LENGTH, 'X: a\rTransfer-Encoding: chunked'],
	    PROGRAM),
	'a space in a name': post([LENGTH, 'X Y: a'], PROGRAM),
	'a line without a name': post([LENGTH, ': a'], PROGRAM),
	'a chunk of no hexadecimal length': post([CHUNKED], 'g\r\nx\r\n'),
	'a chunk of negative length': post([CHUNKED], '-5\r\nx\r\n'),
	'a chunk with 0x': post([CHUNKED], `0x14\r\n${PROGRAM}\r\n0\r\n\r\n`),
	'a chunk beyond 64 bits': post([CHUNKED],
	    'fffffffffffffffff\r\nx\r\n'),
	'a chunk that wraps to 20': post([CHUNKED],
	    `10000000000000014\r\n${PROGRAM}\r\n0\r\n\r\n`),
	'a chunk longer than its length': post([CHUNKED],
	    `13\r\n${PROGRAM}\r\n0\r\n\r\n`),
	'an empty chunk line': post([CHUNKED], `\r\n${PROGRAM}\r\n0\r\n\r\n`),
	'no host': 'GET /healthz HTTP/1.1\r\n\r\n',
	'two hosts': 'GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
	'a host that is a path': 'GET /healthz HTTP/1.1\r\nHost: a/b\r\n\r\n',
	'a host with NUL': 'GET /healthz HTTP/1.1\r\nHost: a\0b\r\n\r\n',
	'a host that leaves': 'GET /healthz HTTP/1.1\r\nHost: ..\r\n\r\n',
	'no version that there is': 'GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n',
	'HTTP/2 without TLS': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
	'a version in small letters':
		'GET /healthz http/1.1\r\nHost: x\r\n\r\n',
	'a method in small letters': post([LENGTH], PROGRAM,
	    'post /run HTTP/1.1'),
	'a method with a byte above ASCII':
		'G\xcbT /healthz HTTP/1.1\r\nHost: x\r\n\r\n',
	'a path without a slash': 'GET healthz HTTP/1.1\r\nHost: x\r\n\r\n',
	'a path with NUL': 'GET /health\0z HTTP/1.1\r\nHost: x\r\n\r\n',
	'a path with %00': 'GET /healthz%00 HTTP/1.1\r\nHost: x\r\n\r\n',
	'a path above the root': 'GET /../x HTTP/1.1\r\nHost: x\r\n\r\n',
	'a path above the root, escaped':
		'GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n',
	'half an escape': 'GET /%4 HTTP/1.1\r\nHost: x\r\n\r\n',
	'a request line of spaces': '   \r\nHost: x\r\n\r\n',
	'TLS': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n',
	'another protocol': 'EHLO x\r\n\r\n',
};

for (const [what, text] of Object.entries(AMBIGUOUS)) {
	test(`refused, and nothing behind is read: ${what}`, async () => {
		const { answer, closed } = await exchange(text + SMUGGLED);

		assert_refusal(answer, 400, 405, 411, 501, 505);
		assert.ok(closed, 'the connection goes on');
	});
}

/* Both programs read it in one way, and what is behind is the next one. */
const UNUSUAL = {
	'chunks of one byte': post([CHUNKED], chunked(PROGRAM, 1)),
	'CHUNKED': post(['Transfer-Encoding: CHUNKED'], chunked(PROGRAM)),
	'a chunk with an extension': post([CHUNKED],
	    `14;a="b"\r\n${PROGRAM}\r\n0\r\n\r\n`),
	'a chunk length with zeros': post([CHUNKED],
	    `0000014\r\n${PROGRAM}\r\n000\r\n\r\n`),
	'a trailer': post([CHUNKED],
	    `14\r\n${PROGRAM}\r\n0\r\nContent-Length: 5\r\n\r\n`),
	'a length with zeros': post([`Content-Length: 000${PROGRAM.length}`],
	    PROGRAM),
	'lines that end in LF': post([LENGTH], '')
	    .replaceAll('\r\n', '\n') + PROGRAM,
	'the absolute form': post([LENGTH], PROGRAM,
	    'POST http://elsewhere.example/run HTTP/1.1'),
	'an empty line before': `\r\n${post([LENGTH], PROGRAM)}`,
	'an escaped path': post([LENGTH], PROGRAM,
	    'POST /%72un HTTP/1.1'),
	'a path with dots': post([LENGTH], PROGRAM,
	    'POST /x/../run HTTP/1.1'),
	'two slashes': post([LENGTH], PROGRAM, 'POST //run HTTP/1.1'),
	'a fragment': post([LENGTH], PROGRAM, 'POST /run#x HTTP/1.1'),
	'an upgrade to HTTP/2': post([LENGTH, 'Upgrade: h2c',
		'Connection: Upgrade, HTTP2-Settings', 'HTTP2-Settings: AA'],
	PROGRAM),
	'a line without a colon': post([LENGTH, 'nonsense'], PROGRAM),
	'headers that hide the length': post([LENGTH,
		'Connection: keep-alive, Content-Length'], PROGRAM),
	'a length with an underscore': post([LENGTH,
		'Content_Length: 5', 'Transfer_Encoding: chunked'], PROGRAM),
};

for (const [what, text] of Object.entries(UNUSUAL)) {
	test(`read to its end and no further: ${what}`, async () => {
		const { all } = await exchange(text + LAST, 2);

		assert_ran(all[0]);
		assert.equal(all[1].status, 200);
		assert.equal(typeof JSON.parse(all[1].text).ready, 'number');
	});
}

test('requests in a row are answered in their order', async () => {
	const texts = ['a', 'b', 'c'].map((letter) => {
		const body = `{"code": "print('${letter}')"}`;

		return post([`Content-Length: ${body.length}`], body);
	});
	const { all } = await exchange(texts.join('') + LAST, 4);

	assert.deepEqual(all.slice(0, 3).map(({ text }) => JSON.parse(text)),
	    [{ output: 'a' }, { output: 'b' }, { output: 'c' }]);
});

test('a request behind one with a bad body is a request', async () => {
	const { all } = await exchange(post(['Content-Length: 1'], '{') +
	    post([LENGTH, CLOSE], PROGRAM), 2);

	assert_refusal(all[0], 400);
	assert_ran(all[1]);
});

test('a body is no request, though it looks like one', async () => {
	const { all } = await exchange(
	    post([`Content-Length: ${SMUGGLED.length}`], SMUGGLED) +
	    post([LENGTH, CLOSE], PROGRAM), 2);

	assert_refusal(all[0], 400);
	assert_ran(all[1]);
});

test('HTTP/0.9 runs nothing', async () => {
	for (const line of ['POST /run\r\n', 'GET /run\r\n']) {
		const wire = new Wire();

		wire.send(line + PROGRAM);
		await wait_for('the end', () => wire.closed);
		assert.doesNotMatch(wire.bytes.toString(), /"output"/);
		wire.hang_up();
	}
});

test('100-continue is said once, then comes the answer', async () => {
	const wire = new Wire();

	wire.send(post([LENGTH, 'Expect: 100-continue'], ''));
	await wait_for('100', () => wire.answers().all.length === 1);
	assert.equal(wire.answers().all[0].status, 100);
	wire.send(PROGRAM);
	await wait_for('the answer', () => wire.answers().all.length === 2);
	assert_ran(wire.answers().all[1]);
	wire.hang_up();
});

test('100-continue is not said to a body that is too large', async () => {
	const { answer } = await exchange(post(
	    [`Content-Length: ${NGINX_BYTES + 1}`, 'Expect: 100-continue'],
	    ''));

	assert_refusal(answer, 413);
});

/* --- methods and targets ------------------------------------------------------ */

for (const method of ['TRACE', 'CONNECT', 'PROPFIND', 'MKCOL', 'DEBUG',
	'LOCK', 'X'.repeat(60)]) {
	test(`no method of ours: ${method.slice(0, 10)}`, async () => {
		for (const target of ['/run', '/', '/healthz']) {
			const { answer } = await exchange(
			    `${method} ${target} HTTP/1.1\r\nHost: x\r\n` +
			    `${CLOSE}\r\nMax-Forwards: 0\r\n` +
			    'Cookie: secret=1\r\n\r\n');

			assert_refusal(answer, 400, 405);
			assert.doesNotMatch(answer.text, /secret/);
		}
	});
}

for (const target of ['CONNECT 127.0.0.1:22', 'OPTIONS *', 'GET *',
	'GET http://169.254.169.254/latest/', 'GET //169.254.169.254/',
	'GET /@127.0.0.1:22/', 'GET /run/../../etc/passwd',
	'GET http:///']) {
	test(`nobody is asked for us: ${target}`, async () => {
		const { answer } = await exchange(`${target} HTTP/1.1\r\n` +
		    `Host: x\r\n${CLOSE}\r\n\r\n`);

		assert_refusal(answer, 400, 404, 405);
	});
}

test('a method can not be overridden', async () => {
	const { answer } = await exchange('GET /run HTTP/1.1\r\nHost: x\r\n' +
	    'X-HTTP-Method-Override: POST\r\nX-HTTP-Method: POST\r\n' +
	    'Content-Type: application/json\r\nX-Rewrite-Url: /healthz\r\n' +
	    `X-Original-URL: /healthz\r\n${CLOSE}\r\n${LENGTH}\r\n\r\n` +
	    PROGRAM);

	assert_refusal(answer, 405);
	assert.equal(answer.headers.allow, 'POST');
});

/* --- headers that pretend ------------------------------------------------------ */

async function
client_in_log(lines)
{
	const id = `abuse-${Math.random().toString(36).slice(2)}-xxxxxxxx`;
	const { answer } = await exchange(post([LENGTH, CLOSE,
		`X-Request-Id: ${id}`, ...lines], PROGRAM));

	assert_ran(answer);
	assert.equal(answer.headers['x-request-id'], id);
	return wait_for('the line', () => service.log_entries()
	    .find((entry) => entry.id === id)?.client);
}

test('no header makes a client another one', async () => {
	const claimed = '203.0.113.7';

	assert.equal(await client_in_log([`X-Forwarded-For: ${claimed}`,
		`X-Real-Ip: ${claimed}`, `Forwarded: for=${claimed}`,
		`Client-Ip: ${claimed}`, `Remote-Addr: ${claimed}`,
		`Remote_Addr: ${claimed}`, `True-Client-Ip: ${claimed}`,
		`X-Forwarded-For: ${claimed}, 127.0.0.1`]), hostname);
});

test('no header gets into the environment of a run', async () => {
	const body = '{"code": "import os; print(sorted(os.environ))"}';
	const { answer } = await exchange(post([
		`Content-Length: ${body.length}`, CLOSE,
		'Proxy: http://203.0.113.7/', 'Http-Proxy: http://x/',
		'HTTP_PROXY: http://x/', 'PYTHONPATH: /tmp',
		'LD_PRELOAD: /tmp/x', 'Script-Filename: /etc/passwd'], body));

	assert.deepEqual(JSON.parse(answer.text),
	    { output: "['HOME', 'LANG', 'PATH', 'USER']" });
});

const EVIL_IDS = {
	'a header behind CR LF, escaped': 'abcdefgh%0d%0aSet-Cookie:%20x=1',
	'a header behind a line, as JSON has it': 'abcdefgh\\r\\nX-Evil: 1',
	'UTF-8 that folds into CR LF': 'abcdefgh\xe5\x98\x8a\xe5\x98\x8dX: 1',
	'a quote': 'abcdefgh"}\\',
	'markup': '<script>alert(1)</script>',
	'a control character': 'abcdefgh\x1b[31m',
	'64 and one more': 'a'.repeat(65),
	'four thousand': 'a'.repeat(4000),
	'seven': 'a'.repeat(7),
	'nothing': '',
};

for (const [what, id] of Object.entries(EVIL_IDS)) {
	test(`a name of a request that is not taken: ${what}`, async () => {
		const { answer } = await exchange(
		    post([LENGTH, CLOSE, `X-Request-Id: ${id}`], PROGRAM));

		assert_ran(answer);
		assert.match(answer.headers['x-request-id'], /^[0-9a-f]{32}$/);
		assert.equal(answer.headers['x-evil'], undefined);
		assert.equal(answer.headers['set-cookie'], undefined);
	});
}

test('a name of 64 characters is taken', async () => {
	const id = 'Az09._-x'.repeat(8);
	const { answer } = await exchange(
	    post([LENGTH, CLOSE, `X-Request-Id: ${id}`], PROGRAM));

	assert.equal(answer.headers['x-request-id'], id);
});

/* nginx before 1.23 takes the first, later ones see a list. */
test('of two names the second is not taken', async () => {
	const { answer } = await exchange(post([LENGTH, CLOSE,
		'X-Request-Id: the-first-one', 'X-Request-Id: the-second-one'],
	PROGRAM));

	assert_ran(answer);
	assert.match(answer.headers['x-request-id'],
	    /^(the-first-one|[0-9a-f]{32})$/);
});

for (const host of ['evil.example', '127.0.0.1:1', '[::1]', 'a'.repeat(1000),
	'x:y', '"', '<script>', "'; drop", '']) {
	test(`a host changes nothing: ${host.slice(0, 20)}`, async () => {
		const { answer } = await exchange(`GET / HTTP/1.1\r\n` +
		    `Host: ${host}\r\n${CLOSE}\r\n\r\n`);

		if (answer.status !== 200)
			assert_refusal(answer, 400);
		assert.equal(answer.headers.location, undefined);
		if (host.length > 3)
			assert.ok(!answer.text.includes(host));
	});
}

test('a compressed body is no JSON', async () => {
	const { answer } = await exchange(post(['Content-Encoding: gzip',
		'Content-Length: 10', CLOSE],
	'\x1f\x8b\x08\0\0\0\0\0\0\x03'));

	assert_refusal(answer, 400);
});

/* --- sizes ---------------------------------------------------------------------- */

/* A header line with its end in one of nginx's buffers, to the byte. */
for (const [beyond, status] of [[-1, 200], [0, 200], [1, 431]]) {
	test(`a header line of 8 KiB ${beyond}: ${status}`, async () => {
		const name = 'X-Long: ';
		const fill = HEADER_BYTES - name.length - 2 + beyond;
		const { answer } = await exchange(
		    post([LENGTH, CLOSE, name + 'x'.repeat(fill)], PROGRAM));

		if (status === 200)
			assert_ran(answer);
		else
			assert_refusal(answer, status);
	});

	test(`a request line of 8 KiB ${beyond}: ${status}`, async () => {
		const [head, tail] = ['POST /run?', ' HTTP/1.1'];
		const fill = HEADER_BYTES - head.length - tail.length - 2 +
		    beyond;
		const { answer } = await exchange(post([LENGTH, CLOSE],
		    PROGRAM, head + 'x'.repeat(fill) + tail));

		if (status === 200)
			assert_ran(answer);
		else
			assert_refusal(answer, 414);
	});
}

test('a huge address is refused', async () => {
	const { answer } = await exchange(`GET /${'x'.repeat(1 << 20)} ` +
	    `HTTP/1.1\r\nHost: x\r\n\r\n`);

	assert_refusal(answer, 414);
});

test('headers without end are refused', async () => {
	for (const line of [`X: ${'y'.repeat(4000)}`, 'X: y']) {
		const lines = Array(Math.ceil((1 << 20) / line.length))
		    .fill(line);
		const { answer } = await exchange(
		    post([LENGTH, ...lines], PROGRAM));

		assert_refusal(answer, 431);
	}
});

/* A request of exactly so many bytes, whose program is fine. */
function
body_of(bytes)
{
	const head = '{"code": "print(1)", "stdin": "';

	return `${head}${'x'.repeat(bytes - head.length - 2)}"}`;
}

const SENDERS = {
	'with a length': (body) => post(
	    [`Content-Length: ${body.length}`, CLOSE], body),
	'in chunks': (body) => post([CHUNKED, CLOSE], chunked(body, 16000)),
	'in one chunk': (body) => post([CHUNKED, CLOSE],
	    chunked(body, body.length)),
};

for (const [how, send] of Object.entries(SENDERS)) {
	test(`bodies around 256 KiB ${how}`, async () => {
		for (const beyond of [-1, 0]) {
			const { answer } = await exchange(
			    send(body_of(RESPONDER_BYTES + beyond)));

			assert_ran(answer);
		}
		const { answer } = await exchange(
		    send(body_of(RESPONDER_BYTES + 1)));

		assert.match(assert_refusal(answer, 413),
		    new RegExp(`the limit is ${RESPONDER_BYTES} bytes$`));
	});

	test(`bodies around 1 MiB ${how}`, async () => {
		for (const beyond of [-1, 0, 1]) {
			const { answer } = await exchange(
			    send(body_of(NGINX_BYTES + beyond)));
			const error = assert_refusal(answer, 413);

			assert.equal(/the limit is/.test(error), beyond < 1);
		}
	});
}

test('an empty body is refused, however it is sent', async () => {
	for (const text of [post(['Content-Length: 0', CLOSE], ''),
		post([CHUNKED, CLOSE], '0\r\n\r\n'), post([CLOSE], '')]) {
		const { answer } = await exchange(text);

		assert_refusal(answer, 400, 411);
	}
});

/* --- slowness -------------------------------------------------------------------- */

/* Sends a byte a second, up to the end of the connection: how long it took. */
async function
drip(begin, text)
{
	const wire = new Wire();
	let at = 0;

	wire.send(begin);
	const timer = setInterval(() => wire.send(text[at++ % text.length]),
	    1000);

	try {
		await wait_for('the end of the connection', () => wire.closed,
		    ANSWER_DEADLINE_MS);
	} finally {
		clearInterval(timer);
		wire.hang_up();
	}
	return wire;
}

async function
silence(begin)
{
	const wire = new Wire();

	wire.send(begin);
	await wait_for('the end of the connection', () => wire.closed,
	    ANSWER_DEADLINE_MS);
	wire.hang_up();
	return wire;
}

test('who is slow is cut off, and keeps nobody else waiting', async () => {
	const slow = Promise.all([
		drip('POST /run HTTP/1.1\r\nHost: x\r\n', 'X: y\r\n'),
		silence('POST /run HTTP/1.1\r\nHos'),
		silence(''),
		silence(post([LENGTH], PROGRAM.slice(0, 5))),
		silence(post([CHUNKED], '14\r\n{"co')),
	]);

	for (let i = 0; i < 5; i++)
		assert.deepEqual(await run('print(1)'), RAN);
	for (const { bytes, took_ms } of await slow) {
		assert.ok(took_ms > PATIENCE_MS - 1000 &&
		    took_ms < 3 * PATIENCE_MS, `after ${took_ms} ms`);
		if (bytes.length > 0) {
			const { answer } = take_answer(
			    bytes.toString('latin1'));

			assert_refusal(answer, 400, 408);
		}
	}
});

/* nginx reads the whole body first: no responder waits for it. */
test('many slow bodies occupy no responder', async () => {
	const wires = Array.from({ length: 150 }, () => {
		const wire = new Wire();

		wire.send(post([LENGTH], PROGRAM.slice(0, 10)));
		return wire;
	});

	try {
		for (let i = 0; i < 3; i++)
			assert.deepEqual(await run('print(1)'), RAN);
		const now = await health();

		assert.equal(now.http, 200);
		assert.equal(now.queued, 0);
	} finally {
		for (const wire of wires)
			wire.hang_up();
	}
});

/* --- JSON --------------------------------------------------------------------------- */

async function
refused(body)
{
	const answer = await post_run(body);

	return assert_refusal(answer, 400);
}

const VALUES = {
	'null': 'null', 'true': 'true', 'false': 'false', 'a number': '7',
	'a fraction': '1.5', 'a string': '"x"', 'an empty string': '""',
	'an array': '[]', 'an array of one': '["print(1)"]',
	'an object': '{}', 'an object with code': '{"code": "print(1)"}',
};
/* What each member may be, of those. */
const GOOD = {
	code: ['a string'],
	stdin: ['a string', 'an empty string'],
	timeout: ['a number', 'a fraction'],
};

for (const [member, good] of Object.entries(GOOD)) {
	for (const [what, value] of Object.entries(VALUES)) {
		if (good.includes(what))
			continue;
		test(`${member} is not ${what}`, async () => {
			const others = member === 'code' ? '' :
			    '"code": "print(1)", ';
			const error = await refused(
			    `{${others}"${member}": ${value}}`);

			assert.ok(error.includes(member), error);
		});
	}
}

test('of a member that comes twice the last one counts', async () => {
	assert.deepEqual(await run_text('{"code": "print(2)", ' +
	    '"code": "print(1)"}'), RAN);
	assert.deepEqual(await run_text('{"code": 5, "code": "print(1)"}'),
	    RAN);
	assert.deepEqual(await run_text('{"\\u0063ode": 5, ' +
	    '"code": "print(1)"}'), RAN);
	await refused('{"code": "print(1)", "code": 5}');
	await refused('{"code": "print(1)", "co\\u0064e": null}');
	await refused('{"code": "print(1)", "timeout": 1, "timeout": 99}');
});

async function
run_text(body)
{
	const answer = await post_run(body);

	assert.equal(answer.status, 200, answer.text);
	return answer.json;
}

test('a name twenty thousand times over is no burden', async () => {
	const many = '"stdin": "x", '.repeat(15000);

	assert.deepEqual(await run_text(`{${many}"code": "print(1)"}`), RAN);
});

test('many different names end at the first', async () => {
	const many = Array.from({ length: 15000 },
	    (_, i) => `"n${i}": 1`).join(', ');

	assert.match(await refused(`{"code": "x", ${many}}`), /"n\d+"/);
});

/* As deep as a body can be: an object takes more of it than an array. */
for (const [depth, open, close] of [[8, '[', ']'], [9, '[', ']'],
	[100000, '[', ']'], [8, '{"":', '}'], [9, '{"":', '}'],
	[50000, '{"":', '}']]) {
	test(`${depth} times ${open}`, async () => {
		/* The outermost object counts as one level. */
		const error = await refused(`{"x":${open.repeat(depth - 1)}0${
		    close.repeat(depth - 1)}}`);

		assert.equal(/nested deeper than 8/.test(error), depth > 8,
		    error);
	});
}

test('nesting that never closes is refused', async () => {
	for (const text of ['[', '{"x":', '[{"x":', '"\\']) {
		const body = text.repeat(Math.floor(200000 / text.length));

		await refused(body);
		await refused(`{"code": ${body}`);
	}
});

test('a name that is quoted back is cut and escaped', async () => {
	const error = await refused(
	    `{"code": "x", "\\r\\nSet-Cookie: a\\u001b[31m${
	    '\u{1f600}'.repeat(500)}": 1}`);

	assert.ok(error.length < 256, error);
	assert.doesNotMatch(error, /[\x00-\x1f\ufffd]/);
});

/* --- afterwards ----------------------------------------------------------------------- */

test('after all that the service is as it was', async () => {
	await service.idle();
	assert.equal(service.sced_pid(), sced);
	assert.deepEqual(service.responders().sort(), responders);
	assert.deepEqual(await run('print(1)'), RAN);
});
