/* SPDX-License-Identifier: MIT */
/* When a row has passed: never by silence. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { counts_of_step, counts_of_tap, verdict } from './job.js';

const TAP = '# tests 5\n# suites 0\n# pass 3\n# fail 1\n# cancelled 0\n' +
    '# skipped 1\n# todo 0\n# duration_ms 12\n';

test('what was skipped has not passed', () => {
	assert.deepEqual(counts_of_tap(TAP), { passed: 3, failed: 2 });
});

test('a step says its sums in its last line', () => {
	assert.deepEqual(counts_of_step('ok gcc: 3 tests\n' +
	    '    lint: 9 passed, 9 failed\nunit/gcc: 3 passed, 1 failed\n'),
	{ passed: 3, failed: 1 });
});

for (const [what, counts, status, expected] of [
	['all passed', [3, 0], null, { passed: 3, failed: 0, why: null }],
	['one failed', [2, 1], 'status 1',
		{ passed: 2, failed: 1, why: '1 of 3 failed' }],
	['a runner that failed by itself', [3, 0], 'status 7',
		{ passed: 3, failed: 1, why: 'status 7' }],
	['fewer tests than there are', [2, 0], null, { passed: 2, failed: 1,
		why: '2 tests, there are 3 at least' }],
	['no test at all', [0, 0], null, { passed: 0, failed: 1,
		why: '0 tests, there are 3 at least' }],
]) {
	test(`${what}: ${expected.why ?? 'passed'}`, () => {
		const [passed, failed] = counts;

		assert.deepEqual(verdict({ passed, failed }, status, 3),
		    expected);
	});
}
