// SPDX-License-Identifier: MIT
/* This module owns the sentences about a run, and the form of numbers in them. */

/* A duration as people read it. */
function duration(ms) {
	if (ms < 0.05)
		return "0 ms";
	if (ms < 9.95)
		return `${ms.toFixed(1)} ms`;
	return ms < 999.5 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/* A number with its thousands apart. */
export const number = (n) => n.toLocaleString("en");
/* The length in characters, as the service counts them, not in UTF-16 units. */
export const lengthOf = (text) => {
	let count = 0;
	for (const _ of text)
		count++;
	return count;
};

/* value is that of a Retry-After header, or null. */
export function retrySentence(value) {
	if (value === null)
		return "";
	if (!/^\d+$/.test(value))
		return ` Try again after ${value}.`;
	return ` Try again in ${value} second${value === "1" ? "" : "s"}.`;
}

/* True for the service's verdict on a program, not for text of the program. */
export function isVerdict(error) {
	return /^((Execution|Compilation) timed out after [\d.]+ seconds?|Memory limit exceeded \(\d+ MB\)|(Program|Compiler) (exited with status \d+|killed by signal \w+))$/
	    .test(error);
}

/* True for the result of a program that failed. */
export const hasFailed = ({ error, exit_code, signal } = {}) =>
    error !== undefined || exit_code !== undefined || signal !== undefined;

/* For a program that did not compile. */
function compilerSentence({ error, exit_code, signal }) {
	const ending = signal !== undefined ? `was killed by signal ${signal}` :
	    exit_code !== undefined ? `ended with exit code ${exit_code}` : null;
	return `${ending === null ? error : `The compiler ${ending}`}. ` +
	    "The program has not run.";
}

export function endingSentence(result, printed) {
	const { error } = result;
	if (result.stage === "compile")
		return compilerSentence(result);
	if (result.signal !== undefined)
		return `Killed by signal ${result.signal}.`;
	if (error?.startsWith("Execution timed out"))
		return `${error}. What it had printed is kept.`;
	if (isVerdict(error) && result.exit_code === undefined)
		return `${error}.`;
	if (result.exit_code !== undefined)
		return `Ended with exit code ${result.exit_code}.`;
	return printed ? "Finished." : "Finished without any output.";
}

export function filesSentence(count) {
	if (count === 0)
		return "";
	return count === 1 ? " It made a file." : ` It made ${count} files.`;
}

export function truncationSentence(streams = []) {
	const names = { stdout: "standard output", stderr: "standard error" };
	const cut = streams.filter((name) => name !== "files")
	    .map((name) => names[name] ?? name).join(" and ");
	return (cut === "" ? "" :
	    ` Only the beginning of ${cut} is shown; the rest was discarded.`) +
	    (streams.includes("files") ? " Not all of its files are here." : "");
}

export function factsSentence(result, timing, elapsedMs) {
	const facts = [];
	if (result && !hasFailed(result))
		facts.push("exit code 0");
	facts.push(timing.run_ms === undefined ?
	    `${duration(elapsedMs)} in all` : `ran ${duration(timing.run_ms)}`);
	if (timing.queue_ms !== undefined)
		facts.push(`waited ${duration(timing.queue_ms)}`);
	return facts.join(" · ");
}
