/* SPDX-License-Identifier: MIT */
/*
 * isolation = fork: a run must find nothing of the one before it in the same
 * container, by whatever way it was left there. The hash seed, which is the
 * container's, tells which two runs were in one.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { post_run, run } from '../integration/lib/http.js';
import { start_instance } from '../integration/lib/instance.js';
import { CHANNELS, FOUND, HEAD, LEFT } from './lib/next_run.js';

/* The next run may be another container's: then the one after it. */
const LEAVES = 4;
const FINDS = 4;
/* Some look at all the memory that there is. */
const TIMEOUT_S = 50;

let own = null;

before(async () => {
	own = await start_instance('forknext', {
		pool: { isolation: 'fork', ready: 1, running: 1,
			fork_runs: 1000 },
		limits: { timeout_max: `${TIMEOUT_S}s` },
	});
});

after(async () => {
	if (own !== null)
		assert.deepEqual(await own.stop(), []);
});

/* The lines of a program that ends well. */
async function
lines(code, members = {})
{
	const answer = await run(code, { timeout: TIMEOUT_S, ...members }, own);

	assert.equal(answer.error, undefined, JSON.stringify(answer));
	return answer.output.split('\n');
}

/* True if both were in one container. */
async function
leave_and_find({ leave, find, members })
{
	const left = await lines(HEAD + leave + LEFT, members);

	for (let i = 0; i < FINDS; i++) {
		const [which, ...found] = await lines(HEAD + find + FOUND);

		assert.deepEqual(found, []);
		if (left.includes(which))
			return true;
	}
	return false;
}

for (const channel of CHANNELS) {
	test(`nothing is left of ${channel.what}`, async () => {
		for (let i = 0; i < LEAVES; i++) {
			if (await leave_and_find(channel))
				return;
		}
		assert.fail('no two runs were in one container');
	});
}

test('what looks for it finds it where it is', async () => {
	/* The test of the tests: both halves in one program. */
	const blind = [];

	for (const { what, leave, find, members } of CHANNELS) {
		const answer = await post_run({ timeout: TIMEOUT_S,
			code: HEAD + leave + '\n' + find + FOUND,
			...members }, own);
		const found = answer.json.output?.split('\n').slice(1) ?? [];

		if (answer.json.error === undefined && found.length === 0)
			blind.push(what);
	}
	/* These can not be made at all, or leave nothing to find. */
	assert.deepEqual(blind, ['output that was not read',
		'keys, capabilities and namespaces']);
});
