/* SPDX-License-Identifier: MIT */
/* The flags of docker run that a waiting sandbox was started with. */
import fs from 'node:fs';
import path from 'node:path';

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
 * directory and its user. changes: of Memory, NanoCpus, PidsLimit, and of
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

	/* Its slot's holder has one in which there is as little. */
	const network = host.NetworkMode.replace(/^container:.*/, 'none');

	return [
		'--network', network, '--ipc', host.IpcMode,
		'--cgroupns', host.CgroupnsMode,
		'--hostname', Config.Hostname, '--workdir', Config.WorkingDir,
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

export { sandbox_flags, tmpfs_flags };
