// SPDX-License-Identifier: MIT
/* The editor by its keys, and the page without it. */
import assert from "node:assert/strict";

import { browserTest, FAILED_REQUEST, fillProgram, paneText, programText,
	runButton, runProgram, takeScreenshot, waitForEnding } from "./browser.js";

const focusIsIn = (page, selector) => page.evaluate((wanted) =>
    document.activeElement.closest(wanted) !== null, selector);

/* An empty editor with the focus in it. */
async function beginTyping(page) {
	await fillProgram(page, "");
	await page.locator(".CodeMirror-lines").click();
}

browserTest("a program typed in is coloured, numbered and indented", {},
    async (page) => {
	await beginTyping(page);
	await page.keyboard.type("def f(x):\nreturn 'a'  # c\nif f(1) == 'a':\n");
	await page.keyboard.type("print(f(2))");
	assert.equal(await programText(page), "def f(x):\n    return 'a'  # c\n" +
	    "if f(1) == 'a':\n    print(f(2))");
	const colour = (kind) => page.locator(`.cm-${kind}`).first()
	    .evaluate((node) => getComputedStyle(node).color);
	const colours = await Promise.all(["keyword", "string", "comment",
		"number", "def"].map(colour));
	assert.equal(new Set(colours).size, 5, colours.join());
	assert.deepEqual(await page.locator(".CodeMirror-linenumber")
	    .allTextContents().then((all) => all.slice(-4)),
	    ["1", "2", "3", "4"]);
});

browserTest("Tab indents by four, Shift+Tab takes it back", {},
    async (page) => {
	await beginTyping(page);
	await page.keyboard.press("Tab");
	await page.keyboard.type("x = 1");
	assert.equal(await programText(page), "    x = 1");
	await page.keyboard.press("Shift+Tab");
	assert.equal(await programText(page), "x = 1");
	await page.keyboard.press("Enter");
	await page.keyboard.type("y = 2");
	await page.keyboard.press("Control+a");
	await page.keyboard.press("Tab");
	assert.equal(await programText(page), "    x = 1\n    y = 2");
	await page.keyboard.press("Shift+Tab");
	assert.equal(await programText(page), "x = 1\ny = 2");
	await page.keyboard.press("Control+/");
	assert.equal(await programText(page), "# x = 1\n# y = 2");
	assert.ok(await focusIsIn(page, ".CodeMirror"));
});

browserTest("Esc, then Tab leaves, and typing takes that back", {},
    async (page) => {
	await beginTyping(page);
	const field = page.locator(".CodeMirror textarea");
	const hint = await field.getAttribute("aria-describedby");
	assert.match(await page.locator(`#${hint}`).textContent(),
	    /Esc, then Tab leaves the editor/);
	assert.ok(await page.locator(`#${hint}`).isVisible());
	assert.equal(await field.getAttribute("aria-label"), "Program");

	await page.keyboard.press("Escape");
	await page.keyboard.type("x");
	await page.keyboard.press("Home");
	await page.keyboard.press("Tab");
	assert.equal(await programText(page), "    x");
	await page.keyboard.press("Escape");
	await page.keyboard.press("Tab");
	assert.ok(await focusIsIn(page, "#switch-editor"));
	await page.keyboard.press("Shift+Tab");
	assert.ok(await focusIsIn(page, ".CodeMirror"));
	await page.keyboard.press("Escape");
	await page.keyboard.press("Shift+Tab");
	assert.ok(await focusIsIn(page, "#reset"));
	assert.equal(await programText(page), "    x");
});

browserTest("undo and redo", {}, async (page) => {
	await beginTyping(page);
	await page.keyboard.type("one");
	await page.keyboard.press("Control+z");
	assert.equal(await programText(page), "");
	await page.keyboard.press("Control+y");
	assert.equal(await programText(page), "one");
});

browserTest("the label leads into the editor", {}, async (page) => {
	await page.locator("#code-label").click();
	assert.ok(await focusIsIn(page, ".CodeMirror"));
});

const AT_FAULT = ".CodeMirror-linebackground.at-fault";

/* The number of the line that is marked. */
const markedLine = (page) => page.evaluate(() => {
	const { CodeMirror: mirror } = document.querySelector(".CodeMirror");
	const lines = [];
	mirror.eachLine((line) => {
		if (line.bgClass === "at-fault")
			lines.push(mirror.getLineNumber(line) + 1);
	});
	return lines.join();
});

const cursorLine = (page) => page.evaluate(() => document.querySelector(
    ".CodeMirror").CodeMirror.getCursor().line + 1);

browserTest("a traceback marks its innermost line and leads to each", {},
    async (page) => {
	await runProgram(page, "def f():\n    return 1 / 0\n\n\nf()");
	assert.equal(await markedLine(page), "2");
	assert.ok(await page.locator(AT_FAULT).isVisible());
	const mentions = page.locator("#stderr button");
	assert.deepEqual(await mentions.allTextContents(),
	    ['File "/box/main.py", line 5', 'File "/box/main.py", line 2']);
	assert.match(await paneText(page, "stderr"), /^Traceback .*in <module>\n/s);
	await mentions.first().click();
	assert.equal(await cursorLine(page), 5);
	assert.ok(await focusIsIn(page, ".CodeMirror"));
	await mentions.last().press("Enter");
	assert.equal(await cursorLine(page), 2);

	await page.keyboard.type("x"); /* an edit, and it may be another line */
	assert.equal(await markedLine(page), "");
	await runProgram(page, "print(1)\nprint(2");
	assert.equal(await markedLine(page), "2"); /* a SyntaxError */
	await takeScreenshot(page, "syntax-error");
	await runProgram(page, "print(1)");
	assert.equal(await markedLine(page), "");
});

browserTest("lines that are not there are not marked", {}, async (page) => {
	for (const line of ["0", "99", "9".repeat(400)]) {
		const { state } = await runProgram(page, "raise SystemExit(" +
		    `'File "/box/main.py", line ${line}')`);
		assert.equal(state, "failed");
		assert.equal(await markedLine(page), "");
		await page.locator("#stderr button").click();
	}
});

/* All of the page but the files whose address the pattern fits. */
const without = (pattern) => (page) => page.route(pattern, (route) =>
    route.fulfill({ status: 404, body: "" }));

async function assertPlainWorks(page) {
	assert.equal(await page.locator(".CodeMirror").count(), 0);
	assert.ok(!await page.locator("#switch-editor").isVisible());
	const code = page.getByLabel("Program", { exact: true });
	assert.ok(await code.isVisible());
	await code.fill("print(1)\nprint(1 / 0)");
	await code.press("Control+Enter");
	assert.equal((await waitForEnding(page)).state, "failed");
	assert.equal(await paneText(page, "output"), "1\n");
	await page.locator("#stderr button").click();
	assert.deepEqual(await code.evaluate((area) => area.value.slice(
	    area.selectionStart, area.selectionEnd)), "print(1 / 0)");
	await code.press("Tab");
	assert.ok(!await focusIsIn(page, "#code"));
}

for (const [what, pattern] of Object.entries({
	"its files": "**/editor/**", "its main file": "**/editor/lib/codemirror.js",
	"its style sheet": "**/editor/lib/codemirror.css",
	"its Python": "**/editor/mode/python/python.js" })) {
	browserTest(`without the editor, ${what}, there is a plain field`,
	    { prepare: without(pattern),
		/* What extends CodeMirror misses it, or its base. */
		expected: new RegExp(`${FAILED_REQUEST.source}|` +
		    "thrown: ReferenceError: CodeMirror is not defined|" +
		    "editor does not start: Error: its style sheet is") },
	    async (page) => {
		await assertPlainWorks(page);
		await takeScreenshot(page, "plain-field");
	});
}

browserTest("an editor that fails leaves the plain field",
    { expected: /^warning: The code editor does not start/,
	prepare: (page) => page.route("**/editor/addon/comment/comment.js", async (route) =>
	    route.fulfill({ contentType: "application/javascript",
		body: 'CodeMirror.defineInitHook(() => { throw new Error("no"); })',
	    })) }, assertPlainWorks);

browserTest("the plain field can be chosen, and the editor again", {},
    async (page) => {
	await fillProgram(page, "print(2)");
	const choice = page.locator("#switch-editor");
	assert.equal(await choice.textContent(), "Plain text field");
	await choice.click();
	const code = page.getByLabel("Program", { exact: true });
	assert.equal(await code.inputValue(), "print(2)");
	assert.ok(await focusIsIn(page, "#code"));
	await code.fill("print(3)");
	await code.press("Control+Enter");
	await waitForEnding(page);
	assert.equal(await paneText(page, "output"), "3\n");
	await choice.click();
	assert.equal(await programText(page), "print(3)");
	assert.ok(await focusIsIn(page, ".CodeMirror"));
	await runButton(page).click();
	await waitForEnding(page);
	assert.equal(await paneText(page, "output"), "3\n");
});
