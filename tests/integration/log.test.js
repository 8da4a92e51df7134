/* SPDX-License-Identifier: MIT */
/* executions.log: one JSON object a run, in a file that may be moved away. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { post_run } from './lib/http.js';
import { shared_instance } from './lib/instance.js';
import { wait_for } from './lib/wait.js';

const FIELDS = ['time', 'id', 'client', 'code_bytes', 'code_sha256', 'verdict',
	'exit_code', 'wall_ms', 'cpu_ms', 'peak_memory_bytes', 'output_bytes',
	'queue_ms'];

/* Runs it; its answer, and the entry that the run left. */
async function
logged_run(code, members = {})
{
	const service = shared_instance();
	const begin = Date.now();
	const begun = performance.now();
	const answer = await post_run({ code, ...members });
	const took = performance.now() - begun;
	const id = answer.headers['x-request-id'];
	const entry = await wait_for(`log entry of ${id}`, () =>
		service.log_entries().find((e) => e.id === id));
	const time = Date.parse(entry.time);

	assert.equal(answer.status, 200, answer.text);
	for (const field of FIELDS)
		assert.ok(field in entry, `no ${field}: ${entry}`);
	assert.ok(time >= begin - 1000, entry.time);
	assert.ok(time <= Date.now() + 1000, entry.time);
	assert.equal(entry.client, '127.0.0.1');
	assert.equal(entry.code_bytes, Buffer.byteLength(code));
	assert.equal(entry.code_sha256,
	    createHash('sha256').update(code).digest('hex'));
	assert.ok(entry.queue_ms >= 0);
	/* A part of what the client has waited. */
	assert.ok(entry.wall_ms >= 0 && entry.wall_ms <= took,
	    `${entry.wall_ms} of ${took} ms`);
	assert.equal('code' in entry, false);
	return { answer: answer.json, entry };
}

async function
entry_of(code, members = {})
{
	return (await logged_run(code, members)).entry;
}

test('a success', async () => {
	const entry = await entry_of("print('hé')");

	assert.equal(entry.verdict, 'exited');
	assert.equal(entry.exit_code, 0);
	assert.equal(entry.output_bytes, 4);
	/* An interpreter alone takes megabytes. */
	assert.ok(entry.peak_memory_bytes > 1024 * 1024);
	assert.ok(entry.peak_memory_bytes <= 128 * 1024 * 1024);
});

test('an exit status', async () => {
	const entry = await entry_of('import sys\nsys.exit(3)');

	assert.deepEqual([entry.verdict, entry.exit_code], ['exited', 3]);
});

test('a signal', async () => {
	const entry = await entry_of('import os\nos.abort()');

	assert.equal(entry.verdict, 'signaled');
});

/* Says again and again what it has used so far. */
const SPENDER = `
import time
begun = said = time.process_time()
while True:
    now = time.process_time()
    if now - said > 0.02:
        said = now
        print(now - begun, flush=True)
`;

test('a timeout, with the CPU it took', async () => {
	const { answer, entry } = await logged_run(SPENDER, { timeout: 1 });
	const used_ms = 1000 * Number(answer.output.split('\n').at(-1));

	assert.equal(entry.verdict, 'timed_out');
	assert.ok(entry.wall_ms >= 1000, entry.wall_ms);
	/* Half a core, and what it may be ahead of that; no less than it said. */
	assert.ok(entry.cpu_ms < 0.75 * entry.wall_ms, JSON.stringify(entry));
	assert.ok(used_ms > 0);
	assert.ok(entry.cpu_ms + 1 >= used_ms, `${entry.cpu_ms}, ${used_ms} ms`);
});

test('out of memory', async () => {
	const entry = await entry_of("x = 'a' * 1000000000");

	assert.equal(entry.verdict, 'out_of_memory');
});

test('a program can not write lines of its own', async () => {
	const service = shared_instance();
	const before = service.log_entries().length;

	await entry_of('print("{\\"id\\": \\"forged\\"}\\n" * 3)\n# "\n{}');
	const after = service.log_entries();

	assert.ok(after.length > before);
	assert.ok(!after.some(({ id }) => id === 'forged'));
});

test('its owner alone and a group read it', () => {
	const { mode } = fs.statSync(shared_instance().log_path());

	assert.equal((mode & 0o7777).toString(8), '640');
});

/* Is this file among what the process has open? */
function
has_open(pid, { dev, ino })
{
	const dir = `/proc/${pid}/fd`;

	return fs.readdirSync(dir).some((fd) => {
		const open = fs.statSync(path.join(dir, fd));

		return open.dev === dev && open.ino === ino;
	});
}

test('after a rename and SIGUSR1 there is a new file', async () => {
	const service = shared_instance();
	const moved = `${service.log_path()}.1`;

	await entry_of('print("before")');
	fs.renameSync(service.log_path(), moved);
	process.kill(service.sced_pid(), 'SIGUSR1');
	try {
		await wait_for('a new log', () =>
			fs.existsSync(service.log_path()));
		const log = fs.statSync(service.log_path());
		const old = fs.statSync(moved);

		await wait_for('the new log in every responder', () =>
			service.responders().every((pid) => has_open(pid, log) &&
			    !has_open(pid, old)));
		for (let i = 0; i < 3; i++)
			await entry_of(`print(${i})`);
		assert.equal(fs.statSync(moved).size, old.size);
	} finally {
		fs.rmSync(moved);
	}
});
