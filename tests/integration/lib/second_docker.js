/* SPDX-License-Identifier: MIT */
/*
 * A dockerd of a test's own, with a containerd of its own, beside the one
 * that all tests use: it may be killed. While it is there, DOCKER_HOST in this
 * process's environment names it.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';

import { docker_cli, docker_get } from './docker.js';
import {
	alive, children, command_line, executable, pids,
} from './proc.js';
import { SLOWNESS, wait_for } from './wait.js';

const LOAD_DEADLINE_MS = 120000 * SLOWNESS;

class SecondDocker {
	/* settings: of its daemon.json */
	constructor(settings = {})
	{
		this.dir = fs.mkdtempSync(
		    path.join(process.env.SCE_WORK, 'dockerd.'));
		this.host = `unix://${this.file('sock')}`;
		this.process = null;
		this.before = process.env.DOCKER_HOST;
		fs.writeFileSync(this.file('daemon.json'),
		    JSON.stringify(settings));
	}

	file(name)
	{
		return path.join(this.dir, name);
	}

	async start()
	{
		const log = fs.openSync(this.file('log'), 'a');

		/* Containers that need no network need no bridge. */
		this.process = spawn('dockerd', [
			'--config-file', this.file('daemon.json'),
			'--data-root', this.file('data'),
			'--exec-root', this.file('exec'),
			'--pidfile', this.file('pid'), '-H', this.host,
			'--bridge=none', '--iptables=false',
			'--ip6tables=false',
		], { stdio: ['ignore', log, log], detached: true });
		fs.closeSync(log);
		process.env.DOCKER_HOST = this.host;
		await wait_for('answer of the second dockerd', () =>
			docker_get('/version'));
	}

	containerd()
	{
		const [pid] = children(this.process.pid).filter((child) =>
			/\/containerd$/.test(executable(child) ?? ''));

		return pid;
	}

	/* Its containerd dies of it: so dockerd has told the kernel. */
	async kill(signal = 'SIGKILL')
	{
		const containerd = this.containerd();
		const done = once(this.process, 'exit');

		this.process.kill(signal);
		await done;
		await wait_for('end of its containerd', () =>
			containerd === undefined || !alive(containerd));
		this.process = null;
		/* Without a reboot, the next would take another process, or a
		 * zombie, for these. */
		for (const name of ['pid', 'exec/containerd/containerd.pid'])
			fs.rmSync(this.file(name), { force: true });
	}

	/* From the Docker of all tests; the ID stays the same. */
	copy_image(image)
	{
		const file = this.file('image.tar');
		const env = { ...process.env };

		if (this.before === undefined)
			delete env.DOCKER_HOST;
		else
			env.DOCKER_HOST = this.before;
		execFileSync(docker_cli(), ['save', '-o', file, image],
		    { env, timeout: LOAD_DEADLINE_MS });
		this.load_image();
	}

	/* What copy_image() has copied, again. */
	load_image()
	{
		execFileSync(docker_cli(), ['load', '-i', this.file('image.tar')],
		    { timeout: LOAD_DEADLINE_MS, stdio: 'ignore' });
	}

	/* Each container's shim outlives a dockerd that was killed. */
	end_shims()
	{
		for (const pid of pids()) {
			if (command_line(pid).some((word) =>
				word.startsWith(`${this.dir}/`)))
				process.kill(pid, 'SIGKILL');
		}
	}

	unmount_all()
	{
		const mounts = fs.readFileSync('/proc/self/mountinfo', 'utf8')
		    .split('\n').map((line) => line.split(' ')[4] ?? '')
		    .filter((place) => place.startsWith(`${this.dir}/`));

		for (const place of mounts.reverse())
			execFileSync('umount', ['--lazy', place]);
	}

	async remove()
	{
		if (this.process !== null)
			await this.kill('SIGTERM');
		this.end_shims();
		this.unmount_all();
		if (this.before === undefined)
			delete process.env.DOCKER_HOST;
		else
			process.env.DOCKER_HOST = this.before;
		fs.rmSync(this.dir, { recursive: true });
	}
}

export { SecondDocker };
