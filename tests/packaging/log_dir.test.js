/* SPDX-License-Identifier: MIT */
/* log_dir: where executions.log goes, and what make up's processes say. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { start_instance } from '../integration/lib/instance.js';
import { wait_for } from '../integration/lib/wait.js';
import { post_run } from './lib/client.js';
import { temporary } from './lib/install.js';

test('logs are in log_dir, and not in the run directory', async () => {
	const dir = path.join(temporary('logs'), 'sce');
	const own = await start_instance('logs', {
		service: { log_dir: dir },
		pool: { ready: 1, running: 1 },
	});

	try {
		assert.deepEqual(await post_run(own.port, 'print(3)'),
		    { status: 200, body: { output: '3' } });
		assert.deepEqual(fs.readdirSync(dir).sort(), ['executions.log',
			'nginx-access.log', 'nginx-error.log', 'sced.log']);
		/* The answer is first, and its line in the log follows. */
		await wait_for('a line of the run', () =>
			/"verdict":"exited"/.test(fs.readFileSync(
			    path.join(dir, 'executions.log'), 'utf8')));
		assert.ok(!fs.existsSync(path.join(own.run_dir, 'logs')));
	} finally {
		await own.stop();
		fs.rmSync(path.dirname(dir), { recursive: true });
	}
});
