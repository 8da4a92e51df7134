/* SPDX-License-Identifier: MIT */
/*
 * sce-guest alone, with the commands that it is given: what it says before
 * there is a job. A command that can not be executed here is told then, and
 * not at the first run.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { docker } from './lib/docker.js';
import { shared_instance } from './lib/instance.js';
import { SLOWNESS } from './lib/wait.js';

const READY = 1;
const SETUP_ERROR = 2;
const VERSION = 4;
const HEADER_LEN = 8;
const UID = 391500;
const ANSWER_DEADLINE_MS = 30000 * SLOWNESS;

let config = null;
let dir = null;

before(() => {
	config = shared_instance().config();
	dir = fs.mkdtempSync(path.join(process.env.SCE_WORK, 'guest.'));
	fs.chmodSync(dir, 0o755);
});

after(() => {
	if (dir !== null)
		fs.rmSync(dir, { recursive: true });
});

/* The first frame on the socket: { kind, payload }. */
function
first_frame(server)
{
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => reject(new Error('no frame')),
		    ANSWER_DEADLINE_MS);

		server.once('connection', (socket) => {
			let bytes = Buffer.alloc(0);

			socket.on('error', () => undefined);
			socket.on('data', (chunk) => {
				bytes = Buffer.concat([bytes, chunk]);
				if (bytes.length < HEADER_LEN)
					return;
				const len = bytes.readUInt32BE(4);

				if (bytes.length < HEADER_LEN + len)
					return;
				clearTimeout(timer);
				socket.destroy();
				resolve({ kind: bytes[0], payload:
				    bytes.subarray(HEADER_LEN, HEADER_LEN + len) });
			});
		});
	});
}

/* The guest's first word with these arguments, of the flags of a sandbox those
 * that it needs. Its end follows from the socket's. */
async function
first_word(...args)
{
	const folder = fs.mkdtempSync(path.join(dir, 'slot-'));
	const server = net.createServer();

	fs.chmodSync(folder, 0o755);
	await new Promise((resolve) => {
		server.listen(path.join(folder, 's'), resolve);
	});
	fs.chmodSync(path.join(folder, 's'), 0o666);
	const frame = first_frame(server);
	let id = null;

	frame.catch(() => undefined); /* docker may fail before */
	try {
		id = docker('run', '--detach', '--network', 'none',
		    '--label', `sce.test=${process.env.SCE_WORK}`,
		    '--read-only', '--cap-drop', 'ALL', '--user',
		    `${UID}:${UID}`, '--security-opt',
		    'no-new-privileges:true', '--security-opt',
		    `seccomp=${config.paths.seccomp_profile}`, '--tmpfs',
		    `/box:rw,noexec,uid=${UID},mode=0755`, '--workdir', '/box',
		    '--mount', `type=bind,src=${folder},dst=/run/sce,readonly`,
		    '--mount',
		    `type=bind,src=${config.paths.guest},dst=/sce-guest,readonly`,
		    '--entrypoint', '/sce-guest', config.docker.image,
		    'auto', '/run/sce/s', ...args);
		return await frame;
	} finally {
		if (id !== null)
			docker('rm', '--force', id);
		server.close();
		fs.rmSync(folder, { recursive: true });
	}
}

async function
is_ready(...args)
{
	const { kind, payload } = await first_word(...args);

	assert.equal(kind, READY, payload.toString());
	assert.equal(payload.readUInt32BE(0), VERSION);
}

async function
fails(expected, ...args)
{
	const { kind, payload } = await first_word(...args);

	assert.equal(kind, SETUP_ERROR);
	assert.equal(payload.toString(), expected);
}

test('Python waits on a FIFO of any name', () =>
	is_ready('program.py', '', '/usr/bin/python3.11'));

test('a command of several words, and one with a compiler', async () => {
	await is_ready('main.awk', '', 'awk -f');
	await is_ready('main.py', 'python3.11 -m py_compile', 'python3.11');
});

test('a command that is not there, of either kind', async () => {
	await fails('exec: No such file or directory', 'main.py', '',
	    'python3.99');
	await fails('exec: No such file or directory', 'main.sh', '', 'nosuch');
	await fails('exec: No such file or directory', 'main.sh', '',
	    'python3.99 -u');
});

test('a compiler that is not there', () =>
	fails('exec: No such file or directory', 'main.sh', 'nosuch -o x',
	    'sh'));

test('a command that is none', async () => {
	await fails('exec: Permission denied', 'main.sh', '',
	    '/etc/passwd');
	const what = "the language's file and commands: Invalid argument";

	await fails(what, 'main.sh', '', '');
	await fails(what, 'main.sh', '', 'sh  -e');
	await fails(what, 'main.sh', 'sh ', 'sh');
	await fails(what, '../main.sh', '', 'sh');
	await fails(what, 'main.sh', '', 'sh'.concat(' -e'.repeat(16)));
});
