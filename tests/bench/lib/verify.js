/* SPDX-License-Identifier: MIT */
/*
 * What has to hold on any machine, however slow or busy: nothing failed, all
 * was measured, and ratios with a wide margin. The criteria are not among it.
 */
const DOCKER_RATIO_MIN = 5;
const BARE_LOOP_MIN = 1; /* of a docker run loop's runs a second */

function
numbers_missing(value, at)
{
	if (typeof value === 'number')
		return Number.isFinite(value) ? [] : [at];
	if (at.endsWith('.cpu_ms')) /* unknown on a busy machine */
		return [];
	if (value === null || value === undefined)
		return [at];
	if (typeof value !== 'object')
		return [];
	return Object.entries(value).flatMap(([key, inner]) =>
		numbers_missing(inner, `${at}.${key}`));
}

function
empty(value, at)
{
	return value === undefined || Object.keys(value).length === 0 ?
	    [`nothing in ${at}`] : [];
}

/* Sentences; none if all is well. */
function
faults_of(result)
{
	const { latency, throughput, refusals, slots, criteria, burst } =
	    result;
	const measured = ['latency', 'throughput', 'burst', 'refusals', 'sizes',
		'memory', 'slots'];
	const faults = measured.flatMap((part) =>
		[...empty(result[part], part),
			...numbers_missing(result[part], part)
			    .map((at) => `no number: ${at}`)]);

	if (faults.length > 0)
		return faults;
	for (const { name, value, limit } of criteria) {
		if (/errors|left/.test(name) && value > limit)
			faults.push(`${name}: ${value}`);
	}
	if (burst.some((b) => b.ok === 0 || b.ok + b.refused !== b.clients))
		faults.push('a burst was not answered whole');
	if (refusals.refused === 0)
		faults.push('nothing was refused with a full queue');
	if (slots.ready < slots.slots)
		faults.push('not all sandboxes waited');
	if (latency.docker_hi.p50 < DOCKER_RATIO_MIN * latency.fresh_hi.p50)
		faults.push('docker run is not much slower than POST /run');
	if (throughput.bare[0].runs_a_second < BARE_LOOP_MIN *
	    throughput.docker[0].runs_a_second)
		faults.push('docker run is faster than the bare interpreter');
	return faults;
}

export { faults_of };
