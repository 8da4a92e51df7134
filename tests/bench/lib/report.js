/* SPDX-License-Identifier: MIT */
/* The tables on standard output. */
const NAMES = {
	fresh_hi: "POST /run print('hi'), sandbox READY",
	fresh_imports: 'POST /run, 10 imports, sandbox READY',
	bare_hi: 'python3.11 -c, bare host',
	bare_imports: 'python3.11 -c, 10 imports, bare host',
	nothing: '/bin/true, to start any process',
	docker_hi: 'docker run --rm, same isolation',
	flask_hi: 'Flask + that docker run',
	fork_hi: "isolation = fork, print('hi')",
	fork_imports: 'isolation = fork, 10 imports',
	preload_hi: "fork with preload, print('hi')",
	preload_imports: 'fork with preload, 10 imports',
	fresh: 'POST /run',
	docker: 'docker run loop',
	bare: 'python3.11 -c loop',
	flask: 'Flask + docker run',
	fork: 'isolation = fork',
};

function
number(value, digits = 2)
{
	if (value === undefined || value === null || Number.isNaN(value))
		return '-';
	return Number.isInteger(value) && digits !== 3 ? String(value) :
	    value.toFixed(digits);
}

function
table(head, rows)
{
	const widths = head.map((cell, i) => Math.max(cell.length,
	    ...rows.map((row) => row[i].length)));

	console.log('');
	for (const row of [head, ...rows]) {
		console.log(row.map((cell, i) => i === 0 ?
		    cell.padEnd(widths[i]) : cell.padStart(widths[i]))
		    .join('  '));
	}
}

function
print_latency({ latency })
{
	const base = latency.fresh_hi.p50;

	table(['one client, ms', 'runs', 'p50', 'p95', 'p99', 'p50 ratio'],
	    Object.entries(latency).map(([name, t]) => [NAMES[name],
		String(t.runs), number(t.p50), number(t.p95), number(t.p99),
		number(t.p50 / base)]));
}

function
print_throughput({ throughput })
{
	const rows = Object.entries(throughput).flatMap(([name, list]) =>
		list.map((t) => [NAMES[name], String(t.clients),
			number(t.runs_a_second, 1), number(t.p50, 1),
			number(t.p99, 1), number(t.cpu_ms),
			number(t.own_cpu_ms, 3), String(t.runs),
			String(t.refused), String(t.errors),
			number(t.background_cores)]));

	table(['closed loop', 'clients', 'runs/s', 'p50 ms', 'p99 ms',
		'CPU ms/run', "client's", 'runs', 'refused', 'errors',
		'background cores'], rows);
}

function
print_growth({ sizes, burst, slots })
{
	table(['at once, full pool', 'ok', 'refused', 'errors', 'p50 ms',
		'last ms'], burst.map((b) => [String(b.clients), String(b.ok),
		String(b.refused), String(b.errors), number(b.p50, 1),
		number(b.max, 1)]));
	for (const [kind, list] of Object.entries(sizes))
		table([kind.replace('_', ', '), 'p50 ms', 'p95 ms'],
		    list.map((t) => [String(t.size), number(t.p50),
			number(t.p95)]));
	console.log(`\n${slots.ready} waiting sandboxes: all there after ` +
	    `${number(slots.start_seconds, 1)} s, all gone after ` +
	    `${number(slots.stop_seconds, 1)} s; left: ` +
	    `${slots.containers_left} containers, ` +
	    `${slots.processes_left} processes`);
}

function
print_rest({ refusals, memory, left_out })
{
	console.log(`\nrefusals when the queue is full: ` +
	    `${number(refusals.refusals_a_second, 0)} a second, p50 ` +
	    `${number(refusals.p50)} ms, p99 ${number(refusals.p99)} ms, ` +
	    `CPU ${number(refusals.cpu_ms, 3)} ms each`);
	console.log(`memory (PSS), KiB: sced ${memory.sced}, ` +
	    `${memory.responder_count} responders ${memory.responders}, a ` +
	    `waiting sandbox ${number(memory.slot_inside, 0)} and Docker's ` +
	    `shim for it ${number(memory.slot_shim, 0)}; ` +
	    `${memory.other_containers} other containers ${memory.others}`);
	for (const line of left_out)
		console.log(`left out: ${line}`);
}

function
print_criteria({ criteria })
{
	const words = { true: 'met', false: 'NOT met', null: 'not measured' };

	table(['must show', 'is', '', 'limit', ''], criteria.map((c) =>
		[c.name, number(c.value, 3), c.bound, number(c.limit, 3),
			words[c.met]]));
}

function
print_report(result)
{
	print_latency(result);
	print_throughput(result);
	print_growth(result);
	print_rest(result);
	print_criteria(result);
}

export { print_report, NAMES };
