/* SPDX-License-Identifier: MIT */
/*
 * CPython's own tests, which are in no image of ours: the package "test" of
 * the image with that of Debian's libpython3.11-testsuite laid over it, in a
 * folder that containers mount. The host's own Python is not touched.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { docker } from '../../../integration/lib/docker.js';
import { SLOWNESS } from '../../../integration/lib/wait.js';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const PACKAGE = 'libpython3.11-testsuite';
const STDLIB = 'usr/lib/python3.11';
const COMMAND_DEADLINE_MS = 120000 * SLOWNESS;

/* The version that belongs to the image's library, if the image says. */
function
wanted_version(image)
{
	const label = docker('image', 'inspect', '--format',
	    '{{index .Config.Labels "org.safe-code-executor.packages"}}',
	    image);

	return label.match(/libpython3\.11-stdlib=(\S+)/)?.[1];
}

/* Null, or why it could not be fetched. */
function
fetch_package(image, dir)
{
	const version = wanted_version(image);
	const names = version === undefined ? [PACKAGE] :
	    [`${PACKAGE}=${version}`, PACKAGE];
	let why = null;

	for (const name of names) {
		const done = spawnSync('apt-get', ['-qq', 'download', name], {
			cwd: dir,
			encoding: 'utf8',
			timeout: COMMAND_DEADLINE_MS,
		});

		if (done.status === 0)
			return null;
		why ??= done.error?.message ?? done.stderr.trim();
	}
	return why;
}

function
copy_library_tests(image, to)
{
	const id = docker('create', '--network', 'none', image, 'true');

	try {
		docker('cp', `${id}:/${STDLIB}/test`, to);
	} finally {
		docker('rm', '-f', id);
	}
}

/* Else each of the processes would compile them anew. */
function
compile(image, dir)
{
	docker('run', '--rm', '--network', 'none', '--mount',
	    `type=bind,src=${dir}/test,dst=/${STDLIB}/test`, image,
	    'python3.11', '-m', 'compileall', '-q',
	    `/${STDLIB}/test/support`);
}

/*
 * Puts it into dir. { missing } says why there is none, { mounts } are
 * docker's options that make it part of the library.
 */
function
prepare_package(image, dir)
{
	const missing = fetch_package(image, dir);

	if (missing !== null)
		return { missing };
	const [archive] = fs.readdirSync(dir).filter((name) =>
		name.endsWith('.deb'));
	const root = path.join(dir, 'root');

	execFileSync('dpkg-deb', ['-x', path.join(dir, archive), root]);
	copy_library_tests(image, dir);
	fs.cpSync(path.join(root, STDLIB, 'test'), path.join(dir, 'test'),
	    { recursive: true });
	fs.cpSync(path.join(root, STDLIB, 'ctypes/test'),
	    path.join(dir, 'ctypes'), { recursive: true });
	fs.copyFileSync(path.join(HERE, 'test_own_sqlite3.py'),
	    path.join(dir, 'test/test_own_sqlite3.py'));
	execFileSync('chmod', ['-R', 'a+rX', dir]);
	compile(image, dir);
	return { mounts: [
		'--mount', `type=bind,src=${dir}/test,` +
		    `dst=/${STDLIB}/test,readonly`,
		'--mount', `type=bind,src=${dir}/ctypes,` +
		    `dst=/${STDLIB}/ctypes/test,readonly`,
	] };
}

export { prepare_package };
