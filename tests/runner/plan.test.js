/* SPDX-License-Identifier: MIT */
/* The list of tests: what it takes, what it refuses, and in which order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
	faults_of, of_patterns, of_tiers, parse_plan, read_plan, with_needs,
} from './plan.js';

const GOOD = `# a comment
build/gcc                main  -       10  1  without it nothing runs
tools/npm                main  -        5  1  what the tests need of npm

service/main             main  main    20  1  the instance of most tests
service/fork             next  fork    10  1  the same with forks
integration/a.test.js    main  main     4  2  one feature
integration/a.test.js@fork turn fork    4  2  the same with forks
integration/b.test.js    turn  docker   4  2  another one
integration/c.test.js    turn  docker   4  2  a third one
`;
const STEPS = ['build/gcc', 'tools/npm', 'service/main', 'service/fork'];
const FILES = ['integration/a.test.js', 'integration/b.test.js',
	'integration/c.test.js'];

function
names(jobs)
{
	return jobs.map(({ name }) => name);
}

test('a row is what is run, where it belongs, and why', () => {
	const jobs = parse_plan(GOOD);

	assert.equal(jobs.length, 8);
	assert.deepEqual(jobs[5], {
		name: 'integration/a.test.js@fork', tier: 'turn',
		uses: ['fork'], seconds: 4, least: 2,
		why: 'the same with forks',
		needs: ['service/main', 'service/fork'],
	});
	assert.deepEqual(jobs[2].needs, ['build/gcc', 'tools/npm']);
	assert.deepEqual(jobs[0].needs, []);
});

for (const [what, row, reason] of [
	['an unknown tier', 'x some - 1 1 why', /plan.txt:1: the tier is one/],
	['an unknown use', 'x main a,b 1 1 why', /plan.txt:1: "a" is none of/],
	['no time', 'x main - 0 1 why', /whole numbers above 0/],
	['no number of tests', 'x main - 1 many why', /whole numbers above 0/],
	['no reason', 'x main - 1 1', /does not say why/],
	['a second time', 'x main - 1 1 y\nx main - 1 1 y', /plan.txt:2: .*twice/],
	['half a row', 'x', /plan.txt:1/],
]) {
	test(`${what} is refused with its line`, () => {
		assert.throws(() => parse_plan(row), { message: reason });
	});
}

test('what is not listed, or not there, is told', () => {
	const jobs = parse_plan(GOOD);

	assert.deepEqual(faults_of(jobs, FILES, STEPS), []);
	assert.deepEqual(faults_of(jobs, [...FILES, 'new.test.js'], STEPS),
	    ['plan.txt does not name new.test.js']);
	assert.deepEqual(faults_of(jobs, FILES.slice(0, 2), STEPS),
	    ['plan.txt names integration/c.test.js, which is not']);
});

test('a tier without what its rows need is told', () => {
	const jobs = parse_plan(GOOD.replace('service/main             main',
	    'service/main             turn'));

	assert.deepEqual(faults_of(jobs, FILES, STEPS), [
		'plan.txt: a tier lacks what service/fork needs',
		'plan.txt: a tier lacks what integration/a.test.js needs',
	]);
});

test('tiers come in order, and those behind the first turn', () => {
	const jobs = parse_plan(GOOD);
	const order = (turn) => names(of_tiers(jobs, ['next', 'turn'], turn));
	const [a, b, c] = ['integration/a.test.js@fork', ...FILES.slice(1)];

	assert.deepEqual(order(0), ['service/fork', a, b, c]);
	assert.deepEqual(order(1), ['service/fork', b, c, a]);
	assert.deepEqual(order(5), ['service/fork', c, a, b]);
	assert.deepEqual(names(of_tiers(jobs, ['main'], 7)),
	    names(of_tiers(jobs, ['main'], 0)));
});

/* Of the real list: a third of a tier fits, and each landing has some commits.
 * By chance they may turn it little; then it takes longer, but not for ever. */
for (const commits of [1, 2, 3, 5, 12]) {
	test(`${commits} commits a landing: in the end all were run`, () => {
		const jobs = read_plan();

		for (const tier of ['next', 'turn']) {
			const count = of_tiers(jobs, [tier]).length;
			const seen = new Set();

			for (let landing = 0; landing < count; landing++) {
				const rows = of_tiers(jobs, [tier],
				    1000 + landing * commits);

				names(rows).slice(0, Math.ceil(count / 3))
				    .forEach((name) => seen.add(name));
			}
			assert.equal(seen.size, count, tier);
		}
	});
}

test('what the chosen rows need comes before them', () => {
	const jobs = parse_plan(GOOD);
	const chosen = of_patterns(jobs, ['*/a.test.js@*']);

	assert.deepEqual(names(chosen), ['integration/a.test.js@fork']);
	assert.deepEqual(names(with_needs(jobs, chosen)), [...STEPS,
		'integration/a.test.js@fork']);
	assert.deepEqual(of_patterns(jobs, ['a.test.js', 'integration']), []);
});
