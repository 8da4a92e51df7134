/* SPDX-License-Identifier: MIT */
/* executions.log against what clients were answered. */
const SHOWN = 10;

/* ran: id -> client, of all runs that were answered. What was cancelled may
 * have run, too; its client can not know. */
function
check_log(own, ran)
{
	const seen = new Map();
	const problems = [];

	for (const entry of own.log_entries()) {
		if (seen.has(entry.id))
			problems.push(`${entry.id} twice`);
		seen.set(entry.id, entry);
	}
	for (const [id, client] of ran) {
		if (!seen.has(id))
			problems.push(`${id} is missing`);
		else if (seen.get(id).client !== client)
			problems.push(`${id} came from ${client}, not from ` +
			    `${seen.get(id).client}`);
	}
	return problems.slice(0, SHOWN);
}

export { check_log };
