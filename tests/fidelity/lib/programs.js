/* SPDX-License-Identifier: MIT */
/*
 * All tables as one: a map from "table: name" to { code, stdin, killed }, and
 * which of them are heavy: their children are interpreters from the start.
 */
import endings from '../programs/endings.js';
import library from '../programs/library.js';
import names from '../programs/names.js';
import processes from '../programs/processes.js';
import streams from '../programs/streams.js';
import syntax from '../programs/syntax.js';
import system from '../programs/system.js';
import tracebacks from '../programs/tracebacks.js';

const TABLES = { tracebacks, syntax, endings, streams, names, processes,
	system, library };

const PROGRAMS = new Map(Object.entries(TABLES).flatMap(([table, programs]) =>
	Object.entries(programs).map(([name, program]) => [`${table}: ${name}`,
		typeof program === 'string' ? { code: program } : program])));

const HEAVY = /\b(spawn|forkserver|Manager)\b|sys\.executable/;

function
is_heavy({ code })
{
	return HEAVY.test(code);
}

export { PROGRAMS, is_heavy };
