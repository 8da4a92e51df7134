/* SPDX-License-Identifier: MIT */
/* What image/seccomp.json and the guest's strict filter say of a call. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { ROOT } from '../../../integration/lib/instance.js';

const EPERM = 1;
const ENOSYS = 38;
const ERRNOS = { EPERM, ENOSYS, ENOTSUP: 95 };
const ALL_BITS = (1n << 64n) - 1n;

/* 64-bit values are more than a number can hold: they become BigInt. */
function
read_profile()
{
	const text = fs.readFileSync(
	    path.join(ROOT, 'fcgi/image/seccomp.json'), 'utf8');

	return JSON.parse(text.replace(
	    /("value(?:Two)?":\s*)(\d+)/g, '$1"$2"'));
}

function
condition_holds({ index, op, value, valueTwo }, args)
{
	const arg = args[index] & ALL_BITS;

	if (op === 'SCMP_CMP_EQ')
		return arg === BigInt(value);
	if (op === 'SCMP_CMP_MASKED_EQ')
		return (arg & BigInt(value)) === BigInt(valueTwo);
	throw new Error(`a rule compares by ${op}: allow and EQ only`);
}

function
rule_matches(rule, name, args)
{
	return rule.names.includes(name) &&
	    (rule.args ?? []).every((c) => condition_holds(c, args));
}

/* 0: let through, else the errno. */
function
profile_verdict(profile, name, args)
{
	const rules = profile.syscalls.filter((r) =>
		rule_matches(r, name, args));

	if (rules.some((r) => r.action === 'SCMP_ACT_ALLOW'))
		return 0;
	return rules[0]?.errnoRet ?? profile.defaultErrnoRet;
}

/* { allowed, ruled, denied: name -> errno } */
function
read_strict()
{
	const text = fs.readFileSync(
	    path.join(ROOT, 'fcgi/guest/confine/table.inc'), 'utf8');
	const all = (pattern) => [...text.matchAll(pattern)];

	return {
		allowed: all(/\bALLOW\((\w+)\)/g).map((m) => m[1]),
		ruled: all(/\bRULE\((\w+),/g).map((m) => m[1]),
		denied: new Map(all(/\bDENY\((\w+), (\w+)\)/g).map((m) =>
			[m[1], ERRNOS[m[2]]])),
	};
}

/* The numbers of this machine's calls, as the compiler's headers have them. */
function
read_numbers()
{
	const text = execFileSync(process.env.CC ?? 'cc',
	    ['-E', '-dM', '-include', 'sys/syscall.h', '-x', 'c', '/dev/null'],
	    { encoding: 'utf8' });

	return new Map([...text.matchAll(/^#define __NR_(\w+) (\d+)$/gm)]
	    .map((m) => [m[1], Number(m[2])]));
}

export {
	EPERM, ENOSYS, profile_verdict, read_numbers, read_profile, read_strict,
	rule_matches,
};
