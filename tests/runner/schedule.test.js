/* SPDX-License-Identifier: MIT */
/* What runs beside what, what does not fit, and what is left. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parse_plan } from './plan.js';
import { Schedule } from './schedule.js';

/* 'a main 10': a job of so many seconds. */
function
jobs_of(...rows)
{
	return parse_plan(rows.map((row) => {
		const [name, uses, seconds] = row.split(' ');

		return `${name} main ${uses} ${seconds} 1 why`;
	}).join('\n')).map((job) => ({ ...job, needs: [] }));
}

/* [name, begin, end] of each, in the order in which they begin. */
function
run(jobs, options, { failing = [], slowness = 1 } = {})
{
	const schedule = new Schedule(jobs, { lanes: 2, factor: 1, ...options });
	const rows = [];
	let now = 0;

	for (;;) {
		for (let job; (job = schedule.next(now)) !== null;)
			rows.push([job.name, now, now + job.seconds * slowness]);
		const ends = [...schedule.running.keys()].map((job) => ({ job,
			end: rows.find(([name]) => name === job.name)[2] }))
		    .sort((a, b) => a.end - b.end);

		if (ends.length === 0)
			return { rows, schedule };
		now = ends[0].end;
		schedule.ended(ends[0].job, now,
		    !failing.includes(ends[0].job.name));
	}
}

test('two at a time, in their order', () => {
	assert.deepEqual(run(jobs_of('a - 10', 'b - 4', 'c - 3')).rows,
	    [['a', 0, 10], ['b', 0, 4], ['c', 4, 7]]);
});

test('one user at a time of what is shared; others pass', () => {
	assert.deepEqual(
	    run(jobs_of('a main 10', 'b main 4', 'c docker 3', 'd docker 9')).rows,
	    [['a', 0, 10], ['c', 0, 3], ['d', 3, 12], ['b', 10, 14]]);
});

test('nothing runs beside one that is to be alone, nothing passes it', () => {
	assert.deepEqual(run(jobs_of('a - 10', 'b alone 4', 'c - 3')).rows,
	    [['a', 0, 10], ['b', 10, 14], ['c', 14, 17]]);
});

test('a job waits for what it needs', () => {
	const [a, b, c] = jobs_of('a - 10', 'b - 4', 'c - 3');

	b.needs = ['a'];
	assert.deepEqual(run([a, b, c]).rows,
	    [['a', 0, 10], ['c', 0, 3], ['b', 10, 14]]);
});

test('without what it needs it is not run, and told', () => {
	const [a, b, c] = jobs_of('a - 10', 'b - 4', 'c - 3');

	b.needs = ['a'];
	c.needs = ['b'];
	const { rows, schedule } = run([a, b, c], {}, { failing: ['a'] });

	assert.deepEqual(rows, [['a', 0, 10]]);
	assert.deepEqual(schedule.not_run.map(({ name }) => name), ['b', 'c']);
});

test('what does not fit is left out, and shorter ones are run', () => {
	const { rows, schedule } = run(
	    jobs_of('a - 10', 'b - 30', 'c - 3'), { lanes: 1, budget: 20 });

	assert.deepEqual(rows, [['a', 0, 10], ['c', 10, 13]]);
	assert.deepEqual(schedule.no_time.map(({ name }) => name), ['b']);
});

test('on a slow machine less fits', () => {
	const jobs = jobs_of('a - 10', 'b - 10', 'c - 10');
	const { schedule } = run(jobs, { lanes: 1, factor: 2, budget: 45 },
	    { slowness: 2 });

	assert.deepEqual(schedule.no_time.map(({ name }) => name), ['c']);
});

test('what needs one that does not fit is left out with it, no failure', () => {
	const [a, b, c, d] = jobs_of('a - 30', 'b - 5', 'c - 5', 'd - 5');

	b.needs = ['a'];
	c.needs = ['b'];
	const { rows, schedule } = run([a, b, c, d], { budget: 20 });

	assert.deepEqual(rows, [['d', 0, 5]]);
	assert.deepEqual(schedule.no_time.map(({ name }) => name),
	    ['a', 'b', 'c']);
	assert.deepEqual(schedule.not_run, []);
});

test('without any time nothing is run', () => {
	const { rows, schedule } = run(jobs_of('a - 1', 'b - 1'),
	    { budget: -5 });

	assert.deepEqual(rows, []);
	assert.equal(schedule.no_time.length, 2);
});

test('what is left is that of both lanes', () => {
	const schedule = new Schedule(jobs_of('a - 10', 'b - 4', 'c main 3',
	    'd main 5'), { lanes: 2, factor: 1 });

	assert.equal(schedule.left(0), 12);
	const a = schedule.next(0);
	const b = schedule.next(0);

	schedule.ended(b, 4, true);
	assert.equal(Math.round(schedule.left(4)), 8);
	schedule.next(4);
	schedule.ended(a, 10, true);
	assert.equal(schedule.running.size, 1);
	assert.equal(Math.round(schedule.left(10)), 5);
});

test('the machine is as slow as the jobs so far show', () => {
	const [a, b] = jobs_of('a - 600', 'b - 10');
	const schedule = new Schedule([a, b], { lanes: 1, factor: 1 });

	schedule.ended(schedule.next(0), 1800, true);
	assert.ok(schedule.slowness() > 2.7 && schedule.slowness() < 3);
});
