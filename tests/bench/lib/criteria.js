/* SPDX-License-Identifier: MIT */
/*
 * What the figures must show: each is a ratio of two that were measured in the
 * same run, or, where a peer's absolute figure is to be beaten, that figure.
 */

import { median } from '../../integration/lib/stats.js';

/* What grows linearly is at most twice as dear at twice the size. */
const DOUBLE_SIZE_MAX = 2;

function
of_clients(list, clients)
{
	return list?.find((entry) => entry.clients === clients);
}

/* Of the whole run at a size and at half of it: what a run costs without any is
 * most of both, and a slope of its own would be a quotient of noise. */
function
doubling(list, half, full)
{
	const at = (size) => list.find((entry) => entry.size === size).p50;

	return at(full) / at(half);
}

/* Of figures one of which may be missing, or, on a machine with other work,
 * nothing at all. */
function
ratio(a, b)
{
	return a === null || b === null || b === 0 ? undefined : a / b;
}

/* Of two loops, turn by turn: a machine that gets slower meanwhile does so for
 * both. */
function
ratio_of_rates(a, b)
{
	return b.rates.includes(0) ? undefined :
	    median(a.rates.map((rate, turn) => rate / b.rates[turn]));
}

function
at_most(name, value, limit)
{
	return { name, value, limit, bound: 'at most',
		met: value === undefined ? null : value <= limit };
}

function
at_least(name, value, limit)
{
	return { name, value, limit, bound: 'at least',
		met: value === undefined ? null : value >= limit };
}

function
default_mode({ latency, throughput })
{
	const hi = latency.fresh_hi.p50;
	const pairs = throughput.docker.map((docker) =>
		[of_clients(throughput.fresh, docker.clients), docker]);

	return [
		at_most('POST / python3.11 -c on the host, p50',
		    hi / latency.bare_hi.p50, 0.4),
		at_most('POST / docker run, p50', hi / latency.docker_hi.p50,
		    1 / 30),
		...pairs.flatMap(([fresh, docker]) => [
			at_least(`runs/s / docker run loop, ${fresh.clients} ` +
			    'clients', ratio_of_rates(fresh, docker), 1.8),
			at_most(`CPU per run / docker run's, ${fresh.clients} ` +
			    'clients', ratio(fresh.cpu_ms, docker.cpu_ms),
			    0.6),
		]),
	];
}

function
fork_mode({ latency, throughput })
{
	const preloaded = latency.preload_imports?.p50;

	return [
		...[8, 32].map((clients) => at_least(
		    `fork: runs/s, ${clients} clients`,
		    of_clients(throughput.fork, clients)?.runs_a_second, 800)),
		at_most('fork: POST p50, ms', latency.fork_hi?.p50, 2),
		at_most('fork: imports preloaded / plain, p50',
		    preloaded === undefined ? undefined :
		    preloaded / latency.preload_hi.p50, 1.5),
		at_most('fork: errors', throughput.fork?.reduce((all, t) =>
			all + t.errors, 0), 0),
	];
}

function
growth({ throughput, refusals, burst, sizes, slots })
{
	const few = of_clients(throughput.fresh, 8);
	const most = throughput.fresh.at(-1);
	const { output_bytes: output, code_characters: code } = sizes;
	const loops = Object.values(throughput).flat();

	return [
		at_least(`runs/s, ${most.clients} clients / 8 clients`,
		    ratio_of_rates(most, few), 0.9),
		at_most('a refusal / a run, CPU', ratio(refusals.cpu_ms,
		    few.cpu_ms), 0.05),
		at_most('64 KiB of output / 32 KiB, p50', doubling(output, 32768,
		    65536), DOUBLE_SIZE_MAX),
		at_most('5000 characters of code / 2500, p50',
		    doubling(code, 2500, 5000), DOUBLE_SIZE_MAX),
		at_most(`${slots.slots} slots: containers and processes left`,
		    slots.containers_left + slots.processes_left, 0),
		at_most('errors in all', loops.concat(burst, [refusals])
		    .reduce((all, t) => all + t.errors, 0), 0),
	];
}

function
criteria_of(result)
{
	return [...default_mode(result), ...fork_mode(result),
		...growth(result)];
}

export { criteria_of, of_clients };
