/* SPDX-License-Identifier: MIT */
/*
 * The programs that make load (load.c, spawn.c): one process each, which
 * lives through the benchmark, so that nothing of theirs is cold, and which
 * carries out one order after the other.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';

import { ROOT } from '../../integration/lib/instance.js';

const TOOLS = path.join(process.env.BUILD ?? path.join(ROOT, 'build/gcc'),
    'bench');
const FIELDS = ['clients', 'requests', 'lead_ms', 'window_ms', 'keep',
	'pause_ms', 'cut'];

class Driver {
	constructor(program, args)
	{
		this.process = spawn(path.join(TOOLS, program), args,
		    { stdio: ['pipe', 'pipe', 'inherit'] });
		this.lines = readline.createInterface(
		    { input: this.process.stdout })[Symbol.asyncIterator]();
	}

	/* One order; what it came to. */
	async order(fields)
	{
		const numbers = FIELDS.map((name) => fields[name] ?? 0);

		this.process.stdin.write(`${numbers.join(' ')}\n`);
		const { value, done } = await this.lines.next();

		if (done)
			throw new Error('a load program ended early');
		return JSON.parse(value);
	}

	/* One request, on a connection of its own: milliseconds. */
	async once()
	{
		const done = await this.order({ clients: 1, requests: 1 });

		if (done.ok !== 1)
			throw new Error(`one request: ${JSON.stringify(done)}`);
		return done.ok_ms.p50;
	}

	stop()
	{
		this.process.stdin.end();
	}
}

let files = 0;

/* Sends a program ({ code, answer, members }) to POST /run of this port. */
function
http_driver(port, dir, { code, answer, members = {} })
{
	const name = path.join(dir, `load-${files++}`);

	fs.writeFileSync(`${name}.body`, JSON.stringify(
	    { code, ...members }));
	fs.writeFileSync(`${name}.answer`, answer);
	return new Driver('load', [String(port), '/run', `${name}.body`,
		`${name}.answer`]);
}

/* Starts a command that has to print this. env: it gets nothing else. */
function
command_driver(command, output, env = {})
{
	return new Driver('spawn', [
		...Object.entries(env).flatMap(([name, value]) =>
			['-e', `${name}=${value}`]),
		output, '--', ...command,
	]);
}

export { http_driver, command_driver };
