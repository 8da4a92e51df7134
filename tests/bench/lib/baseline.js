/* SPDX-License-Identifier: MIT */
/* What the service is compared with: the same isolation by docker run alone,
 * the bare interpreter, and Flask in front of that docker run. */
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';

import { docker, docker_cli, inspect } from '../../integration/lib/docker.js';
import { ROOT } from '../../integration/lib/instance.js';
import { take_place } from '../../integration/lib/place.js';
import { SLOWNESS, wait_for } from '../../integration/lib/wait.js';
import { isolation_flags } from
    '../../security/cpython/lib/sandbox_flags.js';
import { command_driver, http_driver } from './driver.js';
import { ENVIRONMENT, HI, PYTHON } from './programs.js';

const FLASK_DEADLINE_MS = 20000 * SLOWNESS;

/* docker run with the flags that a waiting sandbox was started with, as
 * Docker understood them. The program's text comes behind it. */
function
docker_command(own, dir)
{
	const [found] = inspect(docker('ps', '-q', '--filter',
	    `label=sce.instance=${own.run_dir}`, '--filter', 'label=sce.slot')
	    .split('\n').slice(0, 1));

	if (found === undefined)
		throw new Error('no sandbox waits');

	return [
		docker_cli(), 'run', '--rm',
		...isolation_flags(found, found.Config.User.split(':')[0], dir),
		...Object.entries(ENVIRONMENT).flatMap(([name, value]) =>
			['--env', `${name}=${value}`]),
		'--entrypoint', 'python3.11', found.Image, '-c',
	];
}

function
bare_driver({ code, output })
{
	return command_driver([PYTHON, '-c', code], output, ENVIRONMENT);
}

function
has_flask()
{
	return spawnSync(PYTHON, ['-c', 'import flask']).status === 0;
}

/* A web service that starts this command for each request: { driver, stop }. */
async function
start_flask(command, dir)
{
	const { port } = await take_place();
	const server = spawn(PYTHON, [path.join(ROOT,
	    'tests/bench/reference.py'), String(port), ...command],
	    { stdio: 'ignore' });
	const driver = http_driver(port, dir, HI);
	const stop = () => {
		driver.stop();
		server.kill();
	};

	try {
		await wait_for('Flask', async () => (await fetch(
		    `http://127.0.0.1:${port}/`)).status === 200,
		FLASK_DEADLINE_MS);
	} catch (error) {
		stop();
		throw error;
	}
	return { driver, stop };
}

export { docker_command, bare_driver, has_flask, start_flask };
