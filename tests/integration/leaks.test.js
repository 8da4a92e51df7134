/* SPDX-License-Identifier: MIT */
/* What many runs leave behind: nothing. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';

import { run } from './lib/http.js';
import { shared_instance } from './lib/instance.js';
import { children, executable, is_zombie, open_descriptors } from './lib/proc.js';
import { wait_for } from './lib/wait.js';

/* Each program six times. */
const RUNS = 30;
const CLIENTS = 4;
const PROGRAMS = [
	['print(1)', { output: '1' }],
	['import os\nif os.fork() == 0:\n    import time; time.sleep(60)',
	    { output: '' }],
	['import sys\nsys.exit(3)',
	    { error: 'Program exited with status 3', exit_code: 3 }],
	['import os\nos.kill(os.getpid(), 9)', {
		error: 'Program killed by signal SIGKILL', signal: 'SIGKILL' }],
	['open("/tmp/x", "w").write("x")', { output: '' }],
];

function
folders(dir)
{
	return fs.readdirSync(dir, { withFileTypes: true, recursive: false })
	    .filter((entry) => entry.isDirectory())
	    .flatMap((entry) => {
		const below = path.join(dir, entry.name);

		return [below, ...folders(below)];
	});
}

/* What is counted before and after, with an idle service and a full pool. */
function
belongings(service)
{
	const sced = service.sced_pid();

	return {
		containers: service.containers().length,
		folders: folders(service.run_dir).length,
		descriptors: open_descriptors(sced),
		children: children(sced).length,
		zombies: children(sced).filter(is_zombie).length,
	};
}

/* The client of the last start may still wait for its answer. */
function
settled(service)
{
	return wait_for('no client of Docker', () => !children(
	    service.sced_pid()).some((pid) =>
		executable(pid)?.endsWith('/sce-docker')) &&
	    belongings(service));
}

async function
client(first)
{
	for (let i = first; i < RUNS; i += CLIENTS) {
		const [code, answer] = PROGRAMS[i % PROGRAMS.length];

		assert.deepEqual(await run(code, { timeout: 10 }), answer);
	}
}

test(`${RUNS} runs leave nothing behind`, async () => {
	const service = shared_instance();

	await service.idle();
	const before = await settled(service);
	const used = new Set(service.containers());

	await Promise.all(Array.from({ length: CLIENTS }, (_, i) => client(i)));
	await service.idle();
	await wait_for(`exactly ${JSON.stringify(before)}`, () => {
		const now = belongings(service);

		if (!isDeepStrictEqual(now, before))
			throw new Error(JSON.stringify(now));
		return true;
	});
	assert.equal(before.zombies, 0);
	for (const id of service.containers())
		assert.ok(!used.has(id), `${id} waits again`);
});
