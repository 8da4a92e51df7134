/* SPDX-License-Identifier: MIT */
/*
 * A run is `python3.11 main.py`: each program of the tables in programs/ is
 * run by the service and by `docker run --init` with the same isolation, and
 * the answers have to be the same: every member, and how many bytes were
 * written. What differs is listed in expected.txt, with its reason.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';

import { read_expected } from '../integration/lib/expected.js';
import { post_run } from '../integration/lib/http.js';
import { ROOT, shared_instance } from '../integration/lib/instance.js';
import { wait_for } from '../integration/lib/wait.js';
import { expected_answer } from './lib/answer.js';
import { RunLog } from './lib/log.js';
import { PROGRAMS, is_heavy } from './lib/programs.js';
import { Reference } from './lib/reference.js';

const EXPECTED = path.join(ROOT, 'tests/fidelity/expected.txt');
/* Programs at a time: half of them wait for Docker. */
const WORKERS = 4;
/* No sandbox has one of these uids, nor do other tests use them. */
const FIRST_UID = 900;
const TIMEOUT_SECONDS = 10;

/* Programs that wait, and how each of them went. */
const results = new Map();
const references = [];
let instance = null;
let log = null;
let expected = null;

function
bytes_written(id)
{
	return wait_for(`log entry of ${id}`, () => log.find(id))
	    .then((entry) => entry.output_bytes);
}

/* What the service answers, in the shape of reference_run. */
async function
service_run({ code, stdin })
{
	const answer = await post_run({ code, timeout: TIMEOUT_SECONDS,
		...(stdin === undefined ? {} : { stdin }) });

	assert.equal(answer.status, 200, answer.text);
	return { answer: answer.json, bytes:
	    await bytes_written(answer.headers['x-request-id']) };
}

async function
reference_run(reference, { code, stdin, killed })
{
	const done = await reference.run(code, stdin ?? '');

	return { answer: expected_answer(done, killed),
		bytes: done.stdout.length + done.stderr.length };
}

/* A heavy program's two runs are not beside each other. */
async function
both_runs(reference, program)
{
	const ours = service_run(program);

	if (is_heavy(program))
		await ours;
	return Promise.all([ours, reference_run(reference, program)]);
}

/* Takes the programs that are left, one by one. */
async function
work(reference, queue)
{
	for (const [name, { program, settle }] of queue) {
		try {
			const [ours, theirs] =
			    await both_runs(reference, program);

			settle({ name, ours, theirs });
		} catch (error) {
			settle({ name, error });
		}
	}
}

before(async () => {
	instance = shared_instance();
	await instance.idle();
	log = new RunLog(instance.log_path());
	expected = await read_expected(EXPECTED);
	const base = Number(instance.config().docker.uid_base) + FIRST_UID;
	const heavy = [];
	const light = [];

	for (const [name, program] of PROGRAMS)
		results.set(name, new Promise((settle) => {
			(is_heavy(program) ? heavy : light)
			    .push([name, { program, settle }]);
		}));
	const shared = light.values();

	for (let i = 0; i < WORKERS; i++) {
		const reference = new Reference(instance, base + i,
		    process.env.SCE_WORK);

		references.push(reference);
		/* All heavy ones are the first worker's: one at a time. */
		work(reference, i === 0 ? heavy : [])
		    .then(() => work(reference, shared));
	}
});

after(() => {
	for (const reference of references)
		reference.finish();
});

for (const name of PROGRAMS.keys()) {
	test(`as docker run: ${name}`, async () => {
		const { ours, theirs, error } = await results.get(name);

		assert.ifError(error);
		if (expected.has(name))
			assert.ok(!isDeepStrictEqual(ours, theirs),
			    'listed in expected.txt, but there is no difference');
		else
			assert.deepEqual(ours, theirs);
	});
}

test('the list of differences names programs that there are', () => {
	const listed = fs.readFileSync(EXPECTED, 'utf8').split('\n')
	    .filter((line) => line !== '' && !line.startsWith('#'));

	assert.deepEqual(listed.filter((name) => !PROGRAMS.has(name)), []);
	assert.equal(new Set(listed).size, listed.length);
});
