/* SPDX-License-Identifier: MIT */
/* Memory as the kernel attributes it: shared pages in parts. */
import { docker, inspect } from '../../integration/lib/docker.js';
import { command_line, pids, status_field } from
    '../../integration/lib/proc.js';
import { pss_kib } from './machine.js';

function
sum(numbers)
{
	return numbers.reduce((all, n) => all + n, 0);
}

function
children_of(parent)
{
	return pids().filter((pid) =>
		Number(status_field(pid, 'PPid')) === parent);
}

/* The guest, the interpreter, and the shim that Docker keeps beside them. */
function
slot_kib({ Id, State })
{
	const shim = pids().filter((pid) => command_line(pid)
	    .some((word) => word === Id));
	const inside = [State.Pid, ...children_of(State.Pid)];

	return { inside: sum(inside.map(pss_kib)),
		shim: sum(shim.map(pss_kib)) };
}

/* KiB. */
function
measure_memory(own)
{
	const all = inspect(docker('ps', '-q', '--filter',
	    `label=sce.instance=${own.run_dir}`).split('\n'));
	const is_slot = ({ Config }) => Config.Labels['sce.slot'] !== undefined;
	const slots = all.filter(is_slot).map(slot_kib);
	const others = all.filter((one) => !is_slot(one)).map(slot_kib);
	const responders = own.responders();
	const mean = (part) => sum(slots.map((s) => s[part])) / slots.length;

	return { sced: pss_kib(own.sced_pid()),
		responders: sum(responders.map(pss_kib)),
		responder_count: responders.length,
		slot_inside: mean('inside'), slot_shim: mean('shim'),
		/* Whatever else the instance keeps in containers. */
		other_containers: others.length,
		others: sum(others.map((o) => o.inside + o.shim)) };
}

export { measure_memory };
