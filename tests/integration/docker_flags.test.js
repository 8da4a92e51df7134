/* SPDX-License-Identifier: MIT */
/* What `docker inspect` says of a sandbox that waits: every flag. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { docker, inspect } from './lib/docker.js';
import { shared_instance } from './lib/instance.js';
import { executable } from './lib/proc.js';

const MIB = 1024 * 1024;
const TMPFS_SIZES = { '/box': 8 * MIB, '/tmp': 16 * MIB, '/dev/shm': 8 * MIB };
const ULIMITS = { nofile: 256, fsize: 16 * MIB, core: 1, msgqueue: 0,
	memlock: 0, sigpending: 64, stack: 8 * MIB };

let service = null;
let waiting = [];
let held = [];
/* What each PID of these runs. */
let programs = new Map();

before(async () => {
	service = shared_instance();
	await service.idle();
	/* In one go: a sandbox is replaced when it is old. */
	waiting = inspect(service.containers());
	held = inspect(service.holders());
	programs = new Map([...waiting, ...held].map(({ State: { Pid: pid } }) =>
		[pid, executable(pid)]));
});

/* The check holds for each container of the pool. */
function
each_waiting(what, check)
{
	test(what, () => {
		assert.ok(waiting.length >= 4, `${waiting.length} waiting`);
		for (const container of waiting)
			check(container, container.HostConfig);
	});
}

/* "size=8m,nosuid" -> { size: '8m', nosuid: true } */
function
mount_options(text)
{
	return Object.fromEntries(text.split(',').map((option) => {
		const [name, value] = option.split('=');

		return [name, value ?? true];
	}));
}

function
bytes(text)
{
	const [, number, unit] = text.match(/^(\d+)([kmg]?)$/);

	return Number(number) * 1024 ** ['', 'k', 'm', 'g'].indexOf(unit);
}

each_waiting('it runs', ({ State }) => {
	assert.equal(State.Status, 'running');
	assert.equal(State.OOMKilled, false);
});

each_waiting('memory: 128 MiB and no swap', (_, host) => {
	assert.equal(host.Memory, 128 * MIB);
	assert.equal(host.MemorySwap, 128 * MIB);
	assert.equal(host.OomScoreAdj, 500);
	assert.notEqual(host.OomKillDisable, true);
});

each_waiting('half a core, 64 processes', (_, host) => {
	assert.equal(host.NanoCpus, 500000000);
	assert.equal(host.PidsLimit, 64);
});

each_waiting('no network, no shared namespace', ({ Config }, host) => {
	assert.match(host.NetworkMode, /^container:[0-9a-f]{64}$/);
	assert.equal(host.IpcMode, 'none');
	assert.equal(host.CgroupnsMode, 'private');
	assert.equal(host.PidMode, '');
	assert.equal(host.UTSMode, '');
	assert.equal(host.UsernsMode, '');
	assert.equal(Config.Hostname, 'sandbox');
	assert.equal(host.PublishAllPorts, false);
	assert.equal(Object.keys(host.PortBindings ?? {}).length, 0);
});

test('the network is that of the holder of its slot, where none is', () => {
	for (const { Config, HostConfig } of waiting) {
		const id = HostConfig.NetworkMode.replace('container:', '');
		const holder = held.find(({ Id }) => Id === id);

		assert.equal(holder.HostConfig.NetworkMode, 'none');
		assert.deepEqual(Object.keys(holder.NetworkSettings.Networks),
		    ['none']);
		assert.equal(holder.Config.Labels['sce.holder'],
		    Config.Labels['sce.slot']);
	}
	assert.equal(new Set(waiting.map(({ HostConfig: host }) =>
		host.NetworkMode)).size, waiting.length);
});

test('a holder has less than a sandbox', () => {
	const users = new Set(waiting.map(({ Config }) => Config.User));

	/* And one for the next start. */
	assert.equal(held.length, waiting.length + 1);
	for (const { Config, HostConfig: host, Mounts, State } of held) {
		assert.match(programs.get(State.Pid) ?? '', /sce-guest$/);
		assert.deepEqual(Config.Cmd, ['hold', '/run/sce/s']);
		assert.ok(!users.has(Config.User), Config.User);
		users.add(Config.User);
		assert.deepEqual(host.CapDrop, ['ALL']);
		assert.equal(host.Privileged, false);
		assert.equal(host.ReadonlyRootfs, true);
		assert.equal(host.Tmpfs ?? null, null);
		assert.equal(host.AutoRemove, true);
		assert.equal(host.LogConfig.Type, 'none');
		assert.deepEqual([host.IpcMode, host.CgroupnsMode, host.PidMode],
		    ['none', 'private', '']);
		assert.deepEqual(host.SecurityOpt.sort(),
		    waiting[0].HostConfig.SecurityOpt.sort());
		assert.equal(host.Memory, 32 * MIB);
		assert.equal(host.MemorySwap, 32 * MIB);
		assert.equal(host.PidsLimit, 16);
		assert.equal(Mounts.length, 2);
		assert.ok(Mounts.every(({ RW }) => !RW));
	}
});

each_waiting('no right', (_, host) => {
	assert.deepEqual(host.CapDrop, ['ALL']);
	assert.ok(!host.CapAdd || host.CapAdd.length === 0);
	assert.equal(host.Privileged, false);
	assert.ok(!host.Devices || host.Devices.length === 0);
	assert.ok(!host.DeviceRequests || host.DeviceRequests.length === 0);
	assert.ok(host.SecurityOpt.some((option) =>
		/^no-new-privileges(:true)?$/.test(option)), host.SecurityOpt);
});

each_waiting('a seccomp allow-list of our own', (_, host) => {
	const option = host.SecurityOpt.find((o) => o.startsWith('seccomp='));

	assert.notEqual(option, undefined);
	const profile = JSON.parse(option.slice('seccomp='.length));

	assert.match(profile.defaultAction, /^SCMP_ACT_(ERRNO|KILL)/);
	const allowed = profile.syscalls
	    .filter(({ action }) => action === 'SCMP_ACT_ALLOW')
	    .flatMap(({ names }) => names);

	for (const name of ['mount', 'bpf', 'ptrace', 'keyctl', 'init_module',
		'io_uring_setup', 'kexec_load', 'setns', 'userfaultfd'])
		assert.ok(!allowed.includes(name), `${name} is allowed`);
});

each_waiting('a read-only file system', (_, host) => {
	assert.equal(host.ReadonlyRootfs, true);
});

each_waiting('small tmpfs where it may write', ({ Config }, host) => {
	const uid = Config.User.split(':')[0];

	assert.deepEqual(Object.keys(host.Tmpfs).sort(),
	    Object.keys(TMPFS_SIZES).sort());
	for (const [place, text] of Object.entries(host.Tmpfs)) {
		const options = mount_options(text);

		for (const flag of ['nosuid', 'nodev', 'noexec'])
			assert.equal(options[flag], true, `${place} ${flag}`);
		assert.equal(bytes(options.size), TMPFS_SIZES[place]);
		assert.match(options.nr_inodes, /^\d+[km]?$/);
	}
	const box = mount_options(host.Tmpfs['/box']);

	assert.deepEqual([box.uid, box.gid, box.mode.replace(/^0*/, '')],
	    [uid, uid, '755']);
	assert.equal(Config.WorkingDir, '/box');
});

each_waiting('rlimits', (_, host) => {
	const found = Object.fromEntries(host.Ulimits.map((limit) =>
		[limit.Name, limit]));

	for (const [name, value] of Object.entries(ULIMITS)) {
		assert.equal(found[name]?.Hard, value, name);
		assert.equal(found[name]?.Soft, value, name);
	}
	/* Twice the longest wall-clock limit, in seconds. */
	assert.equal(found.cpu.Hard, 20);
	assert.equal(found.nproc, undefined);
});

each_waiting('nothing is kept, nothing is added', ({ Config }, host) => {
	assert.equal(host.LogConfig.Type, 'none');
	assert.equal(host.AutoRemove, true);
	assert.equal(host.Init, false);
	assert.match(host.RestartPolicy.Name, /^(no)?$/);
	assert.equal(host.Runtime, 'runc');
	assert.deepEqual(Config.Healthcheck?.Test ?? ['NONE'], ['NONE']);
	assert.equal(Config.Tty, false);
	assert.ok(!Config.Env.some((v) => /proxy/i.test(v)), Config.Env);
});

each_waiting('two read-only mounts: its slot and the guest', (container) => {
	assert.equal(container.Mounts.length, 2);
	for (const mount of container.Mounts) {
		assert.equal(mount.Type, 'bind');
		assert.equal(mount.RW, false);
		assert.ok(mount.Source.startsWith(`${service.run_dir}/`),
		    mount.Source);
	}
});

each_waiting('PID 1 is the guest', ({ State }) => {
	assert.match(programs.get(State.Pid) ?? '', /sce-guest$/);
});

each_waiting('labels', ({ Config }) => {
	const labels = Config.Labels;

	assert.ok(labels['sce.app']);
	assert.equal(labels['sce.instance'], service.run_dir);
	assert.ok(labels['sce.boot']);
	assert.match(labels['sce.slot'], /^\d+$/);
});

test('a uid, a slot and a name for each', () => {
	const users = waiting.map(({ Config }) => Config.User);
	const slots = waiting.map(({ Config }) => Config.Labels['sce.slot']);
	const base = Number(service.config().docker.uid_base);

	assert.equal(new Set(users).size, waiting.length);
	assert.equal(new Set(slots).size, waiting.length);
	for (const [i, user] of users.entries()) {
		const uid = base + Number(slots[i]);

		assert.equal(user, `${uid}:${uid}`);
	}
});

test('all are of the configured image, by its id', () => {
	const { image } = service.config().docker;
	const id = docker('image', 'inspect', '--format', '{{.Id}}', image);

	for (const container of waiting)
		assert.equal(container.Image, id);
	/* By id: a tag that moves does not change what starts. */
	for (const { Config } of waiting)
		assert.equal(Config.Image, id);
});
