/* SPDX-License-Identifier: MIT */
/*
 * The test of the tests: under Docker's default flags the same programs get
 * through, each one that says so at its head, and say it. What holds there
 * must hold by the same program's word. Bombs are left out.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { shared_instance } from '../integration/lib/instance.js';
import { attacks, title } from './lib/attacks.js';
import { run_plain } from './lib/plain_container.js';

const AT_ONCE = 3;
const FEWEST_BREACHES = 40;

const { image } = shared_instance().config().docker;
const tried = attacks().filter((a) => a.by_default.kind !== 'skipped');
const found = { breach: 0, held: 0, unclear: 0 };

describe('with default flags', { concurrency: AT_ONCE }, () => {
	for (const attack of tried) {
		const { kind } = attack.by_default;

		test(`${kind}: ${title(attack)}`, async (t) => {
			const result = await run_plain(image, attack);

			found[result.kind]++;
			if (kind === 'varies')
				t.diagnostic(`${result.kind} here`);
			else
				assert.equal(result.kind, kind, result.output);
		});
	}
});

test(`at least ${FEWEST_BREACHES} attacks get through`, (t) => {
	t.diagnostic(JSON.stringify(found));
	assert.ok(found.breach >= FEWEST_BREACHES, JSON.stringify(found));
});
