/* SPDX-License-Identifier: MIT */
/* make verify: the attacks, for people, and a report of what they did. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';

import { ROOT, shared_instance } from '../integration/lib/instance.js';
import { SLOWNESS } from '../integration/lib/wait.js';
import { attacks } from './lib/attacks.js';

const DEADLINE_MS = Math.ceil(600000 * SLOWNESS);
const report = path.join(process.env.SCE_WORK, 'findings.md');

function
verify(...words)
{
	return spawnSync('make', ['--no-print-directory', 'verify', ...words],
	    { cwd: ROOT, encoding: 'utf8', timeout: DEADLINE_MS });
}

after(() => fs.rmSync(report, { force: true }));

test('it attacks the service, prints a table, and writes a report', async () => {
	const service = shared_instance();

	/* It compares the pool with what it was at first, which is more for a
	 * while after a busy test. */
	await service.idle();
	const done = verify(`URL=${service.base}`, `REPORT=${report}`);
	const [, held, got] = done.stdout.match(
	    /^(\d+) held, \d+ known residual risks, (\d+) got through$/m);
	const text = fs.readFileSync(report, 'utf8');

	assert.equal(done.status, 0, done.stdout + done.stderr);
	assert.equal(Number(got), 0);
	assert.ok(Number(held) > 60, held);
	assert.match(done.stdout, /^attack +protection +result +time$/m);
	assert.ok(text.includes(`${held} held`));
	for (const { group } of attacks())
		assert.ok(text.includes(group), group);
});

test('without a service it says so', () => {
	const done = verify('URL=http://127.0.0.1:1');

	assert.notEqual(done.status, 0);
	assert.match(done.stderr, /^No service answers at http:\/\/127\.0\.0\.1:1/m);
});
