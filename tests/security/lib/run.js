/* SPDX-License-Identifier: MIT */
/* Runs attacks through POST /run and judges the answers. */
import { health, post_run } from '../../integration/lib/http.js';
import { wait_for } from '../../integration/lib/wait.js';

/* How much of an answer is worth showing, and reporting. */
const SHOWN_CHARACTERS = 300;
const REPORTED_CHARACTERS = 2000;

function
matches(found, expected)
{
	const text = typeof found === 'string' ? found : JSON.stringify(found);

	if (typeof expected === 'string' && text !== undefined &&
	    /^\/.*\/$/s.test(expected))
		return new RegExp(`^(?:${expected.slice(1, -1)})$`).test(text);
	return JSON.stringify(found) === JSON.stringify(expected);
}

/* Null, or what is wrong. Members that nobody expects are wrong, too. */
function
judge(answer, part)
{
	const shown = answer.text.slice(0, SHOWN_CHARACTERS).trimEnd();
	const { raw } = part.head;

	if (answer.status !== 200)
		return `answered ${answer.status}: ${shown}`;
	const found = answer.json;

	for (const key of new Set([...Object.keys(found),
		...Object.keys(part.expect)])) {
		if (!matches(found[key], part.expect[key]))
			return `${key} is not as expected: ${shown}`;
	}
	if (raw !== undefined && !new RegExp(`^${raw}$`).test(answer.text))
		return `the answer's bytes are not ${raw}: ${shown}`;
	return null;
}

async function
run_once(attack, base)
{
	/* Neighbours must not wait for one another, or they never meet. */
	if (attack.parts.length > 1) {
		await wait_for('sandbox for each neighbour', async () =>
			(await health(base)).ready >= attack.parts.length);
	}
	const answers = await Promise.all(attack.parts.map((part) =>
		post_run({ code: part.code, ...part.members }, { base })));
	const wrong = answers.map((answer, i) => judge(answer, attack.parts[i]))
	    .find((text) => text !== null);
	const member = attack.distinct;

	const answer = answers[0].text.slice(0, REPORTED_CHARACTERS);

	if (wrong !== undefined)
		return { answer, why: wrong };
	if (member && answers[0].json[member] === answers[1].json[member])
		return { answer, why: `both have one ${member}: ${answer}` };
	return { answer, why: null };
}

/*
 * { held, why, answer, ms }: why is what went wrong, null if nothing did; the
 * answer is the beginning of the last one, ms the time of the slowest.
 */
async function
run_attack(attack, base)
{
	let last = { why: null };
	let ms = 0;

	for (let i = 0; i < attack.times && last.why === null; i++) {
		const start = performance.now();

		last = await run_once(attack, base);
		ms = Math.max(ms, performance.now() - start);
	}
	return { ...last, held: last.why === null, ms };
}

/* A breach that the program itself has told of, not some other failure. */
function
is_reported(result)
{
	return result.why?.includes('BREACH: ') ?? false;
}

/* Calls work for each of the items, at most width at once. */
async function
in_parallel(width, items, work)
{
	const left = [...items];

	await Promise.all(Array.from({ length: width }, async () => {
		while (left.length > 0)
			await work(left.shift());
	}));
}

export { run_attack, is_reported, in_parallel };
