/* SPDX-License-Identifier: MIT */
/* How fast this machine is today: how long the bare interpreter takes. */
import { spawnSync } from 'node:child_process';

const PYTHON = '/usr/bin/python3.11';
const ROUNDS = 21;
const ROUNDS_IN_BETWEEN = 3;
/* The machine of which plan.txt has the seconds. */
const REFERENCE_MS = 20;

/* Milliseconds of `python3.11 -I -c pass`, the median of some. */
function
python_start_ms(rounds = ROUNDS)
{
	const times = Array.from({ length: rounds }, () => {
		const begin = performance.now();
		const { status, error } = spawnSync(PYTHON, ['-I', '-c', 'pass'],
		    { env: { PATH: '/usr/bin:/bin' }, stdio: 'ignore' });

		if (status !== 0)
			throw error ?? new Error(`${PYTHON} fails`);
		return performance.now() - begin;
	});

	return times.sort((a, b) => a - b)[(rounds - 1) / 2];
}

/* Beside whatever runs at the moment, as a multiple. */
function
slowness_now()
{
	return python_start_ms(ROUNDS_IN_BETWEEN) / REFERENCE_MS;
}

export { REFERENCE_MS, python_start_ms, slowness_now };
