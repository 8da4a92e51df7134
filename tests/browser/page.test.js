// SPDX-License-Identifier: MIT
/* The page and a real service: what a user runs and what they are shown. */
import assert from "node:assert/strict";

import { browserTest, chooseTimeLimit, fillProgram, paneText, programText,
	runButton, runProgram, takeScreenshot, waitForEnding } from "./browser.js";
import { beginLive, event } from "./stand_in.js";

const PRIMES = "Primes up to 50:\n2 3 5 7 11 13 17 19 23 29 31 37 41 43 47\n";

/* The addresses of the requests to run something, as they are made. */
function countRuns(page) {
	const requests = [];
	page.on("request", (request) => {
		if (request.url().endsWith("/run"))
			requests.push(request.url());
	});
	return requests;
}

browserTest("the sample runs at the press of a button", {}, async (page) => {
	assert.equal(await page.title(), "Safe Code Executor");
	await takeScreenshot(page, "first-sight");
	await runButton(page).click();
	const { state, sentence } = await waitForEnding(page);
	assert.equal(state, "done");
	assert.equal(sentence, "Finished.");
	assert.match(await page.locator("#facts").textContent(),
	    /^exit code 0 · ran [\d.]+ m?s · waited [\d.]+ m?s$/);
	assert.equal(await paneText(page, "output"), PRIMES);
	assert.equal(await paneText(page, "stderr"), null);
	await takeScreenshot(page, "success");
});

for (const key of ["Control+Enter", "Meta+Enter"]) {
	browserTest(`${key} runs the program, once`, {}, async (page) => {
		const requests = countRuns(page);
		await fillProgram(page, "print(6 * 7)");
		await page.locator(".CodeMirror-lines").click();
		await page.keyboard.press(key);
		assert.equal((await waitForEnding(page)).state, "done");
		assert.equal(await paneText(page, "output"), "42\n");
		assert.equal(requests.length, 1);
		assert.equal(await programText(page), "print(6 * 7)");
	});
}

browserTest("Ctrl+Enter on the button itself runs once", {}, async (page) => {
	const requests = countRuns(page);
	await runButton(page).press("Control+Enter");
	assert.equal((await waitForEnding(page)).state, "done");
	assert.equal(requests.length, 1);
});

browserTest("the keyboard alone is enough", {}, async (page) => {
	const focused = () => page.evaluate(() => document.activeElement.id ||
	    document.activeElement.closest(".CodeMirror")?.className
		.split(" ")[0] || document.activeElement.localName);
	const order = [];
	for (let i = 0; i < 8; i++) {
		await page.keyboard.press("Tab");
		order.push(await focused());
	}
	assert.deepEqual(order, ["run", "timeout", "show-examples", "share",
		"open", "download", "reset", "CodeMirror"]);

	await page.keyboard.press("Control+a");
	await page.keyboard.type("print(input()[::-1])");
	await page.keyboard.press("Escape");
	await page.keyboard.press("Tab");
	assert.equal(await focused(), "switch-editor");
	await page.keyboard.press("Tab");
	await page.keyboard.press("Enter"); /* opens "Program input" */
	await page.keyboard.press("Tab");
	assert.equal(await focused(), "stdin");
	await page.keyboard.type("typed");
	for (let i = 0; i < 2; i++)
		await page.keyboard.press("Shift+Tab");
	await page.keyboard.press("Shift+Tab"); /* back into the editor */
	assert.equal(await focused(), "CodeMirror");
	await page.keyboard.press("Escape");
	for (let i = 0; i < 7; i++)
		await page.keyboard.press("Shift+Tab");
	assert.equal(await focused(), "run");
	await page.keyboard.press("Space");
	assert.equal((await waitForEnding(page)).state, "done");
	assert.equal(await paneText(page, "output"), "depyt\n");
	assert.equal(await focused(), "run"); /* focus stays */
});

browserTest("what stdin holds reaches the program", {}, async (page) => {
	await page.locator("#input summary").click();
	await page.getByLabel("What the program reads").fill("Ada\nGrace\n");
	await runProgram(page, "import sys\nfor line in sys.stdin:\n" +
	    "    print('Hello,', line.strip())");
	assert.equal(await paneText(page, "output"), "Hello, Ada\nHello, Grace\n");
});

browserTest("a traceback is the error, with the output beside it", {},
    async (page) => {
	const { state, sentence } = await runProgram(page,
	    "print('before')\nreturn_value = 1 / 0");
	assert.equal(state, "failed");
	assert.equal(sentence, "Ended with exit code 1.");
	assert.equal(await paneText(page, "output"), "before\n");
	const error = await paneText(page, "stderr");
	assert.match(error, /^Traceback \(most recent call last\):\n/);
	assert.match(error, /line 2.*\nZeroDivisionError: division by zero\n$/s);
	assert.equal(await page.locator("#stderr-label").textContent(), "Error");
	assert.equal(await page.locator("#service").textContent(), "");
	await takeScreenshot(page, "traceback");
});

browserTest("stderr of a program that succeeds is no error", {},
    async (page) => {
	const { state } = await runProgram(page,
	    "import sys\nprint('out')\nprint('aside', file=sys.stderr)");
	assert.equal(state, "done");
	assert.equal(await paneText(page, "output"), "out\n");
	assert.equal(await paneText(page, "stderr"), "aside\n");
	assert.equal(await page.locator("#stderr-label").textContent(),
	    "Standard error");
	assert.equal(await page.locator("#stderr-pane.failed").count(), 0);
});

browserTest("an exit status is said in words", {}, async (page) => {
	const { state, sentence } = await runProgram(page, "raise SystemExit(3)");
	assert.equal(state, "failed");
	assert.equal(sentence, "Ended with exit code 3.");
	assert.equal(await paneText(page, "stderr"), null);
	assert.equal(await paneText(page, "output"), "");
});

browserTest("a signal is said in words", {}, async (page) => {
	const { state, sentence } = await runProgram(page,
	    "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)");
	assert.equal(state, "failed");
	assert.equal(sentence, "Killed by signal SIGSEGV.");
});

browserTest("a memory bomb is said in words", {}, async (page) => {
	const { state, sentence } = await runProgram(page,
	    "print('before')\nx = 'a' * 1000000000");
	assert.equal(state, "failed");
	assert.equal(sentence, "Memory limit exceeded (128 MB).");
	assert.equal(await paneText(page, "output"), "before\n");
});

browserTest("a program without output is said to have none", {},
    async (page) => {
	const { state, sentence } = await runProgram(page, "pass");
	assert.equal(state, "done");
	assert.equal(sentence, "Finished without any output.");
	assert.equal(await paneText(page, "output"), "");
});

/* A program that runs for as long as the test looks at it. */
const endless = {};
endless.begun = new Promise((resolve) => {
	endless.play = ({ response }) => {
		beginLive(response);
		response.write(event("stdout", { text: "begun\n" }));
		resolve(response);
	};
});

browserTest("while a program runs the clock counts, and it runs once",
    { play: endless.play }, async (page) => {
	const requests = countRuns(page);
	await page.getByLabel("Time limit").selectOption("2 s");
	await runButton(page).click();
	const response = await endless.begun;
	await page.waitForFunction(() => parseFloat(
	    document.getElementById("clock").textContent) >= 1 &&
	    document.getElementById("output").textContent === "begun\n");
	assert.equal(await runButton(page).textContent(), "Stop");
	assert.match(await page.locator("#clock").textContent(),
	    /^\d+\.\d s of 2 s$/);
	const progress = page.locator("#progress");
	assert.ok(await progress.isVisible());
	assert.ok(await progress.evaluate((bar) =>
	    bar.max === 2 && bar.value > 0.9 && bar.value <= 2));
	assert.equal(await page.locator("#status").textContent(), "Running…");
	await takeScreenshot(page, "running");
	await page.keyboard.press("Control+Enter"); /* does nothing by now */
	assert.equal(await runButton(page).textContent(), "Stop");

	response.end(event("result", {}));
	assert.equal((await waitForEnding(page)).state, "done");
	assert.equal(await paneText(page, "output"), "begun\n");
	assert.equal(await runButton(page).textContent(), "Run");
	assert.equal(await page.locator("#clock").textContent(), "");
	assert.ok(!await progress.isVisible());
	assert.equal(requests.length, 1);
});

browserTest("an endless loop times out", {}, async (page) => {
	const limit = await chooseTimeLimit(page, 2);
	const { state, sentence } = await runProgram(page,
	    "print('begun')\nwhile True: pass");
	assert.equal(state, "failed");
	assert.equal(sentence, `Execution timed out after ${limit}. ` +
	    "What it had printed is kept.");
	assert.equal(await paneText(page, "output"), "begun\n");
	assert.equal(await runButton(page).textContent(), "Run");
	assert.equal(await page.locator("#clock").textContent(), "");
	assert.ok(!await page.locator("#progress").isVisible());
	await takeScreenshot(page, "timeout");
});

browserTest("output that was cut is said to be", {}, async (page) => {
	const { state, sentence } = await runProgram(page,
	    "print('0123456789abcdef' * 8192)");
	assert.equal(state, "done");
	assert.match(sentence, /Only the beginning of standard output is shown/);
	assert.equal((await paneText(page, "output")).length, 65536);
	assert.ok(await page.locator("#output-cut").isVisible());
	await takeScreenshot(page, "truncated");
});

browserTest("markup in a program's output stays text", {}, async (page) => {
	const markup = "<img src=x onerror=alert(1)><script>alert(2)</script>" +
	    "<b>bold</b>&amp;";
	let dialogs = 0;
	page.on("dialog", (dialog) => {
		dialogs++;
		return dialog.dismiss();
	});
	await runProgram(page, `import sys\nprint(${JSON.stringify(markup)})\n` +
	    `sys.exit(${JSON.stringify(markup)})`);
	for (const pane of ["output", "stderr"]) {
		assert.equal(await paneText(page, pane), `${markup}\n`);
		assert.equal(await page.locator(`#${pane} *`).count(), 0);
	}
	assert.equal(dialogs, 0);
});

browserTest("one run's results give way to the next one's", {},
    async (page) => {
	await runProgram(page, "print('first')\nraise SystemExit('why')");
	assert.equal(await paneText(page, "stderr"), "why\n");
	await runProgram(page, "print('second')");
	assert.equal(await paneText(page, "output"), "second\n");
	assert.equal(await paneText(page, "stderr"), null);
});
