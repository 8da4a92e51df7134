/* SPDX-License-Identifier: MIT */
/*
 * The same programs where Docker's default flags are all that protects: root,
 * its default capabilities and seccomp profile, a writable root. Only bounds
 * that keep this machine from harm are added, and the network is left out.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';

import { docker, docker_cli } from '../../integration/lib/docker.js';

const DEADLINE_MS = 10000;
const OUTPUT_CHARACTERS = 64 * 1024;
const BOUNDS = ['--network', 'none', '--memory', '512m',
	'--memory-swap', '512m', '--pids-limit', '512', '--cpus', '1',
	'--pull', 'never', '--label', 'sce.test=plain'];
/* A shell is PID 1, as the guest is ours. */
const COMMAND = ['sh', '-c', 'python3.11 /box/main.py; echo "ended $?"'];

function
docker_run(image, part, name)
{
	return ['run', '--rm', '--interactive', '--name', name, ...BOUNDS,
		'--mount',
		`type=bind,src=${part.file},dst=/box/main.py,readonly`,
		'--workdir', '/box', image, ...COMMAND];
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
run_part(image, part)
{
	const name = `sce-plain-${randomBytes(6).toString('hex')}`;

	return new Promise((resolve, reject) => {
		const client = spawn(docker_cli(),
		    docker_run(image, part, name));
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

/* { kind: 'breach', 'held' or 'unclear', output } */
async function
run_plain(image, attack)
{
	const outputs = await Promise.all(attack.parts.map((part) =>
		run_part(image, part)));
	const output = outputs.join('');

	if (/^BREACH: /m.test(output))
		return { kind: 'breach', output };
	return { kind: /^HELD/m.test(output) ? 'held' : 'unclear', output };
}

export { run_plain };
