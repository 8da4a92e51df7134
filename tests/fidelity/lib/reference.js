/* SPDX-License-Identifier: MIT */
/*
 * The reference: `docker run --init IMAGE python3.11 main.py` with the flags
 * of a sandbox that waits, and nothing of ours between: no guest, no Landlock
 * and no second filter, and an interpreter that starts on a file. One program
 * at a time; all are in one empty network namespace, as those of a slot are.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import { ENVIRONMENT } from '../../bench/lib/programs.js';
import { docker, docker_cli, docker_collect, inspect } from
    '../../integration/lib/docker.js';
import { joining_flags } from
    '../../security/cpython/lib/sandbox_flags.js';
import { SLOWNESS } from '../../integration/lib/wait.js';

const DEADLINE_MS = 60000 * SLOWNESS;
/* A fresh file in a fresh directory, its owner's as in a sandbox; then what
 * there is of a shell is gone. */
const COMMAND = 'cp /run/sce/main.py . && exec env -i ' +
    `${Object.entries(ENVIRONMENT).map((pair) => pair.join('=')).join(' ')} ` +
    'python3.11 main.py';

/* By which the runner finds what a test left that was ended. */
const LABEL = ['--label', `sce.test=${process.env.SCE_WORK}`];

class Reference {
	/* dir is for what containers see; uid is nobody else's. */
	constructor(instance, uid, dir)
	{
		const [waiting] = inspect(instance.containers());

		if (waiting === undefined)
			throw new Error('no sandbox waits');
		this.dir = fs.mkdtempSync(path.join(dir, 'reference.'));
		fs.chmodSync(this.dir, 0o755);
		this.names = [];
		this.image = waiting.Image;
		const name = this.new_name();
		const { holder, joining } = joining_flags(waiting, uid,
		    this.dir, name);

		docker('run', '--detach', '--rm', '--name', name, ...LABEL, ...holder,
		    this.image, 'sleep', 'infinity');
		this.flags = joining;
	}

	new_name()
	{
		const name = `sce-fidelity-${randomBytes(6).toString('hex')}`;

		this.names.push(name);
		return name;
	}

	arguments_of(code)
	{
		const name = this.new_name();
		const slot = path.join(this.dir, name);

		fs.mkdirSync(slot);
		fs.writeFileSync(path.join(slot, 'main.py'), code);
		return ['run', '--rm', '--interactive', '--name', name, ...LABEL,
			...this.flags, '--init', '--mount',
			`type=bind,src=${slot},dst=/run/sce,readonly`,
			'--entrypoint', 'sh', this.image, '-c', COMMAND];
	}

	/* { stdout, stderr, status }: bytes, and what docker run exits with. */
	async run(code, stdin)
	{
		const done = await docker_collect(this.arguments_of(code), stdin,
		    DEADLINE_MS);

		if (done.status === null || /^docker: /.test(done.stderr))
			throw new Error(`${done.status} ${done.stderr}`);
		return done;
	}

	/* Whatever did not go by itself. */
	finish()
	{
		if (this.names.length > 0)
			spawnSync(docker_cli(),
			    ['rm', '--force', ...this.names]);
		fs.rmSync(this.dir, { recursive: true });
	}
}

export { Reference };
