/* SPDX-License-Identifier: MIT */
/* What a program finds around it, and what no other run finds of it. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

import { docker, docker_cli } from './lib/docker.js';
import { run } from './lib/http.js';
import { shared_instance } from './lib/instance.js';

/* What the program prints as JSON. */
async function
run_json(code, members)
{
	const answer = await run(`import json\n${code}`, members);

	assert.equal(answer.error, undefined, answer.error);
	return JSON.parse(answer.output);
}

test('the environment has four variables', async () => {
	const found = await run_json(
	    'import os\nprint(json.dumps(dict(os.environ)))');

	assert.match(found.PATH, /^\/[^:]*(:\/[^:]+)*$/);
	assert.deepEqual({ ...found, PATH: '' },
	    { PATH: '', HOME: '/box', USER: 'sandbox', LANG: 'C.UTF-8' });
});

test('python, python3 and python3.11 are on the PATH', async () => {
	assert.deepEqual(await run_json('import subprocess as s\nprint(json' +
	    '.dumps([s.run([p, "-V"], capture_output=True, text=True)' +
	    '.stdout[:11] for p in ("python", "python3", "python3.11")]))',
	{ timeout: 10 }), ['Python 3.11', 'Python 3.11', 'Python 3.11']);
});

test('it runs in /box, where main.py is alone', async () => {
	assert.deepEqual(await run_json('import os\nprint(json.dumps([os' +
	    '.getcwd(), os.listdir("."), __file__, ' +
	    'sorted(os.listdir("/tmp")),' +
	    'sorted(os.listdir("/dev/shm"))]))'),
	['/box', ['main.py'], '/box/main.py', [], []]);
});

test('the clock is UTC, the host is sandbox', async () => {
	assert.deepEqual(await run_json('import os, time\n' +
	    'print(json.dumps([time.tzname[0], os.uname().nodename]))'),
	['UTC', 'sandbox']);
});

test('no identity, no right', async () => {
	const found = await run_json('import os\nprint(json.dumps([os' +
	    '.getresuid(), os.getresgid(), os.getgroups(), os.getpid()]))');
	const [uids, gids, groups, pid] = found;

	assert.equal(new Set([...uids, ...gids, ...groups]).size, 1);
	assert.ok(uids[0] >= 100000, `uid ${uids[0]}`);
	assert.ok(pid < 100, `pid ${pid}`);
});

test('only descriptors 0, 1 and 2 are open', async () => {
	assert.deepEqual(await run_json('import os\ndef is_open(fd):\n' +
	    '    try: os.fstat(fd)\n    except OSError: return False\n' +
	    '    return True\n' +
	    'print(json.dumps([f for f in range(256) if is_open(f)]))'),
	[0, 1, 2]);
});

test('files of one run are not there in the next', async () => {
	const code = 'import os\n' +
	    'found = [os.path.exists(d + "/left") for d in ' +
	    '("/tmp", "/box", "/dev/shm")]\n' +
	    'for d in ("/tmp", "/box", "/dev/shm"):\n' +
	    '    with open(d + "/left", "w") as f: f.write("x" * 1000)\n' +
	    '    os.utime(d)\n' +
	    'assert open("/tmp/left").read() == "x" * 1000\n' +
	    'print(json.dumps(found))';

	/* More runs than sandboxes wait: each slot is used again. */
	for (let i = 0; i < 12; i++)
		assert.deepEqual(await run_json(code), [false, false, false]);
});

/*
 * What a program has found (in `found`) that was run several times at once: a
 * first half, a while in which all of them are there, and a second half. The
 * while is longer until it is true.
 */
async function
found_at_once(count, first, second)
{
	for (const seconds of [1, 2, 4, 8]) {
		const code = `import time\nbegin = time.time()\n${first}\n` +
		    `time.sleep(${seconds})\n${second}\n` +
		    'print(json.dumps([begin, time.time(), found]))';

		await shared_instance().idle();
		const all = await Promise.all(Array.from({ length: count },
		    () => run_json(code, { timeout: 10 })));

		if (Math.max(...all.map(([begin]) => begin)) <
		    Math.min(...all.map(([, end]) => end)))
			return all.map(([, , found]) => found);
	}
	throw new Error(`${count} runs never were there at the same time`);
}

test('runs at the same time share neither uid nor files', async () => {
	const all = await found_at_once(4, 'import os\n' +
	    'open("/tmp/%d" % time.time_ns(), "w")',
	'found = os.getuid(), len(os.listdir("/tmp")), len(os.listdir("/box"))');

	assert.equal(new Set(all.map(([uid]) => uid)).size, 4);
	for (const [, in_tmp, in_box] of all)
		assert.deepEqual([in_tmp, in_box], [1, 1]);
});

/* One number more is there: PID 1's second thread, which may not be signalled
 * either. A fork's PID 1 has none. */
test('runs at the same time hear nothing of each other', async () => {
	const { isolation } = shared_instance().config().pool;
	const threads = isolation === 'fork' ? 0 : 1;

	assert.deepEqual(await found_at_once(3, 'import os, socket\n' +
	    's = socket.socket(socket.AF_UNIX)\ns.bind("\\0meeting")\n' +
	    's.listen()',
	'mine = denied = 0\nfor pid in range(2, 5000):\n' +
	    '    try: os.kill(pid, 0)\n    except ProcessLookupError: pass\n' +
	    '    except PermissionError: denied += 1\n' +
	    '    else: mine += 1\nfound = mine, denied'),
	[[1, threads], [1, threads], [1, threads]]);
});

test("/etc/passwd is the image's, not the host's", async () => {
	const { image } = shared_instance().config().docker;
	const id = docker('create', '--network', 'none', image, 'true');
	let archive;

	try {
		archive = execFileSync(docker_cli(),
		    ['cp', `${id}:/etc/passwd`, '-']);
	} finally {
		docker('rm', '-f', id);
	}
	const passwd = execFileSync('tar', ['-xO'],
	    { input: archive, encoding: 'utf8' });
	const answer = await run('print(open("/etc/passwd").read(), end="")');

	assert.equal(answer.output, passwd.replace(/\n+$/, ''));
	assert.match(answer.output, /^root:/);
});

test('a file that the host has is not there', async (t) => {
	const { run_dir } = shared_instance();
	const paths = [run_dir, `${run_dir}/logs/executions.log`,
		'/var/run/docker.sock', '/var/lib/docker', '/etc/shadow-',
		process.execPath].filter((path) => fs.existsSync(path));

	t.diagnostic(`asked for ${paths}`);
	assert.ok(paths.length >= 3);
	for (const path of paths) {
		const answer = await run(`open(${JSON.stringify(path)})`);

		assert.match(answer.error,
		    /(FileNotFound|Permission|NotADirectory)Error/);
	}
});

const PLACES = ['/x', '/etc/passwd', '/usr/bin/x', '/usr/lib/python3.11/x.py',
	'/root/x', '/home/x', '/var/tmp/x', '/run/x', '/dev/x', '/bin/sh',
	'/sce-guest', '/proc/sys/kernel/hostname', '/sys/x'];

test('no write elsewhere', async () => {
	const found = await run_json('found = {}\n' +
	    `for place in ${JSON.stringify(PLACES)}:\n` +
	    '    try: open(place, "a").write("x")\n' +
	    '    except OSError as e: found[place] = type(e).__name__\n' +
	    '    else: found[place] = "written"\nprint(json.dumps(found))');

	assert.deepEqual(Object.keys(found), PLACES);
	for (const place of PLACES) {
		assert.match(found[place],
		    /^(Permission|FileNotFound|OS|IsADirectory)Error$/, place);
	}
});

test('no file below /tmp is executable', async () => {
	const answer = await run('import os, subprocess\n' +
	    'open("/tmp/x", "w").write("#!/bin/sh\\necho run\\n")\n' +
	    'os.chmod("/tmp/x", 0o755)\nsubprocess.run(["/tmp/x"])');

	assert.match(answer.error, /PermissionError/);
});
