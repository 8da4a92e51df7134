/* SPDX-License-Identifier: MIT */
/*
 * Several hosts on one machine: network namespaces around a bridge, an
 * instance of the service in each, nginx/cluster.conf before them. nsenter
 * instead of ip netns exec, which would hide /sys/fs/cgroup from sced.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { ROOT } from './instance.js';
import { alive, children } from './proc.js';
import { SLOWNESS, wait_for } from './wait.js';

const LOAD = fileURLToPath(new URL('cluster_load.js', import.meta.url));
const COMMAND_DEADLINE_MS = 30000 * SLOWNESS;
/* A host that does not answer holds a request for as long as the front
 * waits for it. */
const LOAD_DEADLINE_MS = 120000 * SLOWNESS;
const FRONT_PORT = 8080;

function
ip(...args)
{
	return execFileSync('ip', args,
	    { encoding: 'utf8', timeout: COMMAND_DEADLINE_MS });
}

/*
 * addresses: { name: address }, "front" among them, which has the bridge. The
 * runner removes namespaces whose name begins as these do.
 */
class Network {
	constructor(work, addresses)
	{
		this.tag = path.basename(work);
		this.addresses = addresses;
		const others = Object.keys(addresses)
		    .filter((name) => name !== 'front');

		try {
			this.add_front();
			others.forEach((name) => this.add_leaf(name));
		} catch (error) {
			this.remove();
			throw error;
		}
	}

	name(name)
	{
		return `${this.tag}-${name}`;
	}

	/* A command line for that namespace. */
	enter(name)
	{
		return ['nsenter', `--net=/run/netns/${this.name(name)}`, '--'];
	}

	add_front()
	{
		const front = this.name('front');

		ip('netns', 'add', front);
		ip('-n', front, 'link', 'set', 'lo', 'up');
		ip('-n', front, 'link', 'add', 'bridge', 'type', 'bridge');
		ip('-n', front, 'address', 'add',
		    `${this.addresses.front}/24`, 'dev', 'bridge');
		ip('-n', front, 'link', 'set', 'bridge', 'up');
	}

	/* Its eth0 ends in the bridge, by its own name. */
	add_leaf(name)
	{
		const front = this.name('front');
		const own = this.name(name);

		ip('netns', 'add', own);
		ip('-n', own, 'link', 'set', 'lo', 'up');
		ip('-n', own, 'link', 'add', 'eth0', 'type', 'veth',
		    'peer', 'name', name, 'netns', front);
		ip('-n', own, 'address', 'add',
		    `${this.addresses[name]}/24`, 'dev', 'eth0');
		ip('-n', own, 'link', 'set', 'eth0', 'up');
		ip('-n', front, 'link', 'set', name, 'master', 'bridge', 'up');
	}

	/* "up" or "down": the cable of a host. */
	set_link(name, state)
	{
		ip('-n', this.name('front'), 'link', 'set', name, state);
	}

	remove()
	{
		for (const name of Object.keys(this.addresses)) {
			spawnSync('ip', ['netns', 'delete', this.name(name)],
			    { timeout: COMMAND_DEADLINE_MS });
		}
	}
}

/* text with every pattern replaced, each of which must be there. */
function
replace_all(text, replacements)
{
	return replacements.reduce((now, [pattern, value]) => {
		if (!pattern.test(now))
			throw new Error(`cluster.conf has no ${pattern}`);
		return now.replace(pattern, value);
	}, text);
}

/* nginx/cluster.conf, changed where it says that it is to be changed. */
class Front {
	constructor(network, home, hosts, read_timeout_s)
	{
		const address = network.addresses.front;
		const example = fs.readFileSync(
		    path.join(ROOT, 'nginx/cluster.conf'), 'utf8');

		this.network = network;
		this.home = home;
		this.base = `http://${address}:${FRONT_PORT}`;
		this.log_path = path.join(home, 'access.log');
		fs.mkdirSync(home, { mode: 0o755 });
		fs.writeFileSync(path.join(home, 'cluster.conf'),
		    replace_all(example, [
			...hosts.map((host, i) =>
				[new RegExp(`192\\.0\\.2\\.1${i + 1}:5000`), host]),
			[/listen 80;/, `listen ${address}:${FRONT_PORT};`],
			[/access_log \S+/, `access_log ${this.log_path}`],
			[/proxy_read_timeout \w+;/,
				`proxy_read_timeout ${read_timeout_s}s;`],
		    ]));
		fs.writeFileSync(path.join(home, 'nginx.conf'),
		    this.nginx_conf());
	}

	nginx_conf()
	{
		const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi',
			'scgi'].map((what) =>
			`\t${what}_temp_path ${this.home}/${what};\n`).join('');

		return 'user www-data;\nworker_processes 2;\n' +
		    `pid ${this.home}/nginx.pid;\n` +
		    `error_log ${this.home}/error.log warn;\n` +
		    'events {\n}\nhttp {\n' + temporary +
		    `\tinclude ${this.home}/cluster.conf;\n}\n`;
	}

	nginx(...args)
	{
		const [command, ...rest] = [...this.network.enter('front'),
			'nginx', '-p', `${this.home}/`,
			'-c', `${this.home}/nginx.conf`,
			'-e', `${this.home}/error.log`, ...args];
		const done = spawnSync(command, rest,
		    { encoding: 'utf8', timeout: COMMAND_DEADLINE_MS });

		return { status: done.status, said: done.stderr };
	}

	start()
	{
		const { status, said } = this.nginx();

		if (status !== 0)
			throw new Error(said);
	}

	pid()
	{
		return Number(fs.readFileSync(
		    path.join(this.home, 'nginx.pid'), 'utf8'));
	}

	/* As CLUSTER.md drains a host: until no worker of before is left. */
	async edit(pattern, value)
	{
		const file = path.join(this.home, 'cluster.conf');
		const before = children(this.pid());

		fs.writeFileSync(file, replace_all(
		    fs.readFileSync(file, 'utf8'), [[pattern, value]]));
		process.kill(this.pid(), 'SIGHUP');
		await wait_for('end of the old workers',
		    () => !before.some(alive));
	}

	async stop()
	{
		const pid = this.pid();

		process.kill(pid, 'SIGTERM');
		await wait_for('end of the front', () => !alive(pid));
		fs.rmSync(this.home, { recursive: true });
	}

	log()
	{
		return fs.readFileSync(this.log_path, 'utf8').split('\n')
		    .filter((line) => line !== '').map((l) => JSON.parse(l));
	}
}

/* cluster_load.js in a namespace. answers grows; stop() answers all. */
function
start_load(network, name, base, lanes, count = [])
{
	const [command, ...args] = [...network.enter(name), process.execPath,
		LOAD, base, String(lanes), ...[count].flat().map(String)];
	const child = spawn(command, args,
	    { stdio: ['pipe', 'pipe', 'inherit'] });
	const answers = [];
	let rest = '';

	child.stdout.setEncoding('utf8').on('data', (text) => {
		const lines = (rest + text).split('\n');

		rest = lines.pop();
		answers.push(...lines.map((line) => JSON.parse(line)));
	});
	const closed = new Promise((resolve, reject) => {
		child.on('error', reject);
		child.on('close', (status) => status === 0 ?
		    resolve(answers) : reject(new Error(`load: ${status}`)));
	});

	return {
		answers,
		closed,
		more: (number) => {
			const target = answers.length + number;

			return wait_for(`${target} answers`,
			    () => answers.length >= target, LOAD_DEADLINE_MS);
		},
		stop: () => {
			child.stdin.end();
			return closed;
		},
	};
}

/* One client that stays, so that asking takes no start of a program. */
function
start_client(network, name, base)
{
	const [command, ...args] = [...network.enter(name), process.execPath,
		LOAD, base, 'asked'];
	const child = spawn(command, args,
	    { stdio: ['pipe', 'pipe', 'inherit'] });
	const lines = createInterface({ input: child.stdout });

	return {
		/* ask('POST'), ask('GET', '/healthz'): one at a time */
		ask: async (...words) => {
			const answer = once(lines, 'line');

			child.stdin.write(`${words.join(' ')}\n`);
			return JSON.parse((await answer)[0]);
		},
		stop: async () => {
			const end = once(child, 'close');

			child.stdin.end();
			await end;
		},
	};
}

export { Network, Front, start_load, start_client };
