// SPDX-License-Identifier: MIT
/*
 * The page's script: an editor, a run with live output, and the ways of a
 * program in and out. From top to bottom: returned files, the editor, the
 * panes, a run, the program, and the wiring of the controls.
 *
 * Whatever came from a program, a link or the service is put in as text,
 * never as markup. What a program did wrong and what the service did wrong
 * are two different things, and are shown in two different places.
 */

import { decodeShare, encodeShare } from "./share.js";
import { endingSentence, factsSentence, filesSentence, hasFailed, isVerdict,
	lengthOf, number, retrySentence, truncationSentence } from "./sentences.js";
import { EventParser } from "./sse.js";
import { TerminalParser, visible } from "./terminal.js";

/* The service answers or gives up long before; this is for a dead network. */
const ANSWER_MS_MAX = 60000;
/* Both streams at their limit of 64 KiB, each byte a \u escape, files of 1 MiB
 * as base64, and more. */
const ANSWER_BYTES_MAX = 4 << 20;
const CODE_LENGTH_MAX = 5000;
/* 5000 characters of four bytes, and a little: more is no program for here. */
const FILE_BYTES_MAX = 24 << 10;
const LINKS_MAX = 500;
const STORE_KEY = "safe-code-executor";

// --- returned files -----------------------------------------------------------

/* What is shown if its name and its first bytes say so. No SVG: that is markup,
 * and may hold anything. */
const IMAGE_KINDS = [
	["image/png", /\.png$/i, /^\x89PNG\r\n\x1a\n/],
	["image/jpeg", /\.jpe?g$/i, /^\xff\xd8\xff/],
	["image/gif", /\.gif$/i, /^GIF8[79]a/],
	["image/webp", /\.webp$/i, /^RIFF[^]{4}WEBP/],
];
/* A few bytes can be an image that takes gigabytes to draw. */
const IMAGE_PIXELS_MAX = 1 << 25;

/* Name, and the bytes as atob gives them -> a type to show it as, or null. */
export function imageType(name, binary) {
	return IMAGE_KINDS.find(([, ending, beginning]) => ending.test(name) &&
	    beginning.test(binary))?.[0] ?? null;
}

/* The answer's member files -> [{ name, binary }]; what is damaged is not. */
function readFiles(files) {
	return (Array.isArray(files) ? files : []).flatMap((file) => {
		try {
			return [{ name: String(file.name),
				binary: atob(file.content) }];
		} catch {
			return [];
		}
	});
}

// --- the editor --------------------------------------------------------------

const element = (id) => document.getElementById(id);

function create(name, properties = {}, ...children) {
	const node = Object.assign(document.createElement(name), properties);
	node.append(...children);
	return node;
}

/* The textarea that is there without anything else. */
class PlainEditor {
	constructor(area, onChange) {
		this.area = area;
		area.oninput = onChange;
	}

	get text() { return this.area.value; }
	set text(text) { this.area.value = text; }
	focus() { this.area.focus(); }
	setMode() {}
	mark() {}

	goTo(line) {
		const lines = this.text.split("\n");
		const start = lines.slice(0, line - 1).join("\n").length +
		    (line > 1 ? 1 : 0);
		this.area.focus();
		this.area.setSelectionRange(start,
		    start + (lines[line - 1] ?? "").length);
	}
}

/* CodeMirror 5 over that textarea; undo reaches back over set text. */
class CodeEditor {
	#marked = null;

	constructor(area, onChange) {
		this.mirror = globalThis.CodeMirror.fromTextArea(area, {
			mode: "python", theme: "page", lineNumbers: true,
			indentUnit: 4, matchBrackets: true,
			autoCloseBrackets: true, undoDepth: 1000,
			screenReaderLabel: "Program",
			extraKeys: {
				Tab: (mirror) => mirror.execCommand(
				    mirror.somethingSelected() ? "indentMore" :
				    "insertSoftTab"),
				"Shift-Tab": "indentLess",
				"Ctrl-/": "toggleComment",
				"Cmd-/": "toggleComment",
				Esc: (mirror) => this.#release(mirror),
			},
		});
		this.mirror.getInputField().setAttribute("aria-describedby",
		    "editor-hint");
		/* What scrolls has to be reachable, but keys scroll by the cursor. */
		this.scroller = this.mirror.getScrollerElement();
		this.scroller.addEventListener("focus", () => this.focus());
		this.#hold();
		this.mirror.on("blur", () => this.#hold());
		this.mirror.on("change", () => {
			this.#hold();
			this.mark(null);
			onChange();
		});
	}

	isStyled() {
		return getComputedStyle(this.scroller).overflowX === "scroll";
	}

	/* After Esc, Tab is the browser's again, until there is an edit. */
	#release(mirror) {
		this.#hold();
		this.scroller.tabIndex = -1;
		mirror.addKeyMap({ name: "released", Tab: false,
			"Shift-Tab": false });
	}

	#hold() {
		this.mirror.removeKeyMap("released");
		this.scroller.tabIndex = 0;
	}

	get text() { return this.mirror.getValue(); }
	set text(text) { this.mirror.setValue(text); }
	focus() { this.mirror.focus(); }
	setMode(mode) { this.mirror.setOption("mode", mode); }

	mark(line) {
		for (const where of ["background", "gutter"]) {
			if (this.#marked !== null)
				this.mirror.removeLineClass(this.#marked, where);
			if (line !== null)
				this.mirror.addLineClass(line - 1, where,
				    "at-fault");
		}
		this.#marked = line === null ? null :
		    this.mirror.getLineHandle(line - 1);
	}

	goTo(line) {
		this.mirror.focus();
		this.mirror.setSelection({ line: line - 1, ch: 0 },
		    { line: line - 1 });
		this.mirror.scrollIntoView(null, 60);
	}
}

let editor = null;

function setEditor(next) {
	const isCode = next instanceof CodeEditor;
	editor = next;
	onLanguage();
	element("editor-hint").textContent = isCode ?
	    "Tab indents; Esc, then Tab leaves the editor." :
	    "A plain text field: Tab leaves it.";
	element("switch-editor").textContent = isCode ?
	    "Plain text field" : "Code editor";
}

/* Without its files, or if it fails, the textarea stays. */
function mountCodeEditor() {
	if (!globalThis.CodeMirror?.modes?.python)
		return false;
	try {
		const code = new CodeEditor(element("code"), onEdit);
		if (!code.isStyled())
			throw new Error("its style sheet is missing");
		setEditor(code);
	} catch (error) {
		document.querySelector(".CodeMirror")?.remove();
		element("code").hidden = false;
		element("code").removeAttribute("style");
		console.warn("The code editor does not start:", error);
		return false;
	}
	element("switch-editor").classList.remove("absent");
	return true;
}

function switchEditor() {
	if (editor instanceof CodeEditor) {
		editor.mirror.toTextArea();
		setEditor(new PlainEditor(element("code"), onEdit));
	} else {
		mountCodeEditor();
	}
	editor.focus();
}

// --- the panes ---------------------------------------------------------------

/* Removes what stands behind the last line's end. */
function eraseLine(pre) {
	for (let node = pre.lastChild; node !== null; node = pre.lastChild) {
		const text = node.firstChild ?? node;
		const keep = text.data.lastIndexOf("\n") + 1;
		if (keep > 0) {
			text.deleteData(keep, text.length - keep);
			return;
		}
		node.remove();
	}
}

/*
 * A place for one stream: what has come is put in once per frame, and the end
 * of it stays in view if it was in view.
 */
class Pane {
	constructor(name) {
		this.pre = element(name);
		this.section = element(`${name}-pane`);
		this.cut = element(`${name}-cut`);
		this.copy = this.section.querySelector("[data-copy]");
		this.clear();
	}

	clear() {
		this.parser = new TerminalParser();
		this.waiting = [];
		this.frame = null;
		this.raw = "";
		this.pre.replaceChildren();
		this.cut.hidden = true;
		this.copy.hidden = true;
		this.section.classList.remove("failed");
	}

	append(text) {
		this.raw += text;
		for (const segment of this.parser.push(text))
			this.#queue(segment);
		this.frame ??= requestAnimationFrame(() => this.flush());
	}

	/* What a later segment erases is never put in. */
	#queue(segment) {
		const { waiting } = this;
		if (!segment.erase) {
			const last = waiting.at(-1);
			if (last !== undefined && last.style === segment.style)
				last.text += segment.text;
			else
				waiting.push(segment);
			return;
		}
		for (let last = waiting.at(-1); last !== undefined && !last.erase;
		    last = waiting.at(-1)) {
			const keep = last.text.lastIndexOf("\n") + 1;
			if (keep > 0) {
				if (keep < last.text.length)
					last.text = last.text.slice(0, keep);
				return;
			}
			waiting.pop();
		}
		if (waiting.length === 0)
			waiting.push(segment);
	}

	flush() {
		const { pre } = this;
		if (this.frame !== null)
			cancelAnimationFrame(this.frame);
		this.frame = null;
		if (this.waiting.length === 0)
			return;
		this.section.hidden = false;
		this.copy.hidden = false;
		const follows = pre.scrollHeight - pre.scrollTop -
		    pre.clientHeight < 32;
		for (const { text, style, erase } of this.waiting) {
			const last = pre.lastChild;
			if (erase)
				eraseLine(pre);
			else if (last && (last.className ?? "") === style)
				(last.firstChild ?? last).appendData(text);
			else
				pre.append(style === "" ? text : create("span",
				    { className: style }, text));
		}
		this.waiting = [];
		if (follows)
			pre.scrollTop = pre.scrollHeight;
	}
}

/* An image comes into the page when its size is known, and bearable. */
function createImage({ name, binary }, type) {
	const image = create("img", { alt: `${name}, an image that the program ` +
	    "made", src: `data:${type};base64,${btoa(binary)}` });
	const frame = create("div", { className: "picture" });
	image.addEventListener("load", () => {
		if (image.naturalWidth * image.naturalHeight <= IMAGE_PIXELS_MAX)
			frame.append(image);
	});
	return frame;
}

/*
 * The files of a run, to be saved. Their addresses are of no type that a
 * browser shows: else HTML opened from there would be one of this page's own.
 */
class FileList {
	constructor() {
		this.list = element("files");
		this.section = element("files-pane");
		this.cut = element("files-cut");
		this.addresses = [];
		this.clear();
	}

	clear() {
		this.addresses.forEach((address) => URL.revokeObjectURL(address));
		this.addresses = [];
		this.list.replaceChildren();
		this.section.hidden = true;
		this.cut.hidden = true;
	}

	show(files, isCut) {
		this.list.replaceChildren(...files.map((file) =>
		    this.#createItem(file)));
		this.cut.hidden = !isCut;
		this.section.hidden = files.length === 0 && !isCut;
	}

	#createItem(file) {
		const { name, binary } = file;
		const address = URL.createObjectURL(new Blob(
		    [Uint8Array.from(binary, (char) => char.charCodeAt(0))],
		    { type: "application/octet-stream" }));
		const type = imageType(name, binary);
		this.addresses.push(address);
		return create("li", {},
		    ...type === null ? [] : [createImage(file, type)],
		    create("a", { href: address,
			download: name.split("/").at(-1) },
			create("bdi", {}, visible(name))),
		    ` ${number(binary.length)} byte` +
		    (binary.length === 1 ? "" : "s"));
	}
}

const MENTION = /File "\/box\/main\.py", line (\d+)/g;

/* The places that a traceback names become buttons that lead there. */
function linkMentions(pre) {
	const texts = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT);
	const nodes = [];
	let left = LINKS_MAX;
	while (texts.nextNode())
		nodes.push(texts.currentNode);
	for (const node of nodes) {
		const parts = [];
		let at = 0;
		for (const mention of node.data.matchAll(MENTION)) {
			if (left-- <= 0)
				break;
			const link = create("button", { type: "button",
				className: "link mention" }, mention[0]);
			link.dataset.line = mention[1];
			parts.push(node.data.slice(at, mention.index), link);
			at = mention.index + mention[0].length;
		}
		if (parts.length > 0)
			node.replaceWith(...parts, node.data.slice(at));
	}
}

/* The innermost line of the last traceback, if it is one of the editor's. */
function lineAtFault(stderr) {
	const last = [...stderr.matchAll(MENTION)].at(-1);
	const line = Number(last?.[1]);
	return line >= 1 && line <= editor.text.split("\n").length ? line : null;
}

function showStatus(state, sentence) {
	element("status").dataset.state = state;
	element("status").textContent = sentence;
}

/* An alert is read out when something is put into it, not when it appears. */
function showService(sentence) {
	element("service").replaceChildren(...sentence === undefined ? [] : [
		create("h2", {}, "Message from the service"),
		create("p", {}, sentence)]);
}

// --- a run -------------------------------------------------------------------

let panes = {};
let fileList = null;
/* The page's one mutable fact: a program is on its way. */
let running = null;

function requestBody() {
	const body = { code: editor.text, return_files: true,
		...chosenLanguage() };
	const { value: stdin } = element("stdin");
	const { selectedOptions: [limit] } = element("timeout");
	if (stdin !== "")
		body.stdin = stdin;
	/* At the default the service's own holds, whatever it is. */
	if (!limit.defaultSelected)
		body.timeout = Number(limit.value);
	return JSON.stringify(body);
}

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

/* What is said at the end: all of an answer that is not live; of a compiler
 * always. A sentence of the service's is not the program's. */
function showTexts({ output = "", stderr, error }) {
	panes.output.append(output);
	if (stderr !== undefined)
		panes.stderr.append(stderr);
	else if (error !== undefined && !isVerdict(error))
		panes.stderr.append(error);
}

/* The whole answer at once: a refusal, or a service without live output. */
async function readWhole(answer) {
	const body = parseObject(await answer.text());
	if (answer.status !== 200 || (typeof body?.output !== "string" &&
	    typeof body?.error !== "string"))
		return refusal(answer, body);
	showTexts(body);
	return { result: body, timing: readTiming(answer.headers) };
}

/* One event of a live answer; what is to be remembered goes into outcome. */
function takeEvent({ type, data }, outcome) {
	const value = parseObject(data) ?? {};
	if (type === "stdout")
		panes.output.append(String(value.text ?? ""));
	else if (type === "stderr")
		panes.stderr.append(String(value.text ?? ""));
	else if (type === "timing")
		outcome.timing = value;
	else if (type === "result")
		outcome.result = value;
}

async function readLive(answer) {
	const outcome = { timing: readTiming(answer.headers) };
	const parser = new EventParser();
	const reader = answer.body.getReader();
	let bytes = 0;
	startClock("Running…");
	while (outcome.result === undefined) {
		const { done, value } = await reader.read();
		bytes += value?.length ?? 0;
		if (done || bytes > ANSWER_BYTES_MAX)
			break;
		for (const event of parser.push(value))
			takeEvent(event, outcome);
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
		showTexts(result);
	return outcome;
}

function isLive(answer) {
	return answer.status === 200 && /^text\/event-stream\b/i.test(
	    answer.headers.get("Content-Type") ?? "");
}

/*
 * Sends the program -> { result, timing }, { service: sentence } or
 * { stopped: true }. Never rejects: no answer is an answer too. Whoever closes
 * the connection stops the program.
 */
async function askService(control) {
	const timer = setTimeout(() => control.abort("late"), ANSWER_MS_MAX);
	try {
		const answer = await fetch("run", {
			method: "POST",
			headers: { "Content-Type": "application/json",
				Accept: "text/event-stream" },
			body: requestBody(),
			signal: control.signal,
		});
		return isLive(answer) ? await readLive(answer) :
		    await readWhole(answer);
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

/* Time since the program was sent, or since it began, if that is known. */
function startClock(sentence) {
	running.clockStart = performance.now();
	showStatus("running", sentence);
	element("progress").max = running.limit;
	tick();
}

function tick() {
	const passed = (performance.now() - running.clockStart) / 1000;
	element("clock").textContent =
	    `${passed.toFixed(1)} s of ${running.limit} s`;
	element("progress").value = Math.min(passed, running.limit);
}

/* The button keeps its focus: it is the same one that stops. */
function setRunning(on) {
	element("run").dataset.state = on ? "stop" : "run";
	element("run").textContent = on ? "Stop" : "Run";
	element("progress").classList.toggle("on", on);
	if (on)
		return;
	clearInterval(running.ticker);
	element("clock").textContent = "";
	running = null;
}

function showOutcome({ result, timing = {}, service, stopped }, elapsedMs) {
	const files = readFiles(result?.files);
	const printed = panes.output.raw !== "" || panes.stderr.raw !== "" ||
	    files.length > 0;
	const failed = hasFailed(result);
	element("facts").textContent =
	    factsSentence(service ? undefined : result, timing, elapsedMs);
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
		fileList.show(files, result.truncated?.includes("files"));
		panes.output.cut.hidden = !result.truncated?.includes("stdout");
		panes.stderr.cut.hidden = !result.truncated?.includes("stderr");
	}
	if (failed && panes.stderr.raw !== "") {
		panes.stderr.section.classList.add("failed");
		element("stderr-label").textContent = "Error";
		editor.mark(lineAtFault(panes.stderr.raw));
	}
	linkMentions(panes.stderr.pre);
	element("output").dataset.empty = service ? "" : "Nothing was printed.";
}

/* Where the columns stand above each other, a run is below what began it. */
function showState() {
	if (matchMedia("(max-width: 56.24rem)").matches)
		element("state").scrollIntoView({ block: "start" });
}

async function runProgram() {
	if (running !== null)
		return;
	const sent = performance.now();
	const control = new AbortController();
	running = { control, limit: Number(element("timeout").value),
		ticker: setInterval(tick, 100) };
	for (const pane of Object.values(panes))
		pane.clear();
	fileList.clear();
	panes.stderr.section.hidden = true;
	element("stderr-label").textContent = "Standard error";
	element("output").dataset.empty = "";
	element("facts").textContent = "";
	showService();
	editor.mark(null);
	setRunning(true);
	startClock("Waiting for the service…");
	showState();
	const outcome = await askService(control);
	for (const pane of Object.values(panes))
		pane.flush();
	setRunning(false);
	showOutcome(outcome, performance.now() - sent);
}

function stopProgram() {
	running?.control.abort("stop");
}

// --- the program's comings and goings ----------------------------------------

const SAMPLE = { code: "", stdin: "" };

/* Storage may be forbidden, full, or hold what somebody else wrote. */
function loadSaved() {
	try {
		const saved = parseObject(localStorage.getItem(STORE_KEY));
		return typeof saved?.code === "string" &&
		    typeof saved.stdin === "string" ? saved : null;
	} catch {
		return null;
	}
}

function save() {
	cancelSave();
	try {
		localStorage.setItem(STORE_KEY, JSON.stringify(getProgram()));
	} catch {
		/* Then it is not kept. */
	}
}

const getProgram = () => ({ code: editor.text, stdin: element("stdin").value });

function setProgram({ code, stdin }) {
	editor.text = code;
	element("stdin").value = stdin;
	element("input").open ||= stdin !== "";
	showLength();
}

function showLength() {
	const length = lengthOf(editor.text);
	const over = length > CODE_LENGTH_MAX;
	element("length").classList.toggle("over", over);
	element("length").textContent = over ?
	    `${number(length)} characters: too long, the limit is ` +
	    number(CODE_LENGTH_MAX) :
	    `${number(length)} of ${number(CODE_LENGTH_MAX)} characters`;
}

let saveTimer = null;

function cancelSave() {
	clearTimeout(saveTimer);
	saveTimer = null;
}

/* A link that is no longer what is in the editor must not come back. */
function onEdit() {
	cancelSave();
	saveTimer = setTimeout(save, 300);
	showLength();
	if (/^#[zb]=/.test(location.hash))
		history.replaceState(null, "", location.pathname);
}

function notify(sentence, ...more) {
	element("notice").replaceChildren(create("p", {}, sentence), ...more);
}

/* What the page put in by itself, and what the user had before that. */
let placed = null;
let kept = null;

const isSame = (one, other) => one !== null && other !== null &&
    one.code === other.code && one.stdin === other.stdin;

function bringBack() {
	setProgram(kept);
	save();
	placed = null;
	notify("Your program is back.");
	editor.focus();
}

/*
 * Puts another program in the place of the user's own, who can have it back,
 * also after several. Storage has theirs until they change this one.
 */
function replaceProgram(program, sentence) {
	const now = getProgram();
	if (!isSame(now, placed))
		kept = now;
	setProgram(program);
	placed = program;
	onEdit();
	cancelSave();
	if (kept === null || isSame(kept, program))
		return notify(sentence);
	const back = create("button", { type: "button" },
	    "Bring back my program");
	back.addEventListener("click", bringBack);
	notify(sentence, back);
}

async function copyText(text) {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		/* No permission, or no HTTPS: the way from before. */
		const area = create("textarea", { value: text, readOnly: true,
			className: "aside" });
		const { activeElement } = document;
		document.body.append(area);
		area.select();
		const copied = document.execCommand("copy");
		area.remove();
		activeElement?.focus();
		return copied;
	}
}

async function copyPane(button) {
	const pre = element(button.dataset.copy);
	const copied = await copyText(pre.textContent);
	if (!copied)
		getSelection().selectAllChildren(pre);
	button.textContent = copied ? "Copied" : "Selected";
	setTimeout(() => { button.textContent = "Copy"; }, 1500);
}

/* The link stands in the address bar, too; no server ever sees the fragment. */
async function shareProgram() {
	const fragment = await encodeShare(getProgram());
	if (fragment === null)
		return notify("The program and its input are too large for a link.");
	save();
	history.replaceState(null, "", fragment);
	const copied = await copyText(location.href);
	const field = create("input", { id: "share-link", readOnly: true,
		value: location.href });
	field.setAttribute("aria-label", "Share link");
	field.addEventListener("focus", () => field.select());
	notify(`${copied ? "Link copied." : "Copy the link:"} It holds the ` +
	    "program itself; nothing was stored anywhere.", field);
}

/* Loads what a link holds; running it is up to the reader. */
async function openShare() {
	const shared = await decodeShare(location.hash);
	if (shared === null)
		return;
	if (shared.problem !== undefined)
		return notify(shared.problem);
	const { hash } = location;
	replaceProgram(shared, "This program came with the link and has not run: " +
	    "read it, then press Run.");
	history.replaceState(null, "", hash);
}

/* Rows of api/v2/runtimes, if there is a choice. */
let runtimes = [];

/* One language can be there in several versions. */
function chosenLanguage() {
	const { language, version } = runtimes[element("language").value] ?? {};
	if (language === undefined)
		return {};
	return runtimes.filter((one) => one.language === language).length > 1 ?
	    { language, version } : { language };
}

const isPython = () =>
    (chosenLanguage().language ?? "python").startsWith("python");

function onLanguage() {
	editor.setMode(isPython() ? "python" : null);
}

/* There is nothing to choose from one, or if the service does not say. */
async function offerLanguages() {
	let rows = [];
	try {
		rows = await (await fetch("api/v2/runtimes")).json();
	} catch {
		return;
	}
	if (!Array.isArray(rows) || rows.length < 2)
		return;
	runtimes = rows.map(({ language, version }) =>
	    ({ language: String(language), version: String(version) }));
	element("language").replaceChildren(...runtimes.map(
	    ({ language, version }, i) => create("option",
		{ value: String(i) }, `${language} ${version}`)));
	chooseFirstLanguage();
	element("language-field").hidden = false;
}

function chooseFirstLanguage() {
	const first = runtimes.findIndex(({ language }) => language === "python");
	element("language").value = String(Math.max(first, 0));
	onLanguage();
}

function downloadProgram() {
	const address = URL.createObjectURL(
	    new Blob([editor.text], { type: "text/x-python" }));
	create("a", { href: address,
		download: isPython() ? "main.py" : "main.txt" }).click();
	setTimeout(() => URL.revokeObjectURL(address), 1000);
}

async function openFile(file) {
	if (file.size > FILE_BYTES_MAX)
		return notify(`${file.name} has ${number(file.size)} bytes, too ` +
		    `much: a program has at most ${number(CODE_LENGTH_MAX)} ` +
		    "characters.");
	let code = "";
	try {
		code = new TextDecoder("utf-8", { fatal: true })
		    .decode(await file.arrayBuffer()).replace(/\r\n?/g, "\n");
	} catch {
		return notify(`${file.name} can not be read as UTF-8 text.`);
	}
	const length = lengthOf(code);
	replaceProgram({ code, stdin: element("stdin").value },
	    length <= CODE_LENGTH_MAX ? `Opened ${file.name}.` :
	    `${file.name} has ${number(length)} characters; it can run with ` +
	    `at most ${number(CODE_LENGTH_MAX)}.`);
	placed = null; /* it is theirs */
	save();
}

function chooseExample(item) {
	const [title, expected] = item.querySelector("button").children;
	element("examples").close();
	replaceProgram({ code: item.querySelector("pre").textContent,
		stdin: item.dataset.stdin ?? "" },
	    `Example “${title.textContent}”: ${expected.textContent}`);
	element("run").focus();
}

function resetProgram() {
	element("timeout").value = "5";
	chooseFirstLanguage();
	replaceProgram(SAMPLE, "This is the program that the page began with.");
	try {
		localStorage.removeItem(STORE_KEY);
	} catch {
		/* Then there was nothing. */
	}
}

// --- wiring ------------------------------------------------------------------

function onKeydown(event) {
	if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey))
		return;
	event.preventDefault(); /* on the button it would click as well */
	if (!event.repeat && !element("examples").open)
		runProgram();
}

/* The second click of a double click is not meant to stop; nor is a held key. */
function onRunButton(event) {
	if (running === null)
		runProgram();
	else if (event.detail <= 1)
		stopProgram();
}

function onDrag(event) {
	if (!event.dataTransfer?.types.includes("Files"))
		return;
	event.preventDefault();
	event.stopPropagation(); /* or CodeMirror would insert it */
	if (event.type === "drop" && event.dataTransfer.files.length > 0)
		openFile(event.dataTransfer.files[0]);
}

function wireRun() {
	element("run").addEventListener("click", onRunButton);
	element("run").addEventListener("keydown", (event) => {
		if (event.repeat)
			event.preventDefault();
	});
	document.addEventListener("keydown", onKeydown);
	element("stderr").addEventListener("click", ({ target }) => {
		const line = Number(target.dataset.line);
		if (line >= 1)
			editor.goTo(line);
	});
	for (const button of document.querySelectorAll("[data-copy]"))
		button.addEventListener("click", () => copyPane(button));
}

function wireTools() {
	const dialog = element("examples");
	const on = (id, act) => element(id).addEventListener("click", act);
	on("share", shareProgram);
	on("download", downloadProgram);
	on("reset", resetProgram);
	on("switch-editor", switchEditor);
	on("open", () => element("file").click());
	element("file").addEventListener("change", ({ target }) => {
		if (target.files.length > 0)
			openFile(target.files[0]);
		target.value = ""; /* the same one can be chosen again */
	});
	on("show-examples", () => dialog.showModal());
	on("close-examples", () => dialog.close());
	dialog.addEventListener("click", ({ target }) => {
		const item = target.closest("li");
		if (target === dialog)
			dialog.close(); /* its backdrop */
		else if (item !== null && target.closest("button"))
			chooseExample(item);
	});
	for (const type of ["dragover", "drop"])
		document.addEventListener(type, onDrag, true);
	element("stdin").addEventListener("input", onEdit);
	element("code-label").addEventListener("click", () => editor.focus());
	element("language").addEventListener("change", onLanguage);
	addEventListener("hashchange", openShare);
	addEventListener("pagehide", () => {
		if (saveTimer !== null)
			save();
	});
}

function start() {
	editor = new PlainEditor(element("code"), onEdit);
	panes = { output: new Pane("output"), stderr: new Pane("stderr") };
	fileList = new FileList();
	/* A browser may have kept a field's text over a reload. */
	SAMPLE.code = element("code").defaultValue;
	const saved = loadSaved();
	placed = saved === null ? SAMPLE : null;
	setProgram(saved ?? SAMPLE);
	if (/^(Mac|iP)/.test(navigator.platform))
		element("modifier").textContent = "⌘";
	wireRun();
	wireTools();
	offerLanguages();
	/* The scripts of the editor come after this one. */
	document.addEventListener("DOMContentLoaded", () => {
		if (!mountCodeEditor())
			setEditor(editor);
		openShare();
	});
}

if (globalThis.document !== undefined)
	start();
