// SPDX-License-Identifier: MIT
/* This module owns the run under way, and what the page says about it. */
import { element } from "./dom.js";
import { FileList, readFiles } from "./files.js";
import { lineAtFault, linkMentions, Pane, showService,
	showStatus } from "./panes.js";
import { endingSentence, factsSentence, filesSentence, hasFailed,
	truncationSentence } from "./sentences.js";
import { askService } from "./service.js";

/* Scrolls to the run if the columns stand above each other: the run is then
 * below the button that began it. */
function showState() {
	if (matchMedia("(max-width: 56.24rem)").matches)
		element("state").scrollIntoView({ block: "start" });
}

export class Run {
	#editor;
	#program;
	#language;
	#panes = { stdout: new Pane("output"), stderr: new Pane("stderr") };
	#files = new FileList();
	/* { control, limit, ticker, clockStart } while a program is on its way. */
	#current = null;

	constructor({ editor, program, language }) {
		this.#editor = editor;
		this.#program = program;
		this.#language = language;
	}

	get isOn() {
		return this.#current !== null;
	}

	/* Runs the program to its end; nothing happens if one is on its way. */
	async start() {
		if (this.isOn)
			return;
		const sent = performance.now();
		const control = new AbortController();
		this.#current = { control,
			limit: Number(element("timeout").value),
			ticker: setInterval(() => this.#tick(), 100) };
		this.#clear();
		this.#showButton("stop", "Stop");
		this.#startClock("Waiting for the service…");
		showState();
		const outcome = await askService(this.#requestBody(), control, {
			onBegin: () => this.#startClock("Running…"),
			onText: (stream, text) =>
			    this.#panes[stream].append(text),
		});
		for (const pane of Object.values(this.#panes))
			pane.flush();
		this.#end();
		this.#showOutcome(outcome, performance.now() - sent);
	}

	stop() {
		this.#current?.control.abort("stop");
	}

	#requestBody() {
		const { code, stdin } = this.#program.content;
		const body = { code, return_files: true,
			...this.#language.chosen };
		const { selectedOptions: [limit] } = element("timeout");
		if (stdin !== "")
			body.stdin = stdin;
		/* The default is left to the service, which may have another. */
		if (!limit.defaultSelected)
			body.timeout = Number(limit.value);
		return body;
	}

	#clear() {
		for (const pane of Object.values(this.#panes))
			pane.clear();
		this.#files.clear();
		this.#panes.stderr.section.hidden = true;
		element("stderr-label").textContent = "Standard error";
		element("output").dataset.empty = "";
		element("facts").textContent = "";
		showService();
		this.#editor.mark(null);
	}

	/* The button keeps its focus: the one that runs is the one that stops. */
	#showButton(state, text) {
		element("run").dataset.state = state;
		element("run").textContent = text;
		element("progress").classList.toggle("on", state === "stop");
	}

	/* The time since the program was sent, or since it began if that is known. */
	#startClock(sentence) {
		this.#current.clockStart = performance.now();
		showStatus("running", sentence);
		element("progress").max = this.#current.limit;
		this.#tick();
	}

	#tick() {
		const { clockStart, limit } = this.#current;
		const passed = (performance.now() - clockStart) / 1000;
		element("clock").textContent = `${passed.toFixed(1)} s of ${limit} s`;
		element("progress").value = Math.min(passed, limit);
	}

	#end() {
		this.#showButton("run", "Run");
		clearInterval(this.#current.ticker);
		element("clock").textContent = "";
		this.#current = null;
	}

	#showOutcome({ result, timing = {}, service, stopped }, elapsedMs) {
		const { stdout, stderr } = this.#panes;
		const files = readFiles(result?.files);
		const printed = stdout.raw !== "" || stderr.raw !== "" ||
		    files.length > 0;
		const failed = hasFailed(result);
		element("facts").textContent = factsSentence(
		    service ? undefined : result, timing, elapsedMs);
		showService(service);
		if (service) {
			showStatus("service", "No result.");
		} else if (stopped) {
			showStatus("stopped", "Stopped by you.");
		} else {
			showStatus(failed ? "failed" : "done",
			    endingSentence(result, printed) +
			    filesSentence(files.length) +
			    truncationSentence(result.truncated));
			this.#files.show(files,
			    result.truncated?.includes("files"));
			stdout.cut.hidden = !result.truncated?.includes("stdout");
			stderr.cut.hidden = !result.truncated?.includes("stderr");
		}
		if (failed && stderr.raw !== "") {
			stderr.section.classList.add("failed");
			element("stderr-label").textContent = "Error";
			this.#editor.mark(lineAtFault(stderr.raw,
			    this.#editor.text));
		}
		linkMentions(stderr.pre);
		element("output").dataset.empty =
		    service ? "" : "Nothing was printed.";
	}
}
