/* SPDX-License-Identifier: MIT */
/*
 * Instances of the service: the one that the runner started for all, and
 * own ones for what only an own one can show. Each own one lives in a folder
 * NAME-PORT of the runner's, so that the runner finds it if a test dies.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { containers, holders, list_containers } from './docker.js';
import { health } from './http.js';
import { take_place } from './place.js';
import { command_line, running } from './proc.js';
import { SLOWNESS, wait_for } from './wait.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SERVICE = path.join(ROOT, 'fcgi/service.sh');
const UP_DEADLINE_MS = 180000 * SLOWNESS;
/* The tests are one client, and not a modest one. */
const NO_CLIENT_LIMITS = { rate: 0, connections: 0 };

/* { pool: { ready: 1 } } as an INI file. */
function
config_text(sections)
{
	return Object.entries(sections).map(([section, values]) =>
		`[${section}]\n` + Object.entries(values)
		    .map(([key, value]) => `${key} = ${value}\n`).join(''))
	    .join('\n');
}

/* The inverse, for what sced itself prints. */
function
config_parse(text)
{
	const sections = {};
	let section = null;

	for (const line of text.split('\n')) {
		const head = line.match(/^\[([^\]]+)\]$/);
		const pair = line.match(/^(\w+)\s*=\s*(.*)$/);

		if (head !== null) {
			section = {};
			sections[head[1]] = section;
		} else if (pair !== null && section !== null) {
			section[pair[1]] = pair[2];
		}
	}
	return sections;
}

/* 0 if the process is gone. */
function
parent_of(pid)
{
	try {
		const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');

		return Number(status.match(/^PPid:\t(\d+)$/m)[1]);
	} catch {
		return 0;
	}
}

/* One running service, seen from outside. */
class Instance {
	constructor(base, run_dir)
	{
		this.base = base;
		this.run_dir = run_dir;
	}

	/* Null when it does not run. */
	sced_pid()
	{
		const all = running(path.join(this.run_dir, 'bin/sced'));
		/* Between fork and exec a child of sced's looks like it. */
		const found = all.filter((pid) => !all.includes(parent_of(pid)));

		if (found.length > 1)
			throw new Error(`${found.length} sced: ${found}`);
		return found.length === 1 ? found[0] : null;
	}

	responders()
	{
		return running(path.join(this.run_dir, 'bin/sce-responder'));
	}

	/* All that it has logged in this run directory. */
	sced_log()
	{
		return fs.readFileSync(
		    path.join(this.run_dir, 'logs/sced.log'), 'utf8');
	}

	containers()
	{
		return containers(this.run_dir);
	}

	holders()
	{
		return holders(this.run_dir);
	}

	/* What sced was started with: every key, as it understood it. */
	config()
	{
		const command = command_line(this.sced_pid());
		const checked = spawnSync(command[0],
		    ['--check-config', ...command.slice(1)],
		    { encoding: 'utf8', timeout: UP_DEADLINE_MS });

		if (checked.status !== 0)
			throw new Error(checked.stderr);
		return config_parse(checked.stdout);
	}

	log_path()
	{
		return path.join(this.run_dir, 'logs/executions.log');
	}

	log_entries()
	{
		return fs.readFileSync(this.log_path(), 'utf8').split('\n')
		    .filter((line) => line !== '').map((l) => JSON.parse(l));
	}

	/* Nothing runs or waits, and the pool is as full as it is to be. */
	async idle(deadline_ms)
	{
		const { docker, pool } = this.config();
		const ready = Number(pool.ready);
		/* Each that waits has one, and the next start. */
		const held = docker.network_holder === 'on' &&
		    !docker.runtime.startsWith('runsc') ? ready + 1 : 0;

		return wait_for('idle service with a full pool', async () => {
			/* It may make a run, and counts from before that. */
			await health(this.base);
			const now = await health(this.base);

			if (now.http !== 200 || now.running !== 0 ||
			    now.queued !== 0 || now.ready !== ready)
				return false;
			const has = await list_containers(this.run_dir);

			return has.slots.length === ready &&
			    has.holders.length === held && now;
		}, deadline_ms);
	}
}

function
shared_instance()
{
	const { SCE_URL, SCE_RUN_DIR } = process.env;

	if (!SCE_URL || !SCE_RUN_DIR) {
		throw new Error(
		    'SCE_URL and SCE_RUN_DIR not set: run tests/run.sh');
	}
	return new Instance(SCE_URL, SCE_RUN_DIR);
}

function
service(own, command)
{
	const [program, ...args] = [...own.enter, SERVICE, command];
	const done = spawnSync(program, args, {
		cwd: ROOT,
		encoding: 'utf8',
		timeout: UP_DEADLINE_MS,
		env: {
			...process.env,
			RUN_DIR: own.run_dir,
			PORT: String(own.port),
			LISTEN: own.listen,
			CONFIG: own.config_path,
		},
	});

	if (done.error !== undefined)
		throw done.error;
	if (done.status !== 0) {
		throw new Error(`service.sh ${command}: ${done.status}\n` +
		    done.stdout + done.stderr);
	}
	return done.stdout;
}

/* Rows of plan.txt with @fork are run with it. */
function
isolation()
{
	const { SCE_ISOLATION } = process.env;

	return SCE_ISOLATION ? { isolation: SCE_ISOLATION } : {};
}

/*
 * Starts an instance of its own with a configuration over the defaults, and,
 * unless that says otherwise, without limits per client.
 * stop() stops it and says what is left of it: a list that is to be empty.
 * listen: one more address; enter: a command line that service.sh is put after.
 */
async function
start_instance(name, sections = {}, { listen = '', enter = [] } = {})
{
	const { port, uid_base, responder_uid } = await take_place();
	const home = path.join(process.env.SCE_WORK, `${name}-${port}`);
	const own = new Instance(`http://127.0.0.1:${port}`,
	    path.join(home, 'run'));

	fs.mkdirSync(home, { mode: 0o755 });
	own.port = port;
	own.listen = listen;
	own.enter = enter;
	own.config_path = path.join(home, 'sced.ini');
	fs.writeFileSync(own.config_path, config_text({
		clients: NO_CLIENT_LIMITS, ...sections,
		service: { responder_uid, ...sections.service },
		docker: { uid_base, ...sections.docker },
		pool: { ...isolation(), ...sections.pool },
	}));
	own.up = () => service(own, 'up');
	own.down = () => service(own, 'down');
	own.status = () => service(own, 'status');
	own.stop = async () => {
		own.down();
		fs.rmSync(home, { recursive: true });
		return [...own.containers(), ...own.holders()];
	};
	own.up();
	return own;
}

export {
	Instance, shared_instance, start_instance, config_text, config_parse,
	ROOT,
};
