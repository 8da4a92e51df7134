/* SPDX-License-Identifier: MIT */
/*
 * tests/plan.txt, read and held against the files that there are: what is
 * checked, in which tier, what it uses, how long it takes and why it is there.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const TESTS = fileURLToPath(new URL('..', import.meta.url));
/* In the order in which they are run. */
const TIERS = ['main', 'next', 'turn'];
/* Of which one user at a time is right. "alone": nothing runs beside it. */
const EXCLUSIVE = ['main', 'fork', 'sci', 'machine', 'alone'];
const USES = ['-', 'docker', ...EXCLUSIVE];
const FORK = '@fork';

/*
 * What must have passed first. Tests of the service need one that is up: then
 * there are a Docker, the image and the programs, too.
 */
function
needs_of(name, uses)
{
	const needs = [];
	const [, compiler] = name.match(/^unit\/(gcc|clang)$/) ?? [];

	if (compiler !== undefined)
		needs.push(`build/${compiler}`);
	if (name.startsWith('fuzz/') && name !== 'fuzz/build')
		needs.push('fuzz/build');
	if (name === 'service/main')
		needs.push('build/gcc', 'tools/npm');
	else if (!uses.includes('-'))
		needs.push('service/main');
	if (uses.includes('fork') && name !== 'service/fork')
		needs.push('service/fork');
	return needs;
}

/* One line: a job, as the scheduler knows it. Throws what is wrong. */
function
parse_row(line)
{
	const [name, tier, uses, seconds, least, ...why] =
	    line.trim().split(/\s+/);
	const words = (uses ?? '').split(',');
	const unknown = words.find((word) => !USES.includes(word));

	if (!TIERS.includes(tier))
		throw new Error(`the tier is one of ${TIERS.join(', ')}`);
	if (unknown !== undefined)
		throw new Error(`"${unknown}" is none of ${USES.join(', ')}`);
	if (!/^[1-9]\d*$/.test(seconds) || !/^[1-9]\d*$/.test(least))
		throw new Error('SECONDS and LEAST are whole numbers above 0');
	if (why.length === 0)
		throw new Error('it does not say why it is there');
	return { name, tier, uses: words, seconds: Number(seconds),
		least: Number(least), why: why.join(' '),
		needs: needs_of(name, words) };
}

/* All rows, in the order of the file. */
function
parse_plan(text)
{
	const jobs = [];

	for (const [i, line] of text.split('\n').entries()) {
		if (line.trim() === '' || line.startsWith('#'))
			continue;
		try {
			const job = parse_row(line);

			if (jobs.some(({ name }) => name === job.name))
				throw new Error('it is there twice');
			jobs.push(job);
		} catch (error) {
			throw new Error(
			    `plan.txt:${i + 1}: ${error.message}: ${line}`);
		}
	}
	return jobs;
}

function
is_test_file(name)
{
	return name.replace(FORK, '').endsWith('.test.js');
}

/* The file of a row of tests, from tests/. */
function
file_of(job)
{
	return job.name.replace(FORK, '');
}

function
test_files(dir = TESTS)
{
	return fs.readdirSync(dir, { withFileTypes: true })
	    .filter(({ name }) => name !== 'node_modules')
	    .flatMap((entry) => {
		const place = path.join(dir, entry.name);

		if (entry.isDirectory())
			return test_files(place);
		return entry.name.endsWith('.test.js') ?
		    [path.relative(TESTS, place)] : [];
	    });
}

/* Sentences: files that no row names, rows without a file, needs without a
 * row. Nothing that could be run is left out in silence. */
function
faults_of(jobs, files, steps)
{
	const names = jobs.map(({ name }) => name);
	const there = [...files, ...steps];

	return [
		...there.filter((name) => !names.includes(name))
		    .map((name) => `plan.txt does not name ${name}`),
		...jobs.filter((job) => !there.includes(file_of(job)))
		    .map(({ name }) => `plan.txt names ${name}, which is not`),
		...jobs.flatMap(({ name, tier, needs }) => needs
		    .map((need) => jobs.find((job) => job.name === need))
		    .filter((need) => need === undefined ||
			TIERS.indexOf(need.tier) > TIERS.indexOf(tier))
		    .map(() => `plan.txt: a tier lacks what ${name} needs`)),
	];
}

function
read_plan()
{
	return parse_plan(fs.readFileSync(path.join(TESTS, 'plan.txt'),
	    'utf8'));
}

function
divisor(a, b)
{
	return b === 0 ? a : divisor(b, a % b);
}

/* Where the rows begin: with each turn far from where they began at the last
 * few, and at every place in the end. */
function
place_of(turn, count)
{
	let stride = Math.max(1, Math.round(count * 0.382));

	while (divisor(count, stride) !== 1)
		stride++;
	return turn * stride % count;
}

/*
 * The rows of some tiers, in their order. turn: a number that differs from
 * landing to landing. Behind the first tier rows begin at another place with
 * it, so that where time is short each of them has its turn.
 */
function
of_tiers(jobs, tiers, turn = 0)
{
	return tiers.flatMap((tier) => {
		const rows = jobs.filter((job) => job.tier === tier);
		const at = tier === 'main' || rows.length === 0 ? 0 :
		    place_of(turn, rows.length);

		return [...rows.slice(at), ...rows.slice(0, at)];
	});
}

/* The rows whose names match a pattern, in which a * is anything. */
function
of_patterns(jobs, patterns)
{
	const expressions = patterns.map((pattern) => new RegExp(`^${pattern
	    .replace(/[.+?^$()|[\]\\{}]/g, '\\$&').replace(/\*/g, '.*')}$`));

	return jobs.filter(({ name }) =>
		expressions.some((expression) => expression.test(name)));
}

/* The chosen ones, and before them what they need. */
function
with_needs(jobs, chosen)
{
	const known = new Set(chosen);

	/* A set may grow while it is walked: so needs of needs are found. */
	for (const job of known) {
		for (const name of job.needs)
			known.add(jobs.find((other) => other.name === name));
	}
	return [...jobs.filter((job) => known.has(job) &&
	    !chosen.includes(job)), ...chosen];
}

export {
	EXCLUSIVE, FORK, TESTS, TIERS, faults_of, file_of, is_test_file,
	of_patterns, of_tiers, parse_plan, read_plan, test_files, with_needs,
};
