/* SPDX-License-Identifier: MIT */
/*
 * The host's end of the frames between guest and host, for one job: what
 * common/frame.h describes, without a supervisor or a responder between.
 */
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { ROOT } from '../../../integration/lib/instance.js';

const PROTOCOL_VERSION = Number(fs.readFileSync(
    path.join(ROOT, 'fcgi/common/frame.h'), 'utf8')
    .match(/^#define FRAME_PROTOCOL_VERSION (\d+)$/m)[1]);
const JOB_HEADER_LEN = 40;
const HEADER_LEN = 8;
const READY = 1;
const SETUP_ERROR = 2;
const STDOUT = 4;
const STDERR = 5;
const VERDICT = 6;
const JOB = 16;
const OUTPUT_BYTES_MAX = 1024 * 1024;

function
job_frame({ code, stdin, wall_ms })
{
	const code_bytes = Buffer.from(code);
	const stdin_bytes = Buffer.from(stdin);
	const head = Buffer.alloc(HEADER_LEN + JOB_HEADER_LEN);

	head.writeUInt8(JOB, 0);
	head.writeUInt32BE(
	    JOB_HEADER_LEN + code_bytes.length + stdin_bytes.length, 4);
	head.writeUInt32BE(PROTOCOL_VERSION, 8);
	head.writeUInt32BE(wall_ms, 12);
	head.writeUInt32BE(OUTPUT_BYTES_MAX, 16);
	head.writeUInt32BE(OUTPUT_BYTES_MAX, 20);
	head.writeUInt32BE(code_bytes.length, 24);
	head.writeUInt32BE(stdin_bytes.length, 28);
	return Buffer.concat([head, code_bytes, stdin_bytes]);
}

function
verdict_of(payload)
{
	return {
		kind: payload.readUInt32BE(0),
		status: payload.readUInt32BE(4),
		peak_bytes: Number(payload.readBigUInt64BE(24)),
		truncated: payload.readUInt32BE(48),
	};
}

/* Takes whole frames from the front of bytes; what is left over. */
function
take_frames(bytes, handle)
{
	let rest = bytes;

	while (rest.length >= HEADER_LEN) {
		const len = rest.readUInt32BE(4);

		if (rest.length < HEADER_LEN + len)
			break;
		handle(rest[0], rest.subarray(HEADER_LEN, HEADER_LEN + len));
		rest = rest.subarray(HEADER_LEN + len);
	}
	return rest;
}

/* { stdout, stderr, verdict } of a job on a guest's connection. */
function
run_on(connection, job)
{
	const stdout = [];
	const stderr = [];
	let rest = Buffer.alloc(0);
	let verdict = null;

	return new Promise((resolve, reject) => {
		const handle = (kind, payload) => {
			if (kind === READY)
				connection.write(job_frame(job));
			else if (kind === SETUP_ERROR)
				reject(new Error(`guest: ${payload}`));
			else if (kind === STDOUT)
				stdout.push(Buffer.from(payload));
			else if (kind === STDERR)
				stderr.push(Buffer.from(payload));
			else if (kind === VERDICT)
				verdict = verdict_of(payload);
		};

		connection.on('data', (chunk) => {
			rest = take_frames(Buffer.concat([rest, chunk]),
			    handle);
		});
		connection.on('error', reject);
		connection.on('close', () => {
			if (verdict === null)
				reject(new Error('no verdict: ' +
				    Buffer.concat(stderr)));
			resolve({
				stdout: Buffer.concat(stdout).toString(),
				stderr: Buffer.concat(stderr).toString(),
				verdict,
			});
		});
	});
}

/*
 * Listens at path, calls start(), which is to make a guest dial there, and
 * runs the job on the first connection.
 */
function
guest_run(path, start, job)
{
	return new Promise((resolve, reject) => {
		const server = net.createServer((connection) => {
			server.close();
			run_on(connection, job).then(resolve, reject);
		});

		server.on('error', reject);
		server.listen(path, () => {
			fs.chmodSync(path, 0o666);
			try {
				start();
			} catch (error) {
				server.close();
				reject(error);
			}
		});
	});
}

export { guest_run };
