/* SPDX-License-Identifier: MIT */
/* What tests of faults do to an instance, and what they look at. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import {
	docker_get, inspect, inspect_now, list_containers,
} from './docker.js';
import { config_text } from './instance.js';
import {
	alive, children, descriptor_kinds, is_zombie, lowest_free_descriptor,
	of_uids, stat_fields, status_field,
} from './proc.js';
import { wait_for } from './wait.js';

/* Of /proc/PID/stat, since Linux 2.6 on every architecture. */
const TICKS_PER_SECOND = 100;
/* More than there are slots; other instances' are farther away. */
const UIDS = 128;

/* sced's own log and its responders', from now on; also while something is
 * mounted over it. */
class ScedLog {
	constructor(own)
	{
		this.fd = fs.openSync(
		    path.join(own.run_dir, 'logs/sced.log'), 'r');
		this.mark();
	}

	mark()
	{
		this.offset = fs.fstatSync(this.fd).size;
	}

	/* Lines since the last mark. */
	lines(pattern = /./)
	{
		const size = fs.fstatSync(this.fd).size - this.offset;
		const bytes = Buffer.alloc(size);

		fs.readSync(this.fd, bytes, 0, size, this.offset);
		return bytes.toString('utf8').split('\n')
		    .filter((line) => pattern.test(line));
	}

	wait(pattern, count = 1)
	{
		return wait_for(`${count} log lines ${pattern}`, () => {
			const found = this.lines(pattern);

			return found.length >= count && found;
		});
	}

	close()
	{
		fs.closeSync(this.fd);
	}
}

async function
stop_sced(own, signal = 'SIGTERM')
{
	const pid = own.sced_pid();
	const responders = own.responders();

	process.kill(pid, signal);
	await wait_for('end of sced', () => ![pid, ...responders].some(alive));
}

/*
 * Starts sced as service.sh does, and remembers it where service.sh does, but
 * with another umask (octal text), environment or, from now on, configuration.
 * Waits until it is idle, unless told not to; nginx is still in front of it.
 */
async function
start_sced(own, { umask = '022', env = {}, sections = null, wait = true } = {})
{
	const binary = path.join(own.run_dir, 'bin/sced');
	const log = path.join(own.run_dir, 'logs/sced.log');
	const config = path.join(own.run_dir, 'sced.conf');

	if (sections !== null)
		fs.writeFileSync(config, config_text(sections));
	const child = spawn('/bin/sh', ['-c',
		`umask ${umask}; exec "$0" -c "$1" >>"$2" 2>&1`,
		binary, config, log], {
		env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...env },
		detached: true,
		stdio: 'ignore',
	});

	child.unref();
	fs.writeFileSync(path.join(own.run_dir, 'sced.pid'), `${child.pid}\n`);
	await wait_for('sced', () => own.sced_pid() === child.pid);
	if (wait)
		await own.idle();
}

/* Does what is to be done with another sced, and leaves the usual one. */
async function
with_sced(own, options, action)
{
	const sections = own.config();

	await stop_sced(own);
	try {
		await start_sced(own, options);
		await action();
	} finally {
		if (own.sced_pid() !== null)
			await stop_sced(own);
		await start_sced(own, { sections });
	}
}

/* A configuration with some of it changed. */
function
changed_sections(sections, changes)
{
	const changed = { ...sections };

	for (const [name, values] of Object.entries(changes))
		changed[name] = { ...sections[name], ...values };
	return changed;
}

/* Processes of sandboxes, as the host sees them: each slot has its uid. The
 * base is sced's, which tells it while it runs. */
function
sandbox_processes(own, uid_base = own.config().docker.uid_base)
{
	/* But for what Docker itself forgets, when it is killed between the
	 * creation of a container and its start: runc's first half, which waits
	 * for ever and runs nothing. OPERATION.md says so. */
	return of_uids(Number(uid_base), UIDS)
	    .filter((pid) => status_field(pid, 'Name') !== 'runc:[2:INIT]');
}

/* Where network namespaces are mounted that a container gave its name to.
 * The files alone say nothing: dockerd removes them a minute later. */
function
namespace_mounts(dir)
{
	return fs.readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
	    .filter((line) => line.includes(' - nsfs '))
	    .map((line) => line.split(' ')[4])
	    .filter((file) => path.dirname(file) === dir);
}

/* Where this dockerd mounts them. */
async function
namespaces_dir(own)
{
	const { slots, holders } = await list_containers(own.run_dir);
	const [{ NetworkSettings: { SandboxKey: key } }] =
	    await inspect_now([...holders, ...slots]);

	return fs.realpathSync(path.dirname(key));
}

/*
 * Network namespaces that no container has, of those that this dockerd made.
 * Looked at in this order, one that goes at the moment is none of them; one
 * that comes has no container yet, so that one look alone says nothing.
 */
async function
stray_namespaces(own)
{
	const dir = await namespaces_dir(own);
	const mounts = namespace_mounts(dir);
	const all = await docker_get('/containers/json?all=1');
	const names = (await inspect_now(all.map(({ Id: id }) => id)))
	    .map(({ NetworkSettings: { SandboxKey: key } }) =>
		path.basename(key ?? ''));
	const now = namespace_mounts(dir);

	return mounts.filter((file) => now.includes(file) &&
	    !names.includes(path.basename(file)));
}

async function
networks()
{
	return (await docker_get('/networks')).map(({ Name }) => Name).sort();
}

/* What an idle instance has, and what must not grow. listed: what
 * list_containers() said, for who asks again and again. */
function
belongings(own, listed = { slots: own.containers(), holders: own.holders() })
{
	const sced = own.sced_pid();
	const family = children(sced);

	return {
		containers: listed.slots.length,
		holders: listed.holders.length,
		slots: fs.readdirSync(path.join(own.run_dir, 'slots')).length,
		nets: fs.readdirSync(path.join(own.run_dir, 'nets')).length,
		descriptors: descriptor_kinds(sced),
		children: family.length,
		zombies: family.filter(is_zombie).length,
		processes: sandbox_processes(own).length,
	};
}

async function
belongings_now(own)
{
	return belongings(own, await list_containers(own.run_dir));
}

/* The first look may itself cost a sandbox, by a probe; the second is too
 * soon after it for another. */
async function
look_twice(own, look)
{
	await own.idle();
	await look();
	await own.idle();
	return look();
}

/* Idle with a full pool, and no look-up of sced's under way. */
async function
settled(own)
{
	const ready = Number(own.config().pool.ready);
	const has = await look_twice(own, () => wait_for('an idle instance',
	    async () => {
		const now = await belongings_now(own);

		return now.slots === ready && now.containers === ready &&
		    now.children === own.responders().length && now;
	}));

	/* dockerd may be busy with somebody else's, and answer an error. */
	return {
		has,
		networks: await wait_for('networks', networks),
		namespaces: await wait_for('network namespaces', () =>
			stray_namespaces(own)),
	};
}

/* The instance has again what it had before, Docker has no more either, and
 * what sced opens next is not taken for its standard error. */
async function
nothing_left(own, { has, networks: nets, namespaces })
{
	const what = `exactly ${JSON.stringify(has)}`;

	await look_twice(own, () => wait_for(what, async () => {
		const now = await belongings_now(own);

		if (!isDeepStrictEqual(now, has))
			throw new Error(JSON.stringify(now));
		return true;
	}));
	assert.ok(lowest_free_descriptor(own.sced_pid()) > 2);
	assert.deepEqual(await wait_for('networks', networks), nets);
	let left = null;

	await wait_for('end of its network namespaces', async () => {
		const now = await stray_namespaces(own);

		/* Those of every look: what others start beside this one is
		 * in one or two of them. */
		left = (left ?? now).filter((file) =>
			now.includes(file) && !namespaces.includes(file));
		if (left.length > 0)
			throw new Error(left.join(' '));
		return true;
	});
}

/* { name, pid: the guest as the host sees it, leased } of each container;
 * containers: what inspect_now() said, for who asks again and again. */
function
guests(own, containers = inspect(own.containers()))
{
	return containers.flatMap((container) => {
		const pid = container.State.Pid;

		try {
			/* What waits has a FIFO there; with isolation = fork
			 * an empty file, and no fork has one of its own. */
			const script = fs.lstatSync(
			    `/proc/${pid}/root/box/main.py`);
			const leased = script.isFile() && (script.size > 0 ||
			    children(pid).some((c) => fs.existsSync(
				`/proc/${c}/root/box/main.py`) && fs.lstatSync(
				`/proc/${c}/root/box/main.py`).size > 0));

			return [{ name: container.Name.slice(1), pid, leased }];
		} catch {
			return [];
		}
	});
}

function
leased_guest(own)
{
	return wait_for('guest of the run', async () => {
		const { slots } = await list_containers(own.run_dir);
		const [guest, ...others] = guests(own, await inspect_now(slots))
		    .filter(({ leased }) => leased);

		return others.length === 0 && guest;
	});
}

/* Milliseconds that a process alone has computed, its children not. */
function
cpu_ms(pid)
{
	const fields = stat_fields(pid);

	return (Number(fields[11]) + Number(fields[12])) *
	    1000 / TICKS_PER_SECOND;
}

export {
	ScedLog, stop_sced, start_sced, with_sced, changed_sections, belongings,
	settled, nothing_left, sandbox_processes, guests, leased_guest, cpu_ms,
};
