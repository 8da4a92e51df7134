/* SPDX-License-Identifier: MIT */
/* executions.log: one JSON object a run, in a file that may be moved away. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { test } from 'node:test';

import { post_run } from './lib/http.js';
import { shared_instance } from './lib/instance.js';
import { wait_for } from './lib/wait.js';

const FIELDS = ['time', 'id', 'client', 'code_bytes', 'code_sha256', 'verdict',
	'exit_code', 'wall_ms', 'cpu_ms', 'peak_memory_bytes', 'output_bytes',
	'queue_ms'];

/* Runs it; the entry that the run left. */
async function
entry_of(code, members = {})
{
	const service = shared_instance();
	const begin = Date.now();
	const answer = await post_run({ code, ...members });
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
	assert.ok(entry.wall_ms >= 0);
	assert.equal('code' in entry, false);
	return entry;
}

test('a success', async () => {
	const entry = await entry_of("print('hé')");

	assert.equal(entry.verdict, 'exited');
	assert.equal(entry.exit_code, 0);
	assert.equal(entry.output_bytes, 4);
	assert.ok(entry.wall_ms < 5000);
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

test('a timeout, with the CPU it took', async () => {
	const entry = await entry_of('while True: pass', { timeout: 1 });

	assert.equal(entry.verdict, 'timed_out');
	assert.ok(entry.wall_ms >= 1000 && entry.wall_ms < 3000, entry.wall_ms);
	/* Half a core at most, and some of it. */
	assert.ok(entry.cpu_ms > 100 && entry.cpu_ms < 1500, entry.cpu_ms);
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

test('after a rename and SIGUSR1 there is a new file', async () => {
	const service = shared_instance();
	const moved = `${service.log_path()}.1`;

	await entry_of('print("before")');
	fs.renameSync(service.log_path(), moved);
	process.kill(service.sced_pid(), 'SIGUSR1');
	try {
		await wait_for('a new log', () =>
			fs.existsSync(service.log_path()));
		const size = fs.statSync(moved).size;

		/* Every responder writes to the new one by now, or on its
		 * next run: more runs than there are responders told. */
		for (let i = 0; i < 3; i++)
			await entry_of(`print(${i})`);
		assert.equal(fs.statSync(moved).size, size);
	} finally {
		fs.rmSync(moved);
	}
});
