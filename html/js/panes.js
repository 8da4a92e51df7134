// SPDX-License-Identifier: MIT
/* This module owns the places that a run is shown in, but for its files. */
import { copyText, create, element } from "./dom.js";
import { TerminalParser } from "./terminal.js";

const LINKS_MAX = 500;
const MENTION = /File "\/box\/main\.py", line (\d+)/g;

/* Removes the text behind the end of the last whole line. */
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
 * A place for one stream. New text is put in once per frame, and the end stays
 * in view if it was in view. raw is the text as it came.
 */
export class Pane {
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

	/* The text may be cut anywhere, also within a sequence. */
	append(text) {
		this.raw += text;
		for (const segment of this.parser.push(text))
			this.#queue(segment);
		this.frame ??= requestAnimationFrame(() => this.flush());
	}

	/* Text that a later segment erases is never put in. */
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

	/* Puts in what waits for the next frame. */
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

/* The places that a traceback names become buttons that lead there. */
export function linkMentions(pre) {
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

/* Returns the innermost line of the last traceback, or null if the program has
 * no such line. */
export function lineAtFault(stderr, program) {
	const last = [...stderr.matchAll(MENTION)].at(-1);
	const line = Number(last?.[1]);
	return line >= 1 && line <= program.split("\n").length ? line : null;
}

/* state is one that style.css has a look for. */
export function showStatus(state, sentence) {
	element("status").dataset.state = state;
	element("status").textContent = sentence;
}

/* Shows a message of the service's own, or none. The element is always there:
 * an alert is read out when it gets a text, not when it appears. */
export function showService(sentence) {
	element("service").replaceChildren(...sentence === undefined ? [] : [
		create("h2", {}, "Message from the service"),
		create("p", {}, sentence)]);
}

/* Copies the pane that the button names, or selects its text instead. */
export async function copyPane(button) {
	const pre = element(button.dataset.copy);
	const copied = await copyText(pre.textContent);
	if (!copied)
		getSelection().selectAllChildren(pre);
	button.textContent = copied ? "Copied" : "Selected";
	setTimeout(() => { button.textContent = "Copy"; }, 1500);
}
