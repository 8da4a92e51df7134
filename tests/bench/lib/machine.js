/* SPDX-License-Identifier: MIT */
/* CPU time of the whole machine, memory of processes, and whose they are. */
import fs from 'node:fs';
import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

const MS_A_TICK = 10;
const BACKGROUND_MS = 500;
/* Busier than this, nobody knows what was whose: share of all cores. */
const BACKGROUND_MAX = 0.25;

/* Busy time of all cores since boot, without what was stolen from us: ms. */
function
busy_ms()
{
	const [user, nice, system, , , irq, softirq] =
	    fs.readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]
	    .split(/\s+/).slice(1).map(Number);

	return (user + nice + system + irq + softirq) * MS_A_TICK;
}

/*
 * CPU time that work() took, whoever spent it, without what the machine did
 * anyway just before, and without the benchmark's own. work answers with a
 * load program's result; to which this adds cpu_ms (NaN on a busy machine),
 * own_cpu_ms, and background_cores.
 */
async function
cpu_of(work)
{
	const idle_from = busy_ms();
	const idle_begin = performance.now();

	await delay(BACKGROUND_MS);
	const background = (busy_ms() - idle_from) /
	    (performance.now() - idle_begin);
	const own_from = process.cpuUsage();
	const from = busy_ms();
	const begin = performance.now();
	const done = await work();
	const took = performance.now() - begin;
	const own = process.cpuUsage(own_from);
	const own_ms = done.own_cpu_ms + (own.user + own.system) / 1000;

	const cpu_ms = busy_ms() - from - background * took - own_ms;

	return { ...done, own_cpu_ms: own_ms, background_cores: background,
		cpu_ms: background > BACKGROUND_MAX * os.cpus().length ? NaN :
		    Math.max(0, cpu_ms) };
}

/* Shared pages count in parts; 0 for a process that has just ended: KiB. */
function
pss_kib(pid)
{
	try {
		const text = fs.readFileSync(`/proc/${pid}/smaps_rollup`,
		    'utf8');

		return Number(text.match(/^Pss:\s+(\d+) kB$/m)[1]);
	} catch {
		return 0;
	}
}

function
describe_machine()
{
	const cpus = os.cpus();

	return { host: os.hostname(), cores: cpus.length, cpu: cpus[0].model,
		kernel: os.release(), date: new Date().toISOString(),
		load: os.loadavg()[0] };
}

export { cpu_of, pss_kib, describe_machine };
