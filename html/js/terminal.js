// SPDX-License-Identifier: MIT
/* This module owns what a terminal makes of text: colours and redrawn lines. */

const ESCAPE = "\x1b";
/* A complete sequence: CSI, one that selects something, or two characters. */
const SEQUENCE = /\x1b(?:\[([0-?]*)[ -\/]*([@-~])|[ -\/]+[0-~]|[0-OQ-WYZ\\`-~])/y;
const SEQUENCE_BEGUN = /\x1b(?:\[[0-?]*[ -\/]*|[ -\/]*)$/y;
/* A string is a title, a link or the like; the end of its line ends it, too. */
const STRING_BEGIN = /\x1b[\]P^_X]/y;
const STRING_END = /\x07|\x1b\\|\n/g;
const SEQUENCE_LENGTH_MAX = 64;

/* Control characters that have no effect here are shown by their symbols. */
export function visible(text) {
	return text
	    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, (control) =>
		String.fromCharCode(0x2400 + control.charCodeAt(0)))
	    .replace(/\x7f/g, "\u2421")
	    .replace(/[\x80-\x9f]/g, "\ufffd");
}

/*
 * push() takes text, cut anywhere, and returns segments { text, style } or
 * { erase: true }, which is a lone carriage return: the next text takes the
 * place of its line. A style is a list of classes: 16 colours and bold. All
 * other sequences do nothing.
 */
export class TerminalParser {
	#rest = "";
	#inString = false;
	#returned = false;
	#bold = false;
	#front = "";
	#back = "";

	push(chunk) {
		const text = this.#rest + chunk;
		const segments = [];
		let at = 0;
		this.#rest = "";
		while (at < text.length) {
			if (this.#inString) {
				at = this.#skipString(text, at);
				continue;
			}
			const escape = text.indexOf(ESCAPE, at);
			const end = escape === -1 ? text.length : escape;
			this.#takeText(text.slice(at, end), segments);
			at = escape === -1 ? end : this.#takeEscape(text, end);
		}
		return segments;
	}

	/* Returns where to go on, and keeps a sequence that has not ended yet. */
	#takeEscape(text, at) {
		STRING_BEGIN.lastIndex = SEQUENCE.lastIndex =
		    SEQUENCE_BEGUN.lastIndex = at;
		const match = SEQUENCE.exec(text);
		if (match !== null) {
			if (match[2] === "m")
				this.#select(match[1]);
			return SEQUENCE.lastIndex;
		}
		if (STRING_BEGIN.test(text)) {
			this.#inString = true;
			return at + 2;
		}
		if (text.length - at <= SEQUENCE_LENGTH_MAX &&
		    SEQUENCE_BEGUN.test(text)) {
			this.#rest = text.slice(at);
			return text.length;
		}
		return at + 1;
	}

	#skipString(text, at) {
		STRING_END.lastIndex = at;
		const end = STRING_END.exec(text);
		if (end === null) {
			if (text.endsWith(ESCAPE))
				this.#rest = ESCAPE;
			return text.length;
		}
		this.#inString = false;
		return end[0] === "\n" ? end.index : STRING_END.lastIndex;
	}

	#takeText(text, segments) {
		for (const part of text.split(/(\r+)/)) {
			if (part === "")
				continue;
			if (part[0] === "\r") {
				this.#returned = true;
				continue;
			}
			if (this.#returned && part[0] !== "\n")
				segments.push({ erase: true });
			this.#returned = false;
			segments.push({ text: visible(part), style: [
				this.#bold ? "bold" : "", this.#front, this.#back,
			].filter(Boolean).join(" ") });
		}
	}

	#select(parameters) {
		const numbers = parameters.split(/[;:]/).map(Number);
		for (let i = 0; i < numbers.length; i++) {
			const n = numbers[i];
			if (n === 38 || n === 48) {
				const indexed = numbers[i + 1] === 5;
				if (indexed && numbers[i + 2] < 16)
					this.#colour(n - 8, numbers[i + 2]);
				i += indexed ? 2 : 4;
			} else if (n === 0) {
				this.#bold = false;
				this.#front = this.#back = "";
			} else if (n === 1 || n === 22) {
				this.#bold = n === 1;
			} else if (n === 39) {
				this.#front = "";
			} else if (n === 49) {
				this.#back = "";
			} else if (n >= 30 && n <= 47) {
				this.#colour(n - n % 10, n % 10);
			} else if (n >= 90 && n <= 107 && n % 10 < 8) {
				this.#colour(n < 100 ? 30 : 40, n % 10 + 8);
			}
		}
	}

	#colour(base, number) {
		if (base === 30)
			this.#front = `front-${number}`;
		else
			this.#back = `back-${number}`;
	}
}
