/* SPDX-License-Identifier: MIT */
/*
 * What an idle instance has before and after. Most of it must be equal. What
 * Docker and the kernel keep of containers that are gone is looked for on the
 * whole machine, where others start containers, too: cgroups and shims by the
 * ids that the instance's containers had, the rest by staying there.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { docker, docker_cli, docker_get } from '../integration/lib/docker.js';
import { belongings, settled } from '../integration/lib/fault_instance.js';
import { command_line, pids, status_uid } from '../integration/lib/proc.js';
import { wait_for } from '../integration/lib/wait.js';

/* Docker unmounts them at once and removes their files once a minute. */
const NETWORK_NAMESPACE = /^nsfs \S*\/docker\/netns\/([0-9a-f]+) /;
const CGROUPS = '/sys/fs/cgroup';
const CONTAINER_ID = /[0-9a-f]{64}/;
const SHIM = /\/containerd-shim/;

function
list(dir)
{
	try {
		return fs.readdirSync(dir, { withFileTypes: true });
	} catch {
		return [];
	}
}

function
files_below(dir, but)
{
	return list(dir).filter(({ name }) => name !== but)
	    .reduce((count, entry) => count + 1 + (entry.isDirectory() ?
		files_below(path.join(dir, entry.name)) : 0), 0);
}

/* Descriptors are given out lowest first: a lost one moves this. */
function
lowest_free_descriptor(pid)
{
	const taken = new Set(fs.readdirSync(`/proc/${pid}/fd`).map(Number));
	let fd = 0;

	while (taken.has(fd))
		fd++;
	return fd;
}

/* Every slot has a uid of its own, and nobody else has those. */
function
sandbox_processes(config)
{
	const first = Number(config.docker.uid_base);
	/* Behind these are their holders'. */
	const count = Number(config.pool.running) + Math.max(
	    Number(config.pool.ready), Number(config.pool.ready_max));

	return pids().filter((pid) => {
		const uid = status_uid(pid);

		return uid >= first && uid < first + count;
	}).length;
}

function
gather(own, config)
{
	const sced = own.sced_pid();

	return {
		...belongings(own),
		lowest_free_descriptor: lowest_free_descriptor(sced),
		processes: sandbox_processes(config),
		files: files_below(own.run_dir, 'logs'),
	};
}

/* Once it is idle, or does not get so any more: numbers by name. */
async function
own_things(own)
{
	const config = own.config();
	const ready = Number(config.pool.ready);
	let now = null;

	await settled(own).catch(() => undefined);
	await wait_for('a guest and an interpreter each', () => {
		now = gather(own, config);
		return now.processes === 2 * ready;
	}).catch(() => undefined);
	return now;
}

function
cgroup_names()
{
	return [CGROUPS, ...list(CGROUPS).map(({ name }) =>
		path.join(CGROUPS, name))]
	    .flatMap((dir) => ['docker', 'system.slice'].flatMap((group) =>
		list(path.join(dir, group)).map(({ name }) => name)))
	    .filter((name) => CONTAINER_ID.test(name));
}

function
shim_ids()
{
	return pids().map(command_line).filter(([program]) =>
		SHIM.test(program ?? ''))
	    .map((words) => words.join(' ')).filter((line) =>
		CONTAINER_ID.test(line));
}

function
network_namespaces()
{
	return fs.readFileSync('/proc/mounts', 'utf8').split('\n')
	    .map((line) => line.match(NETWORK_NAMESPACE)?.[1])
	    .filter((name) => name !== undefined);
}

/* Writes down the ids of all containers that the instance ever has. */
class Census {
	constructor(own)
	{
		this.first = own.containers();
		this.text = '';
		this.process = spawn(docker_cli(), ['events',
			'--filter', `label=sce.instance=${own.run_dir}`,
			'--filter', 'event=create', '--format', '{{.ID}}'],
		{ stdio: ['ignore', 'pipe', 'inherit'] });
		this.process.stdout.on('data', (chunk) => {
			this.text += chunk;
		});
	}

	ids()
	{
		return [...new Set([...this.first, ...this.text.split('\n')
		    .filter((id) => CONTAINER_ID.test(id))])];
	}

	stop()
	{
		this.process.kill();
	}
}

/* Of those that are gone: what is left of them. */
function
remains(census)
{
	/* Before Docker is asked: what is new then has its container. */
	const kept = { cgroup: cgroup_names(), shim: shim_ids() };
	const alive = docker('ps', '-aq', '--no-trunc').split('\n');
	const gone = new Set(census.ids().filter((id) => !alive.includes(id)));

	return Object.entries(kept).flatMap(([what, names]) =>
		[...new Set(names.map((name) => name.match(CONTAINER_ID)[0]))]
		    .filter((id) => gone.has(id))
		    .map((id) => `${what} of container ${id}`));
}

/* The name of a container's namespace; none if it is gone by now. */
async function
namespace_of({ Id: id })
{
	const container = await docker_get(`/containers/${id}/json`);

	return path.basename(container?.NetworkSettings.SandboxKey ?? '');
}

/* Networks, and namespaces of no container that there is. */
async function
networks()
{
	const namespaces = network_namespaces();
	const all = await docker_get('/containers/json?all=1');
	const keys = await Promise.all(all.map(namespace_of));

	return new Set([
		...(await docker_get('/networks'))
		    .map(({ Id: id }) => `network ${id}`),
		...namespaces.filter((name) => !keys.includes(name))
		    .map((name) => `network namespace ${name}`),
	]);
}

async function
look(own)
{
	return { own: await own_things(own), networks: await networks() };
}

/* Those that were not there before and that stay. */
async function
new_networks(before)
{
	let left = null;

	await wait_for('an end of networks', async () => {
		const now = await networks();

		left = [...left ?? now].filter((network) =>
			now.has(network) && !before.has(network));
		return left.length === 0;
	}).catch(() => undefined);
	return left;
}

/* { now: the things, found: a sentence for each that is not as it was } */
async function
leaks(own, before, census)
{
	const now = await own_things(own);
	const found = Object.entries(before.own)
	    /* It may lie below by chance, as others may have been closed. */
	    .filter(([name]) => name !== 'lowest_free_descriptor')
	    .filter(([name, value]) => !isDeepStrictEqual(now[name], value))
	    .map(([name, value]) => `${name}: ${JSON.stringify(value)}, ` +
		`then ${JSON.stringify(now[name])}`);

	await wait_for('an end of what was', () =>
		remains(census).length === 0).catch(() => undefined);
	return { now, containers: census.ids().length, found: [...found,
		...remains(census), ...await new_networks(before.networks)] };
}

export { Census, look, leaks };
