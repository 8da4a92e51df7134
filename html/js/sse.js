// SPDX-License-Identifier: MIT
/* This module owns the decoding of server-sent events. */

/* push() takes bytes, cut anywhere, and returns events { type, data }. Comments,
 * ids and retry times of the standard are skipped. */
export class EventParser {
	#decoder = new TextDecoder();
	#rest = "";
	#endedInCr = false;
	#type = "";
	#data = [];

	push(bytes) {
		const events = [];
		let text = this.#decoder.decode(bytes, { stream: true });
		if (text === "")
			return events;
		if (this.#endedInCr && text[0] === "\n")
			text = text.slice(1);
		this.#endedInCr = text.endsWith("\r");
		let start = 0;
		for (const end of text.matchAll(/\r\n|\n|\r/g)) {
			this.#takeLine(this.#rest + text.slice(start, end.index),
			    events);
			this.#rest = "";
			start = end.index + end[0].length;
		}
		this.#rest += text.slice(start);
		return events;
	}

	#takeLine(line, events) {
		if (line === "") {
			if (this.#data.length > 0)
				events.push({ type: this.#type || "message",
					data: this.#data.join("\n") });
			this.#type = "";
			this.#data = [];
			return;
		}
		const [, name, value] = /^([^:]*):? ?(.*)$/s.exec(line);
		if (name === "event")
			this.#type = value;
		else if (name === "data")
			this.#data.push(value);
	}
}
