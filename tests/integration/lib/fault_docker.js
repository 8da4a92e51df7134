/* SPDX-License-Identifier: MIT */
/* A docker client with faults to order, and a Docker that can be cut off. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { docker_cli, docker_socket } from './docker.js';

const HERE = path.dirname(fileURLToPath(import.meta.url));
/* More lines than there can be clients that hang. */
const RELEASES = 32;

/* A copy of fake_docker.sh in a folder of its own, in the runner's. */
class FakeDocker {
	constructor()
	{
		this.dir = fs.mkdtempSync(
		    path.join(process.env.SCE_WORK, 'fake-docker.'));
		this.path = path.join(this.dir, 'docker');
		this.control = `${this.path}.d`;
		fs.mkdirSync(this.control);
		fs.copyFileSync(path.join(HERE, 'fake_docker.sh'), this.path);
		fs.chmodSync(this.path, 0o755);
		this.set('real', docker_cli());
		this.set('own', path.resolve(
		    process.env.BUILD ?? '', 'sce-docker'));
		this.set('calls', '');
	}

	file(name)
	{
		return path.join(this.control, name);
	}

	/* set('run.fail', 'no space left') */
	set(name, text = '')
	{
		fs.writeFileSync(this.file(name), text);
	}

	clear(name)
	{
		fs.rmSync(this.file(name));
	}

	/* From now on; who hangs goes on at release() or is killed before. */
	hang(command)
	{
		const name = this.file(`${command}.hang`);

		/* Made by a client that came too late for a release. */
		fs.rmSync(name, { force: true });
		execFileSync('mkfifo', [name]);
	}

	release(command)
	{
		const name = this.file(`${command}.hang`);
		const fd = fs.openSync(name, 'r+');

		/* Nobody new comes in; one line for each who is in there. */
		fs.rmSync(name);
		fs.writeSync(fd, '\n'.repeat(RELEASES));
		fs.closeSync(fd);
	}

	/* No fault is left, whatever a test that failed had ordered. */
	heal()
	{
		for (const name of fs.readdirSync(this.control)) {
			if (name.endsWith('.hang'))
				this.release(name.slice(0, -'.hang'.length));
			else if (!['real', 'own', 'calls'].includes(name))
				this.clear(name);
		}
	}

	/* When the command, or any, was called: milliseconds, in order. */
	calls(command = null)
	{
		return fs.readFileSync(this.file('calls'), 'utf8').split('\n')
		    .map((line) => line.split(' '))
		    .filter(([, what]) => what !== undefined &&
			(command === null || what === command))
		    .map(([seconds]) => Number(seconds) * 1000);
	}

	remove()
	{
		fs.rmSync(this.dir, { recursive: true });
	}
}

/* Docker's socket under another name, which can stop to answer. */
class DockerProxy {
	constructor()
	{
		this.dir = fs.mkdtempSync(
		    path.join(process.env.SCE_WORK, 'proxy.'));
		this.socket = path.join(this.dir, 'docker.sock');
		this.host = `unix://${this.socket}`;
		this.process = null;
	}

	async start()
	{
		this.process = spawn(process.execPath,
		    [path.join(HERE, 'fault_proxy.js'), this.socket,
			docker_socket()],
		    { stdio: ['ignore', 'pipe', 'inherit'] });
		const [line] = await once(this.process.stdout, 'data');

		if (String(line) !== 'listening\n')
			throw new Error(`fault_proxy.js: ${line}`);
	}

	/* As when dockerd dies: connections break, new ones are refused. */
	async cut()
	{
		const done = once(this.process, 'exit');

		this.process.kill('SIGKILL');
		await done;
		this.process = null;
	}

	async remove()
	{
		if (this.process !== null)
			await this.cut();
		fs.rmSync(this.dir, { recursive: true });
	}
}

export { FakeDocker, DockerProxy };
