/* SPDX-License-Identifier: MIT */
/*
 * sce-docker before an Engine of ours, which answers what it should not: one
 * line says so, the status is a failure's, and memory stays bounded.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { collect } from './lib/docker.js';
import { SLOWNESS } from './lib/wait.js';

const CLIENT = path.join(process.env.BUILD ?? '', 'sce-docker');
const DEADLINE_MS = 60000 * SLOWNESS;
/* Address space: a list may be 32 MiB, and doubles its room as it grows. With
 * a sanitizer's shadow memory there is no such limit. */
const LIMIT_KIB = process.env.SANITIZE === '1' ? 'unlimited' : 96 * 1024;
const ID = '0123456789abcdef'.repeat(4);
const RUN = ['run', '--detach', '--rm', '--pull', 'never', '--network', 'none',
	'--name', 'sce-x', 'image', 'word'];
const LIST = ['ps', '--all', '--format', '{{.Names}}', '--filter',
	'label=a=b/c'];
const INSPECT = ['image', 'inspect', '--format', '{{.Id}}', 'a/b:1'];

let dir = null;
let server = null;
let requests = [];
let answers = [];
/* To the question whether it is there, which is not kept. */
let ping = null;

before(() => {
	dir = fs.mkdtempSync(path.join(process.env.SCE_WORK, 'engine.'));
});

after(() => fs.rmSync(dir, { recursive: true }));

/* Each request, once it is whole, is kept and gets the next answer, which is
 * called with the connection; too many get none. */
beforeEach(async () => {
	requests = [];
	answers = [];
	ping = says(`${OK}Content-Length: 2\r\n\r\nOK`);
	server = net.createServer((socket) => {
		let text = '';

		socket.on('error', () => undefined);
		socket.on('data', (chunk) => {
			text += chunk;
			const [head, body] = text.split('\r\n\r\n');
			const length = head.match(/\r\nContent-Length: (\d+)/);

			if (body === undefined ||
			    body.length < Number(length?.[1] ?? 0))
				return;
			text = '';
			if (/^GET \/v1.4[14]\/_ping /.test(head)) {
				ping(socket);
				return;
			}
			requests.push({ line: head.split('\r\n')[0], head, body });
			(answers.shift() ?? ((s) => s.destroy()))(socket);
		});
	});
	server.listen(path.join(dir, 's'));
	await once(server, 'listening');
});

afterEach(async () => {
	server.close();
	await once(server, 'close');
});

async function
run(args, host = `unix://${path.join(dir, 's')}`)
{
	const { status, stdout, stderr } = await collect('/bin/sh', ['-c',
		`ulimit -v ${LIMIT_KIB}; exec "$0" "$@"`, CLIENT, ...args], '',
	{ timeout: DEADLINE_MS, env: { DOCKER_HOST: host } });

	return { status, stdout: String(stdout), stderr: String(stderr) };
}

/* What an Engine sends, and then closes. */
function
says(text)
{
	return (socket) => socket.end(text);
}

function
json(status, value)
{
	const text = JSON.stringify(value);

	return says(`HTTP/1.1 ${status} Whatever\r\nContent-Length: ` +
	    `${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

/* The piece again and again, for as long as somebody takes it. */
function
endlessly(start, piece)
{
	return (socket) => {
		const more = () => {
			while (socket.writable && socket.write(piece))
				;
		};

		socket.on('drain', more);
		socket.write(start);
		more();
	};
}

const CREATED = json(201, { Id: ID, Warnings: [] });
const STARTED = says('HTTP/1.1 204 No Content\r\n\r\n');
const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const MUCH = 'x'.repeat(65536);

/* --- all is well ----------------------------------------------------------- */

test('run: create, start, and the id', async () => {
	answers = [CREATED, STARTED];
	const done = await run(RUN);

	assert.deepEqual(done, { status: 0, stdout: `${ID}\n`, stderr: '' });
	assert.deepEqual(requests.map(({ line }) => line), [
		'POST /v1.41/containers/create?name=sce-x HTTP/1.1',
		`POST /v1.41/containers/${ID}/start HTTP/1.1`]);
	assert.deepEqual(JSON.parse(requests[0].body), {
		HostConfig: { RestartPolicy: { Name: 'no' }, AutoRemove: true,
			NetworkMode: 'none' },
		Image: 'image', Cmd: ['word'] });
	assert.match(requests[0].head, /\r\nContent-Type: application\/json/);
	assert.match(requests[0].head, /\r\nConnection: close/);
});

test('the other commands: one request each', async () => {
	const gone = says('HTTP/1.1 204 No Content\r\n\r\n');

	answers = [gone, gone, gone, json(200, [{ Names: ['/sce-1'] }]),
		json(200, { Id: `sha256:${ID}` })];
	assert.equal((await run(['kill', 'sce-x'])).stdout, 'sce-x\n');
	assert.equal((await run(['rm', '--force', 'a', 'b'])).stdout, 'a\nb\n');
	assert.equal((await run(LIST)).stdout, 'sce-1\n');
	assert.equal((await run(INSPECT)).stdout, `sha256:${ID}\n`);
	assert.deepEqual(requests.map(({ line }) => line), [
		'POST /v1.41/containers/sce-x/kill?signal=KILL HTTP/1.1',
		'DELETE /v1.41/containers/a?force=1 HTTP/1.1',
		'DELETE /v1.41/containers/b?force=1 HTTP/1.1',
		'GET /v1.41/containers/json?all=1&filters=' +
		    `${encodeURIComponent('{"label":{"a=b/c":true}}')} HTTP/1.1`,
		'GET /v1.41/images/a/b:1/json HTTP/1.1']);
});

/* As Docker 29 says to those who ask for less than 1.44. */
test('an Engine that no longer knows the version gets the next', async () => {
	const old = json(400, { message: 'client version 1.41 is too old. ' +
	    'Minimum supported API version is 1.44, please upgrade' });

	const well = ping;

	ping = (socket) => {
		ping = well;
		old(socket);
	};
	answers = [CREATED, STARTED];
	assert.equal((await run(RUN)).status, 0);
	assert.deepEqual(requests.map(({ line }) => line.split('/')[1]),
	    ['v1.44', 'v1.44']);
	answers = [old, json(200, { Id: `sha256:${ID}` })];
	assert.equal((await run(INSPECT)).stdout, `sha256:${ID}\n`);
	answers = [old, old];
	const done = await run(INSPECT);

	assert.equal(done.status, 1);
	assert.match(done.stderr, /^sce-docker: [^\n]* is too old[^\n]*\n$/);
});

test('a list of a thousand containers', async () => {
	const Labels = { packages: 'x'.repeat(16000) };
	const list = Array.from({ length: 1000 }, (_, i) =>
		({ Names: [`/sce-${i}`], Labels }));

	answers = [json(200, list)];
	const done = await run(LIST);

	assert.equal(done.stderr, '');
	assert.equal(done.stdout.split('\n').length, 1001);
});

/* What Go's server does with a list: chunks of its own liking. */
test('chunks in any pieces', async () => {
	const text = JSON.stringify([{ Names: ['/sce-1'] }, { Names: ['/b'] }]);
	const chunks = [...text].map((c) => `1\r\n${c}\r\n`).join('');

	answers = [says(`${CHUNKED}${chunks}0\r\n\r\n`)];
	assert.equal((await run(LIST)).stdout, 'sce-1\nb\n');
});

test('warnings are told and change nothing', async () => {
	answers = [json(201, { Id: ID, Warnings: ['no\nswap', 7, null] }),
		STARTED];
	assert.deepEqual(await run(RUN), { status: 0, stdout: `${ID}\n`,
		stderr: 'WARNING: no swap\n' });
});

/* --- something is not --------------------------------------------------------- */

const BROKEN = {
	'hangs up': [(socket) => socket.destroy(), /hung up without an answer/],
	'sends garbage': [says('\0\x01garbage\r\n\r\n\r\n'), /has a NUL in it/],
	'is another server': [says('220 mail\r\n\r\n'), /is not HTTP/],
	'sends a header without end': [
		endlessly(OK, 'Field: value\r\n'), /head longer than/],
	'sends a line without end': [
		endlessly(`${OK}Field: `, MUCH), /head longer than/],
	'sends a body without end': [
		endlessly(`${OK}\r\n`, MUCH), /longer than \d+ bytes/],
	'sends chunks without end': [
		endlessly(CHUNKED, `10000\r\n${MUCH}\r\n`), /longer than \d+ bytes/],
	'sends a chunk without end': [
		endlessly(`${CHUNKED}fffffffffffffff\r\n`, MUCH),
		/longer than \d+ bytes/],
	'sends a chunk line without end': [
		endlessly(CHUNKED, '0'), /too long a line/],
	'sends trailers without end': [
		endlessly(`${CHUNKED}0\r\n`, 'a: b\r\n'), /too many trailers/],
	'promises more than it may': [
		says(`${OK}Content-Length: 999999999999\r\n\r\n`), /longer than/],
	'promises more than it sends': [
		says(`${OK}Content-Length: 10\r\n\r\n[`), /in the middle/],
	'promises nonsense': [
		says(`${OK}Content-Length: -1\r\n\r\n`), /how long it is/],
	'ends in the middle of a chunk': [
		says(`${CHUNKED}5\r\nab`), /in the middle/],
	'sends chunks of no size': [
		says(`${CHUNKED}xyz\r\n`), /no size before a chunk/],
	'sends chunks that are longer': [
		says(`${CHUNKED}1\r\nabcdef\r\n`), /longer than it says/],
	'sends no JSON': [says(`${OK}Content-Length: 1\r\n\r\nx`),
		/no ID|no list/],
	'sends JSON without end': [
		says(`${OK}\r\n${'['.repeat(100000)}`), /no ID|no list/],
	'sends nothing': [says(`${OK}Content-Length: 0\r\n\r\n`),
		/no ID|no list/],
	'fails and says why': [json(500, { message: 'no\n\x1b[1mspace\r\n' }),
		/: Error response from daemon: no {2}\[1mspace\n$/],
	'fails and does not': [json(503, ['x']), /status 503 without/],
};

for (const [what, [answer, pattern]] of Object.entries(BROKEN)) {
	test(`an Engine that ${what}`, async () => {
		for (const [args, status] of [[RUN, 125], [LIST, 1],
			[INSPECT, 1]]) {
			answers = [answer];
			const done = await run(args);

			assert.match(done.stderr, /^sce-docker: [^\n\x1b]+\n$/);
			assert.match(done.stderr, pattern);
			assert.equal(done.status, status);
			assert.equal(done.stdout, '');
		}
	});
}

/* As one that is just coming up: what it is sent it may do much later. */
test('an Engine that is not there yet is sent no container', async () => {
	let asked = null;
	const question = new Promise((resolve) => {
		asked = resolve;
	});

	ping = asked;
	const child = spawn(CLIENT, RUN, { stdio: 'ignore',
		env: { DOCKER_HOST: `unix://${path.join(dir, 's')}` } });
	const ended = once(child, 'exit');
	const socket = await question;

	child.kill('SIGKILL');
	await ended;
	ping = says(`${OK}Content-Length: 2\r\n\r\nOK`);
	ping(socket);
	if (!socket.destroyed)
		await once(socket, 'close');
	assert.deepEqual(requests, []);
	ping = json(500, { message: 'not yet' });
	assert.match((await run(RUN)).stderr, /: not yet\n$/);
	assert.deepEqual(requests, []);
});

/* It may be there all the same: sced finds it by its label. */
test('an Engine that dies between create and start', async () => {
	answers = [CREATED, (socket) => socket.destroy()];
	const done = await run(RUN);

	assert.equal(done.status, 125);
	assert.equal(done.stdout, `${ID}\n`);
	assert.match(done.stderr, /^sce-docker: [^\n]*hung up[^\n]*\n$/);
});

test('an Engine that answers before it has read all', async () => {
	const words = Array.from({ length: 10 }, () => 'x'.repeat(100000));
	const early = net.createServer((socket) => {
		socket.on('error', () => undefined);
		json(413, { message: 'too much' })(socket);
		socket.destroySoon();
	});

	early.listen(path.join(dir, 'early'));
	await once(early, 'listening');
	const done = await run([...RUN, ...words],
	    `unix://${path.join(dir, 'early')}`);

	early.close();
	assert.equal(done.status, 125);
	assert.match(done.stderr, /^sce-docker: [^\n]+\n$/);
});

test('names in its answers are names', async () => {
	answers = [json(201, { Id: '../../x' }), json(200,
	    [{ Names: ['/a\n/b'] }, { Names: ['\x1b[1m'] }, { Names: 7 }])];
	assert.equal((await run(RUN)).status, 125);
	assert.equal((await run(LIST)).stdout, '\n\n\n');
});

/* --- no Engine, wrong words ------------------------------------------------- */

test('no socket', async () => {
	const dead = path.join(dir, 'dead');
	const one = net.createServer();

	/* A socket's name that nobody listens on any more. */
	one.listen(`${dead}.x`);
	await once(one, 'listening');
	fs.linkSync(`${dead}.x`, dead);
	one.close();
	for (const file of ['/nonexistent/s', dead, dir,
		`/${'x'.repeat(200)}`]) {
		for (const [args, status] of [[RUN, 125], [LIST, 1]]) {
			const done = await run(args, `unix://${file}`);

			assert.equal(done.status, status);
			assert.ok(done.stderr.startsWith(
			    'sce-docker: Cannot connect to the Docker daemon ' +
			    `at unix://${file}: `), done.stderr);
			assert.match(done.stderr, /^[^\n]+\n$/);
		}
	}
});

test('a socket that is none of Unix is refused, with the way out', async () => {
	for (const host of ['tcp://127.0.0.1:1', 'ssh://x', 'unix://', 'x']) {
		const done = await run(RUN, host);

		assert.equal(done.status, 125);
		assert.match(done.stderr,
		    /^sce-docker: [^\n]+ docker_cli = \/usr\/bin\/docker\n$/);
		assert.equal((await run(LIST, host)).status, 1);
	}
});

test('other words never reach it', async () => {
	for (const args of [[...RUN.slice(0, -2), '--privileged', 'image'],
		[...RUN.slice(0, -2), '--volume', '/:/host', 'image'],
		[...RUN.slice(0, 5), '--network', 'host', 'image'],
		[...RUN.slice(0, -2), '../image'], ['run', 'image'], ['run']])
		assert.equal((await run(args)).status, 125, args);
	for (const args of [[], ['exec', 'x'], ['kill'], ['kill', '../x'],
		['kill', 'a', 'b'], ['kill', '--signal', 'HUP'], ['rm', 'x'],
		['rm', '--force'], ['rm', '--force', 'a?b'],
		[...LIST.slice(0, 4), '--filter', 'name=x'],
		[...LIST.slice(0, 5), 'label=a"b'],
		['image', 'rm', 'x'], [...INSPECT.slice(0, 4), 'a/../b']]) {
		const done = await run(args);

		assert.equal(done.status, 1, args);
		assert.match(done.stderr, /^sce-docker: [^\n]+\n$/);
	}
	assert.deepEqual(requests, []);
});
