/* SPDX-License-Identifier: MIT */
/* What Docker says of an instance's containers. */
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';

import { SLOWNESS } from './wait.js';

const COMMAND_DEADLINE_MS = 60000 * SLOWNESS;
const DEFAULT_SOCKET = '/var/run/docker.sock';

/* Where dockerd listens, as far as the environment says. */
function
docker_socket()
{
	return (process.env.DOCKER_HOST ?? '').replace(/^unix:\/\//, '') ||
	    DEFAULT_SOCKET;
}

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

/*
 * Full ids of an instance's sandboxes, in whatever state, sorted. Without
 * those that have no name any more: a dockerd that comes back after SIGKILL
 * may list one that it has removed itself, until it is started again, and no
 * client can remove that ("No such container").
 */
function
containers(run_dir, kind = 'slot')
{
	const text = docker('ps', '-a', '--no-trunc', '--format',
	    '{{.ID}} {{.Names}}', '--filter', `label=sce.instance=${run_dir}`,
	    '--filter', `label=sce.${kind}`);

	return text.split('\n').map((line) => line.split(' '))
	    .filter(([, name]) => name !== undefined && name !== '')
	    .map(([id]) => id).sort();
}

/* Those that hold a slot's network for its sandboxes. */
function
holders(run_dir)
{
	return containers(run_dir, 'holder');
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

/* What dockerd answers to GET PATH, without a client's start: an object, or
 * null for what is not there (any more). */
function
docker_get(path)
{
	return new Promise((resolve, reject) => {
		const call = http.get({ socketPath: docker_socket(), path,
			agent: false, timeout: COMMAND_DEADLINE_MS },
		(answer) => {
			const chunks = [];

			answer.on('data', (chunk) => chunks.push(chunk));
			answer.on('error', reject);
			answer.on('end', () => {
				const text = Buffer.concat(chunks).toString();

				if (answer.statusCode === 200)
					resolve(JSON.parse(text));
				else if (answer.statusCode === 404)
					resolve(null);
				else
					reject(new Error(`${path}: ${text}`));
			});
		});

		call.on('timeout', () => call.destroy(new Error(
		    `dockerd does not answer ${path}`)));
		call.on('error', reject);
	});
}

/*
 * Of an instance, as containers() and holders() have them: { slots, holders }.
 * One request, for who asks again and again.
 */
async function
list_containers(run_dir)
{
	const filters = JSON.stringify({ label: [`sce.instance=${run_dir}`] });
	const all = await docker_get('/containers/json?all=1&filters=' +
	    encodeURIComponent(filters));
	const named = all.filter(({ Names }) =>
		Names?.some((name) => /[^/]/.test(name)));
	const of_kind = (kind) => named
	    .filter(({ Labels }) => Object.hasOwn(Labels, `sce.${kind}`))
	    .map(({ Id }) => Id).sort();

	return { slots: of_kind('slot'), holders: of_kind('holder') };
}

/* As inspect() has them, and without a client's start, too. */
async function
inspect_now(ids)
{
	const found = await Promise.all(ids.map((id) =>
		docker_get(`/containers/${id}/json`)));

	return found.filter((container) => container !== null);
}

/* A program with input, beside whatever else goes on: { stdout, stderr, status },
 * bytes, and the status null if it was too slow. options: as of spawn. */
function
collect(program, args, input, options)
{
	return new Promise((resolve, reject) => {
		const client = spawn(program, args, options);
		const out = [];
		const err = [];

		client.stdout.on('data', (chunk) => out.push(chunk));
		client.stderr.on('data', (chunk) => err.push(chunk));
		client.on('error', reject);
		client.on('close', (status) => resolve({ status,
			stdout: Buffer.concat(out), stderr: Buffer.concat(err) }));
		/* A program need not read. */
		client.stdin.on('error', () => undefined);
		client.stdin.end(input);
	});
}

function
docker_collect(args, input, timeout)
{
	return collect(docker_cli(), args, input, { timeout });
}

export {
	collect, docker, docker_cli, docker_collect, docker_get, docker_socket,
	containers, holders, list_containers,
	inspect, inspect_now,
};
