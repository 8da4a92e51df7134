/* SPDX-License-Identifier: MIT */
/*
 * The hostile programs: what is in the folders beside this one, and what the
 * comments at the head of each say of it.
 *
 *   # attack: what it tries          # protection: what stands against it
 *   # expect: the answer's JSON; a string "/.../" is a pattern for all of it,
 *     or for the JSON of what is no string
 *   # timeout: seconds, more of them on a slow machine, in expect, too
 *   # stdin: a JSON string
 *   # returns: files                 are part of the answer
 *   # times: how often it is run     # raw: a pattern for the answer's text
 *   # nasty: yes                     the service is looked at right after it
 *   # needs: landlock N              what the kernel must have
 *   # residual: what it learns       known and not prevented; BREACH expected
 *   # distinct: a member             in which the two of a pair must differ
 *   # default: breach | held | varies, why | skipped, why
 *                                    what it finds under Docker's own flags
 *
 * NAME.a.py and NAME.b.py are run at the same time; the head of a counts.
 * They and the nasty ones are run alone.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { SLOWNESS } from '../../integration/lib/wait.js';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const GROUPS = ['escape', 'information', 'resources', 'persistence', 'forging',
	'neighbours'];
const KEYS = ['attack', 'protection', 'expect', 'timeout', 'stdin', 'returns',
	'times', 'raw', 'nasty', 'needs', 'residual', 'distinct', 'default'];
/* Long enough for a program that ends by itself on a busy machine, and as much
 * as a request may ask for. */
const TIMEOUT_S = 10;

function
read_head(file, text)
{
	const head = {};

	for (const line of text.split('\n')) {
		const match = line.match(/^# ([a-z]+): (.*)$/);

		if (!line.startsWith('#'))
			break;
		if (match === null)
			continue;
		if (!KEYS.includes(match[1]) || match[1] in head)
			throw new Error(`${file}: ${match[1]} in its head`);
		head[match[1]] = match[2];
	}
	if (head.expect === undefined)
		throw new Error(`${file} does not say what to expect`);
	return head;
}

/* What a program needs to do its deed before its end, in tenths of a second. */
function
lasting(seconds)
{
	return Math.min(TIMEOUT_S, Math.ceil(seconds * SLOWNESS * 10) / 10);
}

function
timed_out(seconds)
{
	return `"Execution timed out after ${seconds} ` +
	    `second${seconds === 1 ? '' : 's'}"`;
}

function
read_part(file)
{
	const code = fs.readFileSync(file, 'utf8');
	const head = read_head(file, code);
	const asked = Number(head.timeout ?? TIMEOUT_S);
	const timeout = lasting(asked);

	return {
		file,
		code,
		head,
		expect: JSON.parse(head.expect
		    .replace(timed_out(asked), timed_out(timeout))),
		members: {
			timeout,
			...head.stdin && { stdin: JSON.parse(head.stdin) },
			...head.returns === 'files' && { return_files: true },
		},
	};
}

/* "varies, why" as { kind, why } */
function
read_default(file, text = '')
{
	const match = text.match(/^(breach|held|varies|skipped)(?:, (.+))?$/);

	if (match === null || (/^[vs]/.test(match[1]) && !match[2]))
		throw new Error(`${file}: what is its default?`);
	return { kind: match[1], why: match[2] };
}

function
read_attack(group, name, files)
{
	const parts = files.map(read_part);
	const [{ file, head }] = parts;

	if (!head.attack || !head.protection)
		throw new Error(`${file}: attack or protection is missing`);
	return {
		group,
		name,
		parts,
		attack: head.attack,
		protection: head.protection,
		times: Number(head.times ?? 1),
		nasty: head.nasty === 'yes',
		alone: head.nasty === 'yes' || parts.length > 1,
		landlock: Number(head.needs?.match(/^landlock (\d+)$/)[1] ?? 0),
		residual: head.residual,
		distinct: head.distinct,
		by_default: read_default(file, head.default),
	};
}

function
read_group(group)
{
	const folder = path.join(HERE, group);
	const by_name = new Map();

	for (const file of fs.readdirSync(folder).sort()) {
		const match = file.match(/^(cannot_\w+)(\.[ab])?\.py$/);

		if (match === null)
			throw new Error(`${folder}/${file} is no attack`);
		by_name.set(match[1], [...by_name.get(match[1]) ?? [],
			path.join(folder, file)]);
	}
	return [...by_name].map(([name, files]) =>
		read_attack(group, name, files));
}

/* All of them, in the order of their groups. */
function
attacks()
{
	return GROUPS.flatMap(read_group);
}

/* cannot_fork_for_ever -> fork for ever */
function
title(attack)
{
	return attack.name.replace(/^cannot_/, '').replaceAll('_', ' ');
}

export { attacks, title, GROUPS };
