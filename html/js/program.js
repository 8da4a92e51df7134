// SPDX-License-Identifier: MIT
/* This module owns the program in the page: its ways in and out, and its safety. */
import { copyText, create, element, notify } from "./dom.js";
import { lengthOf, number } from "./sentences.js";
import { decodeShare, encodeShare } from "./share.js";

const CODE_LENGTH_MAX = 5000;
/* 5000 characters of four bytes, and a little: more is no program for here. */
const FILE_BYTES_MAX = 24 << 10;
const STORE_KEY = "safe-code-executor";
const SAVE_DELAY_MS = 300;

/* Returns a program or null. Storage may be forbidden, or hold anything. */
function loadSaved() {
	try {
		const saved = JSON.parse(localStorage.getItem(STORE_KEY));
		return typeof saved?.code === "string" &&
		    typeof saved.stdin === "string" ? saved : null;
	} catch {
		return null;
	}
}

const isSame = (one, other) => one !== null && other !== null &&
    one.code === other.code && one.stdin === other.stdin;

/* A program is { code, stdin }: its text in the editor, and its input. */
export class Program {
	#editor;
	/* The program that index.html begins with. */
	#sample = { code: element("code").defaultValue, stdin: "" };
	/* The program that the page put in by itself, and the user's before it. */
	#placed = null;
	#kept = null;
	#saveTimer = null;

	/* Begins with the program that was saved, or else with the sample. */
	constructor(editor) {
		const saved = loadSaved();
		this.#editor = editor;
		this.#placed = saved === null ? this.#sample : null;
		this.#set(saved ?? this.#sample);
	}

	get content() {
		return { code: this.#editor.text, stdin: element("stdin").value };
	}

	/* To be called after each edit. The address loses a link's fragment: the
	 * program is no longer the one that the link holds. */
	onEdit() {
		this.#cancelSave();
		this.#saveTimer = setTimeout(() => this.#save(), SAVE_DELAY_MS);
		this.#showLength();
		if (/^#[zb]=/.test(location.hash))
			history.replaceState(null, "", location.pathname);
	}

	/* Saves an edit that is not saved yet. */
	saveNow() {
		if (this.#saveTimer !== null)
			this.#save();
	}

	/*
	 * Puts another program in the place of the user's own, who can have it
	 * back, also after several. Storage keeps theirs until they edit this one.
	 */
	replace(program, sentence) {
		const now = this.content;
		if (!isSame(now, this.#placed))
			this.#kept = now;
		this.#set(program);
		this.#placed = program;
		this.onEdit();
		this.#cancelSave();
		if (this.#kept === null || isSame(this.#kept, program))
			return notify(sentence);
		const back = create("button", { type: "button" },
		    "Bring back my program");
		back.addEventListener("click", () => this.#bringBack());
		notify(sentence, back);
	}

	/* Puts in the sample, and forgets the saved program. */
	reset() {
		this.replace(this.#sample,
		    "This is the program that the page began with.");
		try {
			localStorage.removeItem(STORE_KEY);
		} catch {
			/* There was nothing in storage, then. */
		}
	}

	/* The link gets into the address bar, too. No server sees the fragment. */
	async share() {
		const fragment = await encodeShare(this.content);
		if (fragment === null)
			return notify("The program and its input are too large " +
			    "for a link.");
		this.#save();
		history.replaceState(null, "", fragment);
		const copied = await copyText(location.href);
		const field = create("input", { id: "share-link",
			readOnly: true, value: location.href });
		field.setAttribute("aria-label", "Share link");
		field.addEventListener("focus", () => field.select());
		notify(`${copied ? "Link copied." : "Copy the link:"} It holds ` +
		    "the program itself; nothing was stored anywhere.", field);
	}

	/* Loads the program that the address holds; running it is up to the reader. */
	async openShare() {
		const shared = await decodeShare(location.hash);
		if (shared === null)
			return;
		if (shared.problem !== undefined)
			return notify(shared.problem);
		const { hash } = location;
		this.replace(shared, "This program came with the link and has " +
		    "not run: read it, then press Run.");
		history.replaceState(null, "", hash);
	}

	async openFile(file) {
		if (file.size > FILE_BYTES_MAX)
			return notify(`${file.name} has ${number(file.size)} ` +
			    "bytes, too much: a program has at most " +
			    `${number(CODE_LENGTH_MAX)} characters.`);
		let code = "";
		try {
			code = new TextDecoder("utf-8", { fatal: true })
			    .decode(await file.arrayBuffer())
			    .replace(/\r\n?/g, "\n");
		} catch {
			return notify(`${file.name} can not be read as UTF-8 text.`);
		}
		const length = lengthOf(code);
		this.replace({ code, stdin: element("stdin").value },
		    length <= CODE_LENGTH_MAX ? `Opened ${file.name}.` :
		    `${file.name} has ${number(length)} characters; it can run ` +
		    `with at most ${number(CODE_LENGTH_MAX)}.`);
		this.#placed = null; /* it is the user's */
		this.#save();
	}

	download(name) {
		const address = URL.createObjectURL(
		    new Blob([this.#editor.text], { type: "text/x-python" }));
		create("a", { href: address, download: name }).click();
		setTimeout(() => URL.revokeObjectURL(address), 1000);
	}

	#set({ code, stdin }) {
		this.#editor.text = code;
		element("stdin").value = stdin;
		element("input").open ||= stdin !== "";
		this.#showLength();
	}

	#showLength() {
		const length = lengthOf(this.#editor.text);
		const over = length > CODE_LENGTH_MAX;
		element("length").classList.toggle("over", over);
		element("length").textContent = over ?
		    `${number(length)} characters: too long, the limit is ` +
		    number(CODE_LENGTH_MAX) :
		    `${number(length)} of ${number(CODE_LENGTH_MAX)} characters`;
	}

	#save() {
		this.#cancelSave();
		try {
			localStorage.setItem(STORE_KEY,
			    JSON.stringify(this.content));
		} catch {
			/* The program is not saved, then. */
		}
	}

	#cancelSave() {
		clearTimeout(this.#saveTimer);
		this.#saveTimer = null;
	}

	#bringBack() {
		this.#set(this.#kept);
		this.#save();
		this.#placed = null;
		notify("Your program is back.");
		this.#editor.focus();
	}
}
