/* SPDX-License-Identifier: MIT */
/* The flags of docker run that a waiting sandbox was started with. */
import fs from 'node:fs';
import path from 'node:path';

import { inspect } from '../../../integration/lib/docker.js';

/* Docker tells a profile's text, its client wants a file. */
function
security_flags(options, dir)
{
	return options.flatMap((option) => {
		if (!option.startsWith('seccomp={'))
			return ['--security-opt', option];
		const file = path.join(dir, 'seccomp.json');

		fs.writeFileSync(file, option.slice('seccomp='.length));
		return ['--security-opt', `seccomp=${file}`];
	});
}

/*
 * All that docker inspect tells of it but for its name, its labels, its slot
 * directory, its user and its network. changes: of Memory, NanoCpus, PidsLimit, and of
 * Ulimits by name. Files that Docker needs are written to dir.
 */
function
sandbox_flags({ Config, HostConfig }, dir, changes = {})
{
	const host = { ...HostConfig, ...changes };
	const ulimits = HostConfig.Ulimits.map(({ Name, Soft, Hard }) => {
		const value = changes.Ulimits?.[Name];

		return `${Name}=${value ?? Soft}:${value ?? Hard}`;
	});

	return [
		'--ipc', host.IpcMode, '--cgroupns', host.CgroupnsMode,
		'--workdir', Config.WorkingDir,
		'--read-only', '--pull', 'never', '--log-driver', 'none',
		'--init=false', '--no-healthcheck', '--runtime', host.Runtime,
		'--memory', String(host.Memory),
		'--memory-swap', String(host.Memory),
		'--cpus', String(host.NanoCpus / 1e9),
		'--pids-limit', String(host.PidsLimit),
		'--oom-score-adj', String(host.OomScoreAdj),
		...host.CapDrop.flatMap((name) => ['--cap-drop', name]),
		...security_flags(host.SecurityOpt, dir),
		...ulimits.flatMap((text) => ['--ulimit', text]),
	];
}

/* Its tmpfs, but given to another user. */
function
tmpfs_flags({ Config, HostConfig }, uid)
{
	const [owner] = Config.User.split(':');

	return Object.entries(HostConfig.Tmpfs).flatMap(([place, options]) =>
		['--tmpfs', `${place}:${options.replaceAll(
		    new RegExp(`\\b([ug]id)=${owner}\\b`, 'g'), `$1=${uid}`)}`]);
}

/* A sandbox in a network namespace that exists already has its host name and
 * nameserver from that one's holder; here they are as if it had none. */
function
without_holder(waiting)
{
	const { NetworkMode } = waiting.HostConfig;

	if (!NetworkMode.startsWith('container:'))
		return waiting;
	const [holder] = inspect([NetworkMode.slice('container:'.length)]);

	return {
		...waiting,
		Config: { ...waiting.Config, Hostname: holder.Config.Hostname },
		HostConfig: { ...waiting.HostConfig, NetworkMode: 'none',
			Dns: holder.HostConfig.Dns,
			DnsSearch: holder.HostConfig.DnsSearch },
	};
}

function
name_flags({ Config, HostConfig: { Dns, DnsSearch } })
{
	return [
		'--hostname', Config.Hostname,
		...(Dns ?? []).flatMap((name) => ['--dns', name]),
		...(DnsSearch ?? []).flatMap((name) => ['--dns-search', name]),
	];
}

/* All of its isolation, without the guest: user, limits, directories and a
 * network namespace like its own. */
function
isolation_flags(found, uid, dir)
{
	const waiting = without_holder(found);

	return [
		'--user', `${uid}:${uid}`,
		'--network', waiting.HostConfig.NetworkMode,
		...name_flags(waiting),
		...sandbox_flags(waiting, dir),
		...tmpfs_flags(waiting, uid),
	];
}

/* The same in the network namespace of a container of this name, which is
 * made by the other flags: half as dear for each that joins it. */
function
joining_flags(found, uid, dir, name)
{
	const waiting = without_holder(found);

	return {
		holder: ['--network', waiting.HostConfig.NetworkMode,
			...name_flags(waiting)],
		joining: ['--user', `${uid}:${uid}`,
			'--network', `container:${name}`,
			...sandbox_flags(waiting, dir),
			...tmpfs_flags(waiting, uid)],
	};
}

export { isolation_flags, joining_flags, sandbox_flags, tmpfs_flags };
