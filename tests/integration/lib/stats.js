/* SPDX-License-Identifier: MIT */
/* What many measurements say. */

/* Of sorted numbers, the one that this share of them does not exceed. */
function
percentile(sorted, share)
{
	return sorted[Math.max(0, Math.min(sorted.length - 1,
	    Math.ceil(sorted.length * share) - 1))];
}

function
sorted(numbers)
{
	return [...numbers].sort((a, b) => a - b);
}

function
median(numbers)
{
	return percentile(sorted(numbers), 0.5);
}

export { percentile, sorted, median };
