// SPDX-License-Identifier: MIT
/*
 * This module owns the start of the page, and the wiring of its controls.
 *
 * The other modules stand in levels, and each imports from lower levels or its
 * own, never in a circle:
 *
 *   service, run, program, language
 *   editor, panes, files
 *   dom
 *   sse, terminal, share, sentences: these know nothing of the page
 *
 * Text of a program, a link or the service is put in as text, never as markup.
 * A failure of a program and a failure of the service are two things, and are
 * shown in two places.
 */
import { element } from "./dom.js";
import { Editor } from "./editor.js";
import { Language } from "./language.js";
import { copyPane } from "./panes.js";
import { Program } from "./program.js";
import { Run } from "./run.js";

/* The parts are given what they use; onEdit is called after they are made. */
const editor = new Editor(() => program.onEdit());
const program = new Program(editor);
const language = new Language(editor);
const run = new Run({ editor, program, language });

const onClick = (id, act) => element(id).addEventListener("click", act);

// --- the run -----------------------------------------------------------------

function onKeydown(event) {
	if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey))
		return;
	event.preventDefault(); /* on the button it would click as well */
	if (!event.repeat && !element("examples").open)
		run.start();
}

/* The second click of a double click is not meant to stop; nor is a held key. */
function onRunButton(event) {
	if (!run.isOn)
		run.start();
	else if (event.detail <= 1)
		run.stop();
}

function wireRun() {
	onClick("run", onRunButton);
	element("run").addEventListener("keydown", (event) => {
		if (event.repeat)
			event.preventDefault();
	});
	document.addEventListener("keydown", onKeydown);
	onClick("stderr", ({ target }) => {
		const line = Number(target.dataset.line);
		if (line >= 1)
			editor.goTo(line);
	});
	for (const button of document.querySelectorAll("[data-copy]"))
		button.addEventListener("click", () => copyPane(button));
}

// --- the program -------------------------------------------------------------

function chooseExample(item) {
	const [title, expected] = item.querySelector("button").children;
	element("examples").close();
	program.replace({ code: item.querySelector("pre").textContent,
		stdin: item.dataset.stdin ?? "" },
	    `Example “${title.textContent}”: ${expected.textContent}`);
	element("run").focus();
}

function resetPage() {
	element("timeout").value = "5";
	language.chooseFirst();
	program.reset();
}

function onDrag(event) {
	if (!event.dataTransfer?.types.includes("Files"))
		return;
	event.preventDefault();
	event.stopPropagation(); /* or CodeMirror would insert it */
	if (event.type === "drop" && event.dataTransfer.files.length > 0)
		program.openFile(event.dataTransfer.files[0]);
}

function wireExamples() {
	const dialog = element("examples");
	onClick("show-examples", () => dialog.showModal());
	onClick("close-examples", () => dialog.close());
	dialog.addEventListener("click", ({ target }) => {
		const item = target.closest("li");
		if (target === dialog)
			dialog.close(); /* its backdrop */
		else if (item !== null && target.closest("button"))
			chooseExample(item);
	});
}

function wireFiles() {
	onClick("download", () =>
	    program.download(language.isPython ? "main.py" : "main.txt"));
	onClick("open", () => element("file").click());
	element("file").addEventListener("change", ({ target }) => {
		if (target.files.length > 0)
			program.openFile(target.files[0]);
		target.value = ""; /* the same one can be chosen again */
	});
	for (const type of ["dragover", "drop"])
		document.addEventListener(type, onDrag, true);
}

function wireProgram() {
	onClick("share", () => program.share());
	onClick("reset", resetPage);
	onClick("switch-editor", () => editor.switch());
	onClick("code-label", () => editor.focus());
	element("stdin").addEventListener("input", () => program.onEdit());
	element("language").addEventListener("change", () =>
	    language.tellEditor());
	addEventListener("hashchange", () => program.openShare());
	addEventListener("pagehide", () => program.saveNow());
}

// --- the start ---------------------------------------------------------------

if (/^(Mac|iP)/.test(navigator.platform))
	element("modifier").textContent = "⌘";
wireRun();
wireExamples();
wireFiles();
wireProgram();
language.offer();
/* The scripts of the editor come after this one. */
document.addEventListener("DOMContentLoaded", () => {
	editor.mount();
	program.openShare();
});
