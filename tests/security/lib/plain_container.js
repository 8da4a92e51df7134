/* SPDX-License-Identifier: MIT */
/*
 * The same programs where Docker's default flags are all that protects: root,
 * its default capabilities and seccomp profile, a writable root. Only bounds
 * that keep this machine from harm are added, and the network is left out.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import { docker, docker_cli } from '../../integration/lib/docker.js';
import { SLOWNESS } from '../../integration/lib/wait.js';

/* Docker's start included: for what does not end. */
const DEADLINE_MS = 120000 * SLOWNESS;
const OUTPUT_CHARACTERS = 64 * 1024;
const BOUNDS = ['--network', 'none', '--memory', '512m',
	'--memory-swap', '512m', '--pids-limit', '512', '--cpus', '1',
	'--pull', 'never',
	'--label', `sce.test=${process.env.SCE_WORK}`];
/* A shell is PID 1, as the guest is ours. */
const COMMAND = ['sh', '-c', 'python3.11 /box/main.py; echo "ended $?"'];
/* Docker may start one neighbour seconds after the other: here both wait until
 * both are there. */
const COMMAND_OF_TWO = ['sh', '-c', `python3.11 -c "$0"; ${COMMAND[2]}`,
	'import os, time\n' +
	'open("/meeting/" + os.uname().nodename, "w").close()\n' +
	'while len(os.listdir("/meeting")) < 2:\n    time.sleep(0.02)\n'];

/* meeting: a folder that both of two have, or null. */
function
docker_run(image, part, name, meeting)
{
	return ['run', '--rm', '--interactive', '--name', name, ...BOUNDS,
		'--mount',
		`type=bind,src=${part.file},dst=/box/main.py,readonly`,
		...meeting === null ? [] :
		    ['--mount', `type=bind,src=${meeting},dst=/meeting`],
		'--workdir', '/box', image,
		...meeting === null ? COMMAND : COMMAND_OF_TWO];
}

function
remove(name)
{
	try {
		docker('rm', '--force', name);
	} catch {
		/* gone by itself, with --rm */
	}
}

/* What one program printed until it ended, or we ended it. */
function
run_part(image, part, meeting)
{
	const name = `sce-plain-${randomBytes(6).toString('hex')}`;

	return new Promise((resolve, reject) => {
		const client = spawn(docker_cli(),
		    docker_run(image, part, name, meeting));
		const timer = setTimeout(() => remove(name), DEADLINE_MS);
		let output = '';

		for (const stream of [client.stdout, client.stderr]) {
			stream.setEncoding('utf8').on('data', (text) => {
				output = (output + text)
				    .slice(0, OUTPUT_CHARACTERS);
			});
		}
		client.on('error', reject);
		client.on('close', () => {
			clearTimeout(timer);
			resolve(output);
		});
		client.stdin.on('error', () => undefined);
		client.stdin.end(part.members.stdin);
	});
}

/* What all of its programs printed. */
async function
run_parts(image, { parts })
{
	const meeting = parts.length === 1 ? null : fs.mkdtempSync(
	    path.join(process.env.SCE_WORK, 'meeting.'));

	try {
		const outputs = await Promise.all(parts.map((part) =>
			run_part(image, part, meeting)));

		return outputs.join('');
	} finally {
		if (meeting !== null)
			fs.rmSync(meeting, { recursive: true });
	}
}

/* { kind: 'breach', 'held' or 'unclear', output } */
async function
run_plain(image, attack)
{
	const output = await run_parts(image, attack);

	if (/^BREACH: /m.test(output))
		return { kind: 'breach', output };
	return { kind: /^HELD/m.test(output) ? 'held' : 'unclear', output };
}

export { run_plain };
