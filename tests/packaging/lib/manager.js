/* SPDX-License-Identifier: MIT */
/* A systemd on a file system of its own: see boot.sh. */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

import { wait_for } from '../../integration/lib/wait.js';
import { must_run } from './install.js';

const BOOT = fileURLToPath(new URL('boot.sh', import.meta.url));
const HIERARCHIES = ['', 'systemd/', 'unified/'];

class Manager {
	/* name: of its cgroup; run_dir: the same inside and outside. */
	constructor(name, root, run_dir, docker_socket)
	{
		this.name = name;
		this.child = spawn('unshare', ['--mount', '--propagation',
			'private', BOOT, name, root, run_dir, docker_socket],
		    { stdio: ['ignore', 'inherit', 'inherit'] });
	}

	/* Inside, as root: stdout; a failure is an error. */
	run(...command)
	{
		return must_run('nsenter', [`--target=${this.child.pid}`,
			'--mount', 'env', '-i', 'PATH=/usr/sbin:/usr/bin',
			'XDG_RUNTIME_DIR=/run/manager', 'SYSTEMD_PAGER=',
			...command], { cwd: '/' });
	}

	systemctl(...args)
	{
		return this.run('systemctl', '--user', ...args);
	}

	/* One property of a unit. */
	show(unit, property)
	{
		return this.systemctl('show', '--value', `--property=${property}`,
		    unit).trim();
	}

	/* Until it has booted: only then is what tmpfiles.d forgets gone. */
	async up()
	{
		await wait_for('a systemd that has booted', () => {
			try {
				return this.systemctl('is-active',
				    'basic.target') === 'active\n';
			} catch {
				return false;
			}
		});
	}

	cgroups()
	{
		return HIERARCHIES.map((h) => `/sys/fs/cgroup/${h}${this.name}`)
		    .filter((folder) => fs.existsSync(folder));
	}

	pids()
	{
		const files = this.cgroups().flatMap((folder) => spawnSync('find',
		    [folder, '-name', 'cgroup.procs'], { encoding: 'utf8' })
		    .stdout.split('\n').filter((file) => file !== ''));

		return [...new Set(files.flatMap((file) => fs.readFileSync(file,
		    'utf8').split('\n').filter((pid) => pid !== '')))]
		    .map(Number);
	}

	/* Whatever is left, the mounts with it, and the cgroups. */
	async destroy()
	{
		await wait_for('an end of all processes', () => {
			for (const pid of this.pids()) {
				try {
					process.kill(pid, 'SIGKILL');
				} catch {
					/* it has ended by itself */
				}
			}
			return this.pids().length === 0;
		});
		for (const folder of this.cgroups())
			must_run('find', [folder, '-depth', '-type', 'd', '-exec',
				'rmdir', '{}', ';']);
	}
}

export { Manager };
