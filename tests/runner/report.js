/* SPDX-License-Identifier: MIT */
/* What a run says of each job, and of what is left. */

/* "4 s", "2 min 5 s" */
function
duration(seconds)
{
	const whole = Math.round(seconds);

	if (whole < 60)
		return `${whole} s`;
	return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/* About so much: nobody knows it to the second. */
function
left_text(seconds)
{
	if (seconds === 0)
		return 'the last one';
	if (seconds < 55)
		return `about ${Math.ceil(seconds / 10) * 10} s left`;
	return `about ${Math.ceil(seconds / 60)} min left`;
}

/* name: of the job; result: as of run_job; left: seconds. */
function
job_line({ name }, { passed, why }, seconds, left)
{
	const outcome = why === null ? `${passed} passed` : why;

	return `${why === null ? 'ok    ' : 'not ok'} ${name.padEnd(44)} ` +
	    `${outcome.padEnd(12)} ${duration(seconds).padStart(10)}   ` +
	    `(${left_text(left)})`;
}

export { duration, job_line };
