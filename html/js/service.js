// SPDX-License-Identifier: MIT
/* This module owns what is sent to the service, and the reading of its answers. */
import { isVerdict, retrySentence } from "./sentences.js";
import { EventParser } from "./sse.js";

/* The service answers or gives up long before; this is for a dead network. */
const ANSWER_MS_MAX = 60000;
/* Both streams at their limit of 64 KiB, each byte a \u escape, files of 1 MiB
 * as base64, and more. */
const ANSWER_BYTES_MAX = 4 << 20;

function parseObject(text) {
	try {
		const value = JSON.parse(text);
		return typeof value === "object" ? value : null;
	} catch {
		return null; /* not ours, or the end is missing */
	}
}

/* Server-Timing: queue;dur=0.3, run;dur=41.8 */
function readTiming(headers) {
	const timing = {};
	for (const [, name, ms] of (headers.get("Server-Timing") ?? "")
	    .matchAll(/(queue|run);dur=([\d.]+)/g))
		timing[`${name}_ms`] = Number(ms);
	return timing;
}

function refusal(answer, body) {
	const sentence = typeof body?.error === "string" ? body.error :
	    "The answer is not one that this page understands.";
	return { service: `${sentence} (HTTP status ${answer.status})` +
	    retrySentence(answer.headers.get("Retry-After")) };
}

/* The texts in a result: all of an answer that is not live, and always those of
 * a compiler. A sentence of the service is not the program's. */
function takeTexts({ output = "", stderr, error }, onText) {
	onText("stdout", output);
	if (stderr !== undefined)
		onText("stderr", stderr);
	else if (error !== undefined && !isVerdict(error))
		onText("stderr", error);
}

/* The whole answer at once: a refusal, or a service without live output. */
async function readWhole(answer, onText) {
	const body = parseObject(await answer.text());
	if (answer.status !== 200 || (typeof body?.output !== "string" &&
	    typeof body?.error !== "string"))
		return refusal(answer, body);
	takeTexts(body, onText);
	return { result: body, timing: readTiming(answer.headers) };
}

/* One event of a live answer; outcome gets its timing and its result. */
function takeEvent({ type, data }, outcome, onText) {
	const value = parseObject(data) ?? {};
	if (type === "stdout" || type === "stderr")
		onText(type, String(value.text ?? ""));
	else if (type === "timing")
		outcome.timing = value;
	else if (type === "result")
		outcome.result = value;
}

async function readLive(answer, onText) {
	const outcome = { timing: readTiming(answer.headers) };
	const parser = new EventParser();
	const reader = answer.body.getReader();
	let bytes = 0;
	while (outcome.result === undefined) {
		const { done, value } = await reader.read();
		bytes += value?.length ?? 0;
		if (done || bytes > ANSWER_BYTES_MAX)
			break;
		for (const event of parser.push(value))
			takeEvent(event, outcome, onText);
	}
	reader.cancel().catch(() => {});
	const { result } = outcome;
	if (result === undefined)
		outcome.service = "The connection ended before the result " +
		    "came; the program may have run in part.";
	else if (result.error !== undefined && !isVerdict(result.error) &&
	    result.exit_code === undefined && result.signal === undefined)
		outcome.service = result.error; /* its sandbox failed */
	else if (result.stage === "compile")
		takeTexts(result, onText);
	return outcome;
}

function isLive(answer) {
	return answer.status === 200 && /^text\/event-stream\b/i.test(
	    answer.headers.get("Content-Type") ?? "");
}

/*
 * Sends a program, body, and returns { result, timing }, { service: sentence }
 * or { stopped: true }. It never rejects: no answer is an answer, too. Aborting
 * control with "stop" closes the connection, and this stops the program.
 * onBegin() is called when the program has begun, if the service says so,
 * onText(stream, text) for each text of the streams "stdout" and "stderr".
 */
export async function askService(body, control, { onBegin, onText }) {
	const timer = setTimeout(() => control.abort("late"), ANSWER_MS_MAX);
	try {
		const answer = await fetch("run", {
			method: "POST",
			headers: { "Content-Type": "application/json",
				Accept: "text/event-stream" },
			body: JSON.stringify(body),
			signal: control.signal,
		});
		if (!isLive(answer))
			return await readWhole(answer, onText);
		onBegin();
		return await readLive(answer, onText);
	} catch {
		if (control.signal.reason === "stop")
			return { stopped: true };
		const what = control.signal.aborted ?
		    `No answer within ${ANSWER_MS_MAX / 1000} seconds.` :
		    "The service could not be reached, or broke off.";
		return { service: `${what} Check the connection and try again.` };
	} finally {
		clearTimeout(timer);
	}
}

/* Returns the rows of api/v2/runtimes, or none if the service does not say. */
export async function fetchLanguages() {
	try {
		const rows = await (await fetch("api/v2/runtimes")).json();
		return Array.isArray(rows) ? rows : [];
	} catch {
		return [];
	}
}
