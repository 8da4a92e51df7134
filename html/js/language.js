// SPDX-License-Identifier: MIT
/* This module owns the choice of a language, which is there if there are several. */
import { create, element } from "./dom.js";
import { fetchLanguages } from "./service.js";

export class Language {
	#editor;
	/* { language, version } each; none while there is no choice. */
	#rows = [];

	/* editor gets the mode of the language that is chosen. */
	constructor(editor) {
		this.#editor = editor;
	}

	/* Returns the members of a request that say it. The version is among them
	 * if the language is there in several. */
	get chosen() {
		const { language, version } =
		    this.#rows[element("language").value] ?? {};
		if (language === undefined)
			return {};
		return this.#rows.filter((one) =>
		    one.language === language).length > 1 ?
		    { language, version } : { language };
	}

	get isPython() {
		return (this.chosen.language ?? "python").startsWith("python");
	}

	/* To be called after each choice. */
	tellEditor() {
		this.#editor.setMode(this.isPython ? "python" : null);
	}

	/* Asks the service which languages there are, and shows the choice. */
	async offer() {
		const rows = await fetchLanguages();
		if (rows.length < 2)
			return;
		this.#rows = rows.map(({ language, version }) =>
		    ({ language: String(language), version: String(version) }));
		element("language").replaceChildren(...this.#rows.map(
		    ({ language, version }, i) => create("option",
			{ value: String(i) }, `${language} ${version}`)));
		this.chooseFirst();
		element("language-field").hidden = false;
	}

	/* Chooses Python, or the first language where there is no Python. */
	chooseFirst() {
		const first = this.#rows.findIndex(({ language }) =>
		    language === "python");
		element("language").value = String(Math.max(first, 0));
		this.tellEditor();
	}
}
