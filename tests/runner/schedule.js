/* SPDX-License-Identifier: MIT */
/*
 * Which job is next, what does not fit into the time, and how much is left.
 * Pure: time is an argument, in seconds since the run began.
 *
 * Jobs are begun in their order; one that cannot begin yet, because what it
 * uses is in use, lets those behind it pass. Nothing passes one that is to be
 * alone.
 */
import { EXCLUSIVE } from './plan.js';

/* Seconds for which the machine's own measure counts beside what jobs took. */
const TRUST = 60;

function
conflict(one, other)
{
	return one.uses.includes('alone') || other.uses.includes('alone') ||
	    one.uses.some((use) => EXCLUSIVE.includes(use) &&
		other.uses.includes(use));
}

class Schedule {
	/*
	 * factor: how much slower than that of plan.txt this machine seems.
	 * budget: seconds; a job that would not end by then is left out, and
	 * so is what needs it.
	 */
	constructor(jobs, { lanes, factor, budget = Infinity })
	{
		this.lanes = lanes;
		this.factor = factor;
		this.budget = budget;
		this.waiting = [...jobs];
		this.running = new Map();
		this.passed = new Set();
		this.no_time = [];
		this.not_run = [];
		this.took = { expected: 0, measured: 0 };
	}

	copy()
	{
		const copy = Object.create(Schedule.prototype);

		return Object.assign(copy, this, {
			waiting: [...this.waiting], running: new Map(this.running),
			passed: new Set(this.passed), no_time: [], not_run: [],
			took: { ...this.took },
		});
	}

	/* What the machine's measure said at first, and jobs say more and more. */
	slowness()
	{
		return (this.took.measured + TRUST * this.factor) /
		    (this.took.expected + TRUST);
	}

	expected(job)
	{
		return job.seconds * this.slowness();
	}

	/* Those whose needs cannot be met any more: for time, or for a failure. */
	drop_hopeless()
	{
		const pending = new Set([...this.waiting, ...this.running.keys()]
		    .map(({ name }) => name));
		const job = this.waiting.find(({ needs }) =>
			needs.some((need) => !this.passed.has(need) &&
			    !pending.has(need)));

		if (job === undefined)
			return;
		this.remove(job);
		if (this.no_time.some(({ name }) => job.needs.includes(name)))
			this.no_time.push(job);
		else
			this.not_run.push(job);
		this.drop_hopeless();
	}

	fits(job, now)
	{
		return now + this.expected(job) <= this.budget;
	}

	is_kept_out(job)
	{
		return [...this.running.keys()].some((other) =>
			conflict(job, other));
	}

	/* A job to begin now, which counts as begun; null: none. */
	next(now)
	{
		this.drop_hopeless();
		if (this.running.size >= this.lanes)
			return null;
		for (const job of this.waiting) {
			if (!this.fits(job, now)) {
				this.remove(job);
				this.no_time.push(job);
				return this.next(now);
			}
			const waits = job.needs.some((need) =>
				!this.passed.has(need));

			if (!waits && !this.is_kept_out(job)) {
				this.remove(job);
				this.running.set(job, now);
				return job;
			}
			if (!waits && job.uses.includes('alone'))
				return null;
		}
		return null;
	}

	remove(job)
	{
		this.waiting = this.waiting.filter((other) => other !== job);
	}

	/* It took seconds; whether others may build on it. */
	ended(job, now, passed)
	{
		this.took.expected += job.seconds;
		this.took.measured += now - this.running.get(job);
		this.running.delete(job);
		if (passed)
			this.passed.add(job.name);
	}

	/* Seconds until all is done, if all takes as long as is expected. */
	left(now)
	{
		const rehearsal = this.copy();
		const slowness = this.slowness();
		let time = now;

		/* As it is expected now; the rehearsal learns nothing. */
		rehearsal.slowness = () => slowness;
		for (;;) {
			while (rehearsal.next(time) !== null)
				;
			if (rehearsal.running.size === 0)
				return time - now;
			const [[job, end]] = [...rehearsal.running]
			    .map(([each, begun]) => [each, Math.max(time,
				begun + rehearsal.expected(each))])
			    .sort(([, a], [, b]) => a - b);

			time = end;
			rehearsal.ended(job, time, true);
		}
	}
}

export { Schedule };
