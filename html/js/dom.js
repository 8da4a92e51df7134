// SPDX-License-Identifier: MIT
/* This module owns what every part of the page does with its elements. */

/* The element of that id; index.html has each that the script names. */
export const element = (id) => document.getElementById(id);

/* Returns a new element. Children that are strings go in as text. */
export function create(name, properties = {}, ...children) {
	const node = Object.assign(document.createElement(name), properties);
	node.append(...children);
	return node;
}

/* Says something above the program; more are elements, such as a button. */
export function notify(sentence, ...more) {
	element("notice").replaceChildren(create("p", {}, sentence), ...more);
}

/* Returns whether the text is on the clipboard. */
export async function copyText(text) {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		/* Without permission or HTTPS the old way may still work. */
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
