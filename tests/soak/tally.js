/* SPDX-License-Identifier: MIT */
/* What became of all requests: counts, times, and what was wrong. */
import { percentile, sorted } from '../integration/lib/stats.js';

const OUTCOMES = ['answered', 'refused', 'cancelled', 'wrong'];
const SHOWN_WRONG = 20;
const SHOWN_CHARACTERS = 600;

class Tally {
	constructor()
	{
		this.kinds = new Map();
		this.total = { answered: 0, refused: 0, cancelled: 0, wrong: 0 };
		this.runs = 0;
		this.ran = new Map(); /* id -> client, of answered runs */
		this.wrong = [];
	}

	kind(name)
	{
		if (!this.kinds.has(name))
			this.kinds.set(name, { answered: 0, refused: 0,
				cancelled: 0, wrong: 0, times: [] });
		return this.kinds.get(name);
	}

	/* Has anything but a refusal come of it? */
	was_tried(name)
	{
		const { answered, cancelled, wrong } = this.kind(name);

		return answered + cancelled + wrong > 0;
	}

	add({ name, runs }, context, outcome, took_ms)
	{
		const kind = this.kind(name);

		kind[outcome]++;
		this.total[outcome]++;
		if (outcome !== 'answered')
			return;
		kind.times.push(took_ms);
		if (runs) {
			this.runs++;
			this.ran.set(context.id, context.from);
		}
	}

	add_wrong(act, context, error)
	{
		const text = String(error.stack ?? error)
		    .slice(0, SHOWN_CHARACTERS);

		this.add(act, context, 'wrong', 0);
		if (this.wrong.length < SHOWN_WRONG)
			this.wrong.push(`${act.name}, ${context.id}: ${text}`);
	}

	line()
	{
		return OUTCOMES.map((name) => `${this.total[name]} ${name}`)
		    .join(', ');
	}

	/* One line a kind, milliseconds. */
	table()
	{
		const row = (cells) => cells.map((cell, i) =>
			i === 0 ? String(cell).padEnd(26) :
			    String(cell).padStart(10)).join('');
		const times = (kind) => [0.5, 0.95, 0.99].map((share) =>
			kind.times.length === 0 ? '-' : percentile(
			    sorted(kind.times), share).toFixed(1));
		const all = { ...this.total, times: [...this.kinds.values()]
		    .flatMap((kind) => kind.times) };

		return [
			row(['', ...OUTCOMES, 'p50 ms', 'p95 ms', 'p99 ms']),
			...[...this.kinds].sort().concat([['all', all]])
			    .map(([name, kind]) => row([name,
				...OUTCOMES.map((outcome) => kind[outcome]),
				...times(kind)])),
		].join('\n');
	}
}

export { Tally };
