/* SPDX-License-Identifier: MIT */
/* ratios.js RESULT: the README's table, in Markdown. Ratios carry over to
 * other machines, milliseconds do not. */
import fs from 'node:fs';

import { of_clients } from './lib/criteria.js';

const LATENCY = [
	['bare_hi', '`python3.11 -c`, bare host'],
	['docker_hi', '`docker run`, the same isolation'],
	['flask_hi', 'Flask and that `docker run`'],
	['fork_hi', '`isolation = fork`'],
];
const LOOP_CLIENTS = 8;

function
times(value)
{
	return value === undefined ? '' : `${value.toPrecision(2)} x`;
}

function
rows_of({ latency, throughput })
{
	const base = of_clients(throughput.fresh, LOOP_CLIENTS);

	return LATENCY.filter(([name]) => latency[name] !== undefined)
	    .map(([name, label]) => {
		const loop = of_clients(
		    throughput[name.replace('_hi', '')], LOOP_CLIENTS);

		return [label, times(latency[name].p50 / latency.fresh_hi.p50),
			times(loop && loop.runs_a_second / base.runs_a_second),
			times(loop && loop.cpu_ms && base.cpu_ms ?
			    loop.cpu_ms / base.cpu_ms : undefined)];
	});
}

const result = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const { cores, cpu, kernel, date } = result.machine;

console.log(`\n${cores} cores, ${cpu}, Linux ${kernel}, ` +
    `${date.slice(0, 10)}; compared with \`POST /run\`:\n`);
console.log(`| print('hi') | median latency | runs a second, ${LOOP_CLIENTS} ` +
    'clients | CPU a run |\n|---|---|---|---|');
for (const cells of rows_of(result))
	console.log(`| ${cells.join(' | ')} |`);
