/* SPDX-License-Identifier: MIT */
/* make install into a folder, and commands that must not fail. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { SLOWNESS } from '../../integration/lib/wait.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const COMMAND_DEADLINE_MS = 900000 * SLOWNESS;

function
run(command, args, options = {})
{
	const done = spawnSync(command, args, { encoding: 'utf8', cwd: ROOT,
		timeout: COMMAND_DEADLINE_MS, maxBuffer: 64 << 20, ...options });

	if (done.error !== undefined)
		throw done.error;
	return done;
}

/* stdout; what is said on stderr goes with the failure. */
function
must_run(command, args, options = {})
{
	const done = run(command, args, options);

	if (done.status !== 0) {
		throw new Error(`${command} ${args.join(' ')}: ` +
		    `status ${done.status}, signal ${done.signal}\n` +
		    `${done.stdout}${done.stderr}`);
	}
	return done.stdout;
}

function
make(target, destdir, variables = {})
{
	return must_run('make', ['--no-print-directory', target,
		`DESTDIR=${destdir}`, `BUILD=${process.env.BUILD}`,
		...Object.entries(variables).map(([k, v]) => `${k}=${v}`)]);
}

/* Every file, and every empty folder, as paths from there. */
function
tree(dir, below = '')
{
	const entries = fs.readdirSync(path.join(dir, below),
	    { withFileTypes: true });

	if (entries.length === 0 && below !== '')
		return [`${below}/`];
	return entries.flatMap((entry) => {
		const name = path.join(below, entry.name);

		return entry.isDirectory() ? tree(dir, name) : [name];
	}).sort();
}

function
temporary(name)
{
	return fs.mkdtempSync(path.join(process.env.SCE_WORK, `${name}.`));
}

export { make, must_run, ROOT, run, temporary, tree };
