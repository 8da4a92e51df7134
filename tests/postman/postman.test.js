/* SPDX-License-Identifier: MIT */
/* The Postman collection by newman: each of its assertions is a test. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import newman from 'newman';

import { SLOWNESS } from '../integration/lib/wait.js';

const REQUEST_DEADLINE_MS = 60000 * SLOWNESS;

function
read(name)
{
	return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
}

function
run_collection(base)
{
	return new Promise((resolve, reject) => {
		newman.run({
			collection: read(
			    './safe-code-executor.postman_collection.json'),
			environment: read('./local.postman_environment.json'),
			envVar: [{ key: 'baseUrl', value: base }],
			timeoutRequest: REQUEST_DEADLINE_MS,
			reporters: [],
		}, (error, summary) => {
			if (error !== null)
				reject(error);
			else
				resolve(summary.run);
		});
	});
}

const { executions } = await run_collection(process.env.SCE_URL);

for (const execution of executions) {
	describe(`postman: ${execution.item.name}`, () => {
		test('is answered and has assertions', () => {
			assert.equal(execution.requestError, undefined);
			assert.ok(execution.assertions?.length >= 2);
		});
		for (const { assertion, error } of execution.assertions ?? []) {
			test(assertion, () => {
				if (error)
					assert.fail(error.message);
			});
		}
	});
}

test('every request of the collection was made', () => {
	const { item } = read('./safe-code-executor.postman_collection.json');

	assert.equal(executions.length,
	    item.flatMap((folder) => folder.item).length);
});

test('every request has a description and an example', () => {
	for (const { item, request } of executions) {
		assert.ok(item.request.description?.content, item.name);
		assert.ok(item.responses.count() >= 1, item.name);
		assert.ok(request.url.toString()
		    .startsWith(process.env.SCE_URL), item.name);
	}
});
