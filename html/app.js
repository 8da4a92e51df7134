// SPDX-License-Identifier: MIT
/*
 * The page's only script: sends the program to /run and shows the answer.
 * Whatever came from a program or from the service is put in as text, never
 * as markup. What a program did wrong and what the service did wrong are two
 * different things, and are shown in two different places.
 */

/* The service answers or gives up long before; this is for a dead network. */
const ANSWER_MS_MAX = 60000;

const element = (id) => document.getElementById(id);
const seconds = (ms, digits) => `${(ms / 1000).toFixed(digits)} s`;

/* The page's one mutable fact: a program is on its way. */
let running = false;

function requestBody() {
	const body = { code: element("code").value };
	const stdin = element("stdin").value;
	if (stdin !== "")
		body.stdin = stdin;
	return JSON.stringify(body);
}

function isResult(body) {
	return typeof body?.output === "string" ||
	    typeof body?.error === "string";
}

function retrySentence(value) {
	if (value === null)
		return "";
	if (!/^\d+$/.test(value))
		return ` Try again after ${value}.`;
	return ` Try again in ${value} second${value === "1" ? "" : "s"}.`;
}

/* An answer -> { result } or { service: sentence }. */
function readAnswer(status, retryAfter, text) {
	let body = null;
	try {
		body = JSON.parse(text);
	} catch {
		/* Not ours: a proxy's page, or the end is missing. */
	}
	if (status === 200 && isResult(body))
		return { result: body };
	const sentence = typeof body?.error === "string" ? body.error :
	    "The answer is not one that this page understands.";
	return { service: `${sentence} (HTTP status ${status})` +
	    retrySentence(retryAfter) };
}

/* Sends the program. Never rejects: no answer is an answer too. */
async function askService() {
	const control = new AbortController();
	const timer = setTimeout(() => control.abort(), ANSWER_MS_MAX);
	try {
		const answer = await fetch("run", {
			method: "POST",
			headers: { "Content-Type": "application/json" },
			body: requestBody(),
			signal: control.signal,
		});
		return readAnswer(answer.status,
		    answer.headers.get("Retry-After"), await answer.text());
	} catch {
		const what = control.signal.aborted ?
		    `No answer within ${ANSWER_MS_MAX / 1000} seconds.` :
		    "The service could not be reached, or broke off.";
		return { service: `${what} Check the connection and try again.` };
	} finally {
		clearTimeout(timer);
	}
}

function endingSentence(result, elapsed) {
	if (result.signal !== undefined)
		return `Killed by signal ${result.signal} after ${elapsed}.`;
	if (result.exit_code !== undefined)
		return `Ended with exit code ${result.exit_code} after ${elapsed}.`;
	if (result.error !== undefined)
		return `Stopped after ${elapsed}.`;
	if (result.output === "")
		return `Finished in ${elapsed} without any output.`;
	return `Finished in ${elapsed}.`;
}

function truncationSentence(streams = []) {
	const names = { stdout: "standard output", stderr: "standard error" };
	const cut = streams.map((name) => names[name] ?? name).join(" and ");
	return cut === "" ? "" :
	    ` Only the beginning of ${cut} is shown; the rest was discarded.`;
}

function showStatus(state, sentence) {
	element("status").dataset.state = state;
	element("status").textContent = sentence;
}

function showPane(name, text) {
	element(name).textContent = text ?? "";
	element(name).scrollTop = 0;
	element(`${name}-pane`).hidden = text === undefined;
}

/* An alert is read out when something is put into it, not when it appears. */
function showService(sentence) {
	const box = element("service");
	box.replaceChildren();
	if (sentence === undefined)
		return;
	const heading = document.createElement("h2");
	heading.textContent = "Message from the service";
	const text = document.createElement("p");
	text.textContent = sentence;
	box.append(heading, text);
}

function showAnswer({ result = {}, service }, elapsed) {
	showService(service);
	/* Nothing printed is shown as such, unless there is an error to see. */
	showPane("output", service || result.error !== undefined ?
	    result.output : result.output ?? "");
	showPane("error", result.error);
	showPane("stderr", result.stderr);
	if (service)
		showStatus("service", `No result after ${elapsed}.`);
	else
		showStatus(result.error === undefined ? "done" : "failed",
		    endingSentence(result, elapsed) +
		    truncationSentence(result.truncated));
}

/*
 * The button keeps its focus while it does not act, which "disabled" would
 * take away. The clock is hidden from screen readers: they hear "Running"
 * and then the ending.
 */
function setRunning(on) {
	running = on;
	element("run").setAttribute("aria-disabled", String(on));
	element("run").textContent = on ? "Running…" : "Run";
	element("panes").setAttribute("aria-busy", String(on));
	if (on)
		showStatus("running", "Running…");
}

async function runProgram() {
	if (running)
		return;
	const start = performance.now();
	const tick = () => {
		element("clock").textContent =
		    seconds(performance.now() - start, 1);
	};
	setRunning(true);
	tick();
	const ticker = setInterval(tick, 100);
	const answer = await askService();
	clearInterval(ticker);
	element("clock").textContent = "";
	setRunning(false);
	showAnswer(answer, seconds(performance.now() - start, 2));
}

function onKeydown(event) {
	if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey))
		return;
	event.preventDefault(); /* on the button it would click as well */
	if (!event.repeat)
		runProgram();
}

if (/^(Mac|iP)/.test(navigator.platform))
	element("modifier").textContent = "⌘";
element("run").addEventListener("click", runProgram);
document.addEventListener("keydown", onKeydown);
element("controls").hidden = false;
