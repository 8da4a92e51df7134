// SPDX-License-Identifier: MIT
/* This module owns the editor: CodeMirror over the page's textarea, or that alone. */
import { element } from "./dom.js";

/* The textarea, which needs nothing else. */
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

/* CodeMirror 5 over the textarea. Undo reaches back over text that was set. */
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
		/* The scroller has to be reachable by Tab, but keys move the cursor. */
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

/*
 * The program's text, in either of the two editors. onEdit is called after an
 * edit of the user's; CodeMirror calls it after a set text, too.
 */
export class Editor {
	#area = element("code");
	#mode = "python";
	#onEdit;
	#current;

	constructor(onEdit) {
		this.#onEdit = onEdit;
		this.#current = new PlainEditor(this.#area, onEdit);
	}

	get text() { return this.#current.text; }
	set text(text) { this.#current.text = text; }
	focus() { this.#current.focus(); }

	/* A mode of CodeMirror's, or null for text without colours. */
	setMode(mode) {
		this.#mode = mode;
		this.#current.setMode(mode);
	}

	/* Marks the line as the one at fault; null takes the mark away. */
	mark(line) { this.#current.mark(line); }

	/* Selects the line, counted from 1, and takes the focus there. */
	goTo(line) { this.#current.goTo(line); }

	/* To be called once the scripts of CodeMirror have run or failed. */
	mount() {
		if (!this.#mountCode())
			this.#use(this.#current);
	}

	/* Changes to the other editor, if it works here. */
	switch() {
		if (this.#current instanceof CodeEditor) {
			this.#current.mirror.toTextArea();
			this.#use(new PlainEditor(this.#area, this.#onEdit));
		} else {
			this.#mountCode();
		}
		this.focus();
	}

	#use(next) {
		const isCode = next instanceof CodeEditor;
		this.#current = next;
		next.setMode(this.#mode);
		element("editor-hint").textContent = isCode ?
		    "Tab indents; Esc, then Tab leaves the editor." :
		    "A plain text field: Tab leaves it.";
		element("switch-editor").textContent = isCode ?
		    "Plain text field" : "Code editor";
	}

	/* The textarea stays if CodeMirror is not there or fails: false. */
	#mountCode() {
		if (!globalThis.CodeMirror?.modes?.python)
			return false;
		try {
			const code = new CodeEditor(this.#area, this.#onEdit);
			if (!code.isStyled())
				throw new Error("its style sheet is missing");
			this.#use(code);
		} catch (error) {
			document.querySelector(".CodeMirror")?.remove();
			this.#area.hidden = false;
			this.#area.removeAttribute("style");
			console.warn("The code editor does not start:", error);
			return false;
		}
		element("switch-editor").classList.remove("absent");
		return true;
	}
}
