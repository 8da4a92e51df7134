/* SPDX-License-Identifier: MIT */
/*
 * A dockerd that hangs keeps its socket: service.sh starts none beside it. Here
 * it is a listener that accepts nobody, in a mount and a network namespace of
 * its own, so that this machine's Docker is out of reach.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

import { ROOT } from './lib/instance.js';
import { SLOWNESS } from './lib/wait.js';

const DEADLINE_MS = 200000 * SLOWNESS;

const SCRIPT = `
mount -t tmpfs tmpfs /run || exit 9
python3 -c '
import socket, time
s = socket.socket(socket.AF_UNIX)
s.bind("/run/docker.sock")
s.listen()
open("/run/listening", "w").close()
time.sleep(${Math.ceil(300 * SLOWNESS)})' >/dev/null 2>&1 &
until [ -e /run/listening ]; do sleep 0.01; done
fcgi/service.sh up
status=$?
kill $!
exit $status
`;

function
make_dir(name)
{
	return fs.mkdtempSync(path.join(
	    process.env.SCE_WORK ?? os.tmpdir(), `${name}-`));
}

function
run_apart(script, env)
{
	return spawnSync('unshare', ['--mount', '--net', 'sh', '-c', script], {
		cwd: ROOT, encoding: 'utf8', timeout: DEADLINE_MS,
		env: { ...process.env, ...env } });
}

test('no dockerd is started beside one that hangs', () => {
	const dir = make_dir('hung');
	const run_dir = path.join(dir, 'run');
	const { status, stderr, stdout } = run_apart(SCRIPT,
	    { RUN_DIR: run_dir, DOCKER_HOST: '' });

	try {
		assert.equal(status, 1, stdout + stderr);
		assert.match(stderr, /Docker is there but does not answer/u);
		assert.ok(!fs.existsSync(path.join(run_dir, 'docker')));
	} finally {
		fs.rmSync(dir, { recursive: true });
	}
});

/* Also where it waits no longer than it has to: a shell's function is not what
 * a program such as timeout would run. */
test('the Docker that is asked is that of the configuration', () => {
	const dir = make_dir('asked');
	const client = path.join(dir, 'client');

	fs.writeFileSync(client, `#!/bin/sh
echo "$*" >>${dir}/asked
[ "$3" = version ]
`, { mode: 0o755 });
	fs.writeFileSync(path.join(dir, 'conf'), `[docker]
docker_cli = ${client}
docker_host = unix:///run/none.sock
`);
	run_apart(SCRIPT, { RUN_DIR: path.join(dir, 'run'),
		CONFIG: path.join(dir, 'conf') });
	try {
		assert.match(fs.readFileSync(path.join(dir, 'asked'), 'utf8'),
		    /^--host unix:\/\/\/run\/none\.sock version /u);
	} finally {
		fs.rmSync(dir, { recursive: true });
	}
});

/* As after a crash of the machine: its number is somebody else's by now. */
test('the pid file of a dockerd that was killed is in nobody\'s way', () => {
	const dir = make_dir('stale');
	const run_dir = path.join(dir, 'run');
	const pid_file = path.join(run_dir, 'docker/dockerd.pid');

	fs.mkdirSync(path.dirname(pid_file), { recursive: true });
	fs.writeFileSync(pid_file, String(process.pid));
	fs.writeFileSync(path.join(dir, 'dockerd'), `#!/bin/sh
test -e ${pid_file}
echo "$?" >>${dir}/started
exit 1
`, { mode: 0o755 });
	const { status, stderr } = run_apart(
	    'mount -t tmpfs tmpfs /run && fcgi/service.sh up',
	    { RUN_DIR: run_dir, DOCKER_HOST: '',
		PATH: `${dir}:${process.env.PATH}` });

	try {
		assert.equal(status, 1);
		assert.match(stderr, /Docker does not start/u);
		assert.match(fs.readFileSync(path.join(dir, 'started'), 'utf8'),
		    /^(1\n)+$/u);
	} finally {
		fs.rmSync(dir, { recursive: true });
	}
});
