/* SPDX-License-Identifier: MIT */
/* Numbers that come in the same order for the same seed: mulberry32. */
class Random {
	constructor(seed)
	{
		this.state = seed >>> 0;
	}

	/* A whole number, 0 to n - 1. */
	below(n)
	{
		this.state = (this.state + 0x6d2b79f5) >>> 0;
		let t = this.state;

		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return Math.floor(((t ^ (t >>> 14)) >>> 0) / 2 ** 32 * n);
	}

	/* Fisher and Yates. */
	shuffled(list)
	{
		const all = [...list];

		for (let i = all.length - 1; i > 0; i--) {
			const j = this.below(i + 1);

			[all[i], all[j]] = [all[j], all[i]];
		}
		return all;
	}
}

export { Random };
