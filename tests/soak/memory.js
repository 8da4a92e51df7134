/* SPDX-License-Identifier: MIT */
/* Memory of sced and of its responders over time: it has to stay flat. */
import fs from 'node:fs';

const SAMPLES = 200;
const SAMPLE_EVERY_MS_MIN = 500;
/* From the first quarter to the last: this share, or so much if that is more.
 * A responder keeps its buffers, up to 1 MiB once it has used all of them, and
 * one or another may get its first large request late. */
const GROWTH_SHARE = 0.1;
const GROWTH_KIB = { sced: 256, responders: 1024 };

/* Shared pages count in parts; 0 for a process that has just ended. */
function
pss_kib(pid)
{
	try {
		const text = fs.readFileSync(`/proc/${pid}/smaps_rollup`,
		    'utf8');

		return Number(text.match(/^Pss:\s+(\d+) kB$/m)[1]);
	} catch {
		return 0;
	}
}

function
mean(numbers)
{
	return numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
}

class Memory {
	constructor(own, duration_ms)
	{
		this.pids = { sced: [own.sced_pid()],
			responders: own.responders() };
		this.samples = { sced: [], responders: [] };
		this.every_ms = Math.max(SAMPLE_EVERY_MS_MIN,
		    duration_ms / SAMPLES);
	}

	start()
	{
		this.timer = setInterval(() => this.sample(), this.every_ms);
	}

	stop()
	{
		clearInterval(this.timer);
	}

	sample()
	{
		for (const [name, pids] of Object.entries(this.pids)) {
			this.samples[name].push(pids.reduce((sum, pid) =>
				sum + pss_kib(pid), 0));
		}
	}

	line()
	{
		return Object.entries(this.samples).map(([name, kib]) =>
			`${name} ${((kib.at(-1) ?? 0) / 1024).toFixed(1)} MiB`)
		    .join(', ');
	}

	/* { name, first, last: KiB, flat } of each. */
	verdicts()
	{
		return Object.entries(this.samples).map(([name, kib]) => {
			const quarter = Math.ceil(kib.length / 4);
			const first = mean(kib.slice(0, quarter));
			const last = mean(kib.slice(-quarter));

			return { name, first, last, flat: last - first <=
			    Math.max(GROWTH_KIB[name], first * GROWTH_SHARE) };
		});
	}
}

export { Memory };
