/* SPDX-License-Identifier: MIT */
/* What Docker says of an instance's containers. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';

const COMMAND_DEADLINE_MS = 60000;

/* The distribution's client first: it speaks the distribution's protocol. */
function
docker_cli()
{
	const own = process.env.DOCKER_CLI;

	if (own !== undefined && own !== '')
		return own;
	return fs.existsSync('/usr/bin/docker') ? '/usr/bin/docker' : 'docker';
}

function
docker(...args)
{
	return execFileSync(docker_cli(), args, {
		encoding: 'utf8',
		timeout: COMMAND_DEADLINE_MS,
		maxBuffer: 64 * 1024 * 1024,
		stdio: ['ignore', 'pipe', 'pipe'],
	}).trim();
}

/* Full ids of an instance's containers, in whatever state, sorted. */
function
containers(run_dir)
{
	const text = docker('ps', '-aq', '--no-trunc',
	    '--filter', `label=sce.instance=${run_dir}`);

	return text === '' ? [] : text.split('\n').sort();
}

/* Containers that are gone by now are left out. */
function
inspect(ids)
{
	return ids.flatMap((id) => {
		try {
			return JSON.parse(docker('inspect', id));
		} catch (error) {
			if (/No such/.test(String(error.stderr)))
				return [];
			throw error;
		}
	});
}

export { docker, docker_cli, containers, inspect };
