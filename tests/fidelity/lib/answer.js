/* SPDX-License-Identifier: MIT */
/* The contract: from what a program did to the members of its answer. */
import os from 'node:os';

/* Invalid UTF-8 is replaced, and a byte order mark is a character. */
function
text_of(bytes)
{
	return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
	    .replace(/\n+$/, '');
}

/* What docker run exits with when a signal ended the program. */
function
status_of_signal(name)
{
	return 128 + (os.constants.signals[name] ?? Number(name));
}

/* killed: the signal, as the status alone does not tell it from an exit. */
function
expected_answer({ stdout, stderr, status }, killed)
{
	const output = text_of(stdout);
	const complaint = text_of(stderr);
	const failed = status !== 0;
	const answer = {};

	if (!failed || output !== '')
		answer.output = output;
	if (killed !== undefined && status === status_of_signal(killed))
		answer.error = `Program killed by signal ${killed}`;
	else if (failed && complaint === '')
		answer.error = `Program exited with status ${status}`;
	else if (failed)
		answer.error = complaint;
	if (complaint !== '' && answer.error !== complaint)
		answer.stderr = complaint;
	if (killed !== undefined && status === status_of_signal(killed))
		answer.signal = killed;
	else if (failed)
		answer.exit_code = status;
	return answer;
}

export { expected_answer };
