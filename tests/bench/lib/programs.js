/* SPDX-License-Identifier: MIT */
/* What is run, and what has to be answered. */
const OUTPUT_CAP = 65536;
const PYTHON = '/usr/bin/python3.11';
/* What a program finds in a sandbox. */
const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/box',
	USER: 'sandbox', LANG: 'C.UTF-8' };
const MODULES = ['json', 're', 'math', 'random', 'datetime', 'collections',
	'typing', 'dataclasses', 'statistics', 'decimal'];

function
answer_of(members)
{
	return `${JSON.stringify(members)}\n`;
}

const HI = { code: "print('hi')", output: 'hi\n',
	answer: answer_of({ output: 'hi' }) };
const IMPORTS = { ...HI,
	code: `import ${MODULES.join(', ')}\nprint('hi')` };
const SLEEP = { ...HI, code: 'import time\ntime.sleep(10)',
	members: { timeout: 10 } };

/* Writes so many bytes; what is above the cap is cut off. */
function
writing(bytes)
{
	const kept = Math.min(bytes, OUTPUT_CAP);
	const members = { output: 'x'.repeat(kept) };

	if (bytes > OUTPUT_CAP)
		members.truncated = ['stdout'];
	return { code: `import sys\nsys.stdout.write('x' * ${bytes})`,
		answer: answer_of(members) };
}

/* So many characters of statements. */
function
as_long_as(characters)
{
	const rest = characters - HI.code.length - 1;
	const line = 'x = 1 + 2\n';

	return { ...HI, code: line.repeat(Math.floor(rest / line.length)) +
	    `${'#'.repeat(rest % line.length)}\n${HI.code}` };
}

export { PYTHON, ENVIRONMENT, MODULES, OUTPUT_CAP, HI, IMPORTS, SLEEP, writing,
	as_long_as };
