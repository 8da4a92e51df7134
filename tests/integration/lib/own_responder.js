/* SPDX-License-Identifier: MIT */
/* A responder that a test has made of tests/security/responder. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { ROOT } from './instance.js';
import { SLOWNESS } from './wait.js';

/* Also for a test that waits until another one has made the objects. */
const BUILD_DEADLINE_MS = 480000 * SLOWNESS;

/* A folder that responders can read, for it and what it is told. */
function
responder_folder(name)
{
	const folder = fs.mkdtempSync(
	    path.join(process.env.SCE_WORK, `${name}.`));

	fs.chmodSync(folder, 0o755);
	return folder;
}

/* The path of the program in the folder. */
function
build_responder(name, folder)
{
	const done = spawnSync(path.join(ROOT,
	    'tests/security/responder/build.sh'), [name, folder],
	{ encoding: 'utf8', timeout: BUILD_DEADLINE_MS });

	assert.equal(done.status, 0, done.stdout + done.stderr);
	return path.join(folder, `sce-responder-${name}`);
}

export { build_responder, responder_folder };
