/* SPDX-License-Identifier: MIT */
/* sced --print-run-command: what a sandbox is, as one command. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { docker, inspect } from './lib/docker.js';
import { shared_instance } from './lib/instance.js';
import { command_line } from './lib/proc.js';
import { essence } from './lib/same_container.js';
import { SLOWNESS } from './lib/wait.js';

const DEADLINE_MS = 60000 * SLOWNESS;
/* The sandboxes of a service with holders join a network, and what goes with
 * it; the command makes one of the same kind, with nothing in it. */
const BY_NETWORK = ['NetworkMode', 'Dns', 'DnsSearch'];

let service = null;
let command = null;
let dir = null;
let server = null;
let id = null;
let waiting = null;

before(async () => {
	service = shared_instance();
	await service.idle();
	[waiting] = inspect(service.containers());
	const [binary, ...args] = command_line(service.sced_pid());
	const done = spawnSync(binary, [...args, '--print-run-command'],
	    { encoding: 'utf8', timeout: DEADLINE_MS });

	assert.equal(done.status, 0, done.stderr);
	assert.equal(done.stderr, '');
	command = done.stdout;
	dir = path.join(service.run_dir, 'slots/0-0-0');
});

after(() => {
	if (id !== null)
		docker('rm', '-f', id);
	server?.close();
	fs.rmSync(dir, { recursive: true, force: true });
});

test('it is docker run with all its flags', () => {
	/* For people: Docker's own client, whatever sced uses. */
	assert.match(command,
	    /^(DOCKER_HOST=\S+ )?(\/\S+\/)?docker run \\\n/);
	for (const flag of ['--network none', '--read-only', '--cap-drop ALL',
		'--security-opt no-new-privileges:true', '--memory-swap'])
		assert.ok(command.includes(`\n    ${flag}`), flag);
});

test('a shell runs it, and the guest gets ready', { timeout: DEADLINE_MS },
    async () => {
	fs.mkdirSync(dir, { mode: 0o755 });
	server = net.createServer();
	server.listen(path.join(dir, 's'));
	await once(server, 'listening');
	fs.chmodSync(path.join(dir, 's'), 0o666);
	const dialled = once(server, 'connection');

	id = execFileSync('/bin/sh', ['-c', command],
	    { encoding: 'utf8', timeout: DEADLINE_MS }).trim();
	const [connection] = await dialled;
	const [frame] = await once(connection, 'data');

	assert.ok(frame.length > 0);
});

test('what Docker says of it is what it says of a waiting sandbox', () => {
	const [mine] = inspect([id]);
	const comparable = ({ HostConfig: host, Config: config }) => {
		const uid = config.User.split(':')[0];
		const { HostConfig: essential } = essence({
			Config: config, HostConfig: host, NetworkSettings: {} });
		const text = JSON.stringify({
			...essential,
			Mounts: essential.Mounts.map(({ Target }) => Target),
			...Object.fromEntries(BY_NETWORK.map((k) => [k, null])),
			own: ['Hostname', 'Env', 'Cmd', 'Entrypoint', 'Image',
				'WorkingDir'].map((name) => config[name]),
		});

		return JSON.parse(text.replaceAll(uid, 'UID'));
	};

	assert.deepEqual(comparable(mine), comparable(waiting));
	assert.equal(mine.HostConfig.NetworkMode, 'none');
	assert.deepEqual(Object.keys(mine.NetworkSettings.Networks), ['none']);
});
