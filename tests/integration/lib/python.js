/* SPDX-License-Identifier: MIT */
/*
 * The reference: the distribution's interpreter on a plain main.py, with the
 * environment of a run and nothing between. What it does is what we promise, in
 * either isolation; tests/fidelity/ has many more programs, for containers.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { SLOWNESS } from './wait.js';

const PYTHON = '/usr/bin/python3.11';
const ENVIRONMENT = {
	PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
	HOME: '/box',
	USER: 'sandbox',
	LANG: 'C.UTF-8',
};
const REFERENCE_DEADLINE_MS = 20000 * SLOWNESS;

/* { stdout, stderr, status, signal }, paths as they are in the sandbox. */
function
reference(code, stdin = '')
{
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sce-reference-'));

	try {
		const file = path.join(dir, 'main.py');

		fs.writeFileSync(file, code);
		const done = spawnSync(PYTHON, ['main.py'], {
			cwd: dir,
			argv0: 'python3.11',
			env: ENVIRONMENT,
			input: stdin,
			encoding: 'utf8',
			timeout: REFERENCE_DEADLINE_MS,
		});

		if (done.error !== undefined)
			throw done.error;
		return {
			...done,
			stdout: done.stdout.replaceAll(file, '/box/main.py'),
			stderr: done.stderr.replaceAll(file, '/box/main.py'),
		};
	} finally {
		fs.rmSync(dir, { recursive: true });
	}
}

function
without_last_newlines(text)
{
	return text.replace(/\n+$/, '');
}

/* The contract's answer to a program that did what the reference did. */
function
expected_answer(done)
{
	const output = without_last_newlines(done.stdout);
	const stderr = without_last_newlines(done.stderr);
	const failed = done.status !== 0;
	const answer = {};

	if (!failed || output !== '')
		answer.output = output;
	if (done.signal !== null)
		answer.error = `Program killed by signal ${done.signal}`;
	else if (failed && stderr === '')
		answer.error = `Program exited with status ${done.status}`;
	else if (failed)
		answer.error = stderr;
	if (stderr !== '' && answer.error !== stderr)
		answer.stderr = stderr;
	if (done.signal !== null)
		answer.signal = done.signal;
	else if (failed)
		answer.exit_code = done.status;
	return answer;
}

export { reference, expected_answer };
