// SPDX-License-Identifier: MIT
/* The page and a real service: what a user runs and what they are shown. */
import assert from "node:assert/strict";

import { browserTest, paneText, runProgram, takeScreenshot, waitForEnding }
	from "./browser.js";

const PRIMES = "Primes up to 50:\n2 3 5 7 11 13 17 19 23 29 31 37 41 43 47";

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
	await page.getByRole("button", { name: "Run" }).click();
	const { state, sentence } = await waitForEnding(page);
	assert.equal(state, "done");
	assert.match(sentence, /^Finished in \d+\.\d\d s\.$/);
	assert.equal(await paneText(page, "output"), PRIMES);
	assert.equal(await paneText(page, "error"), null);
	assert.equal(await paneText(page, "stderr"), null);
	await takeScreenshot(page, "success");
});

for (const key of ["Control+Enter", "Meta+Enter"]) {
	browserTest(`${key} runs the program, once`, {}, async (page) => {
		const requests = countRuns(page);
		const code = page.getByLabel("Program", { exact: true });
		await code.fill("print(6 * 7)");
		await code.press(key);
		assert.equal((await waitForEnding(page)).state, "done");
		assert.equal(await paneText(page, "output"), "42");
		assert.equal(requests.length, 1);
		assert.equal(await code.inputValue(), "print(6 * 7)");
	});
}

browserTest("Ctrl+Enter on the button itself runs once", {}, async (page) => {
	const requests = countRuns(page);
	await page.getByRole("button", { name: "Run" }).press("Control+Enter");
	assert.equal((await waitForEnding(page)).state, "done");
	assert.equal(requests.length, 1);
});

browserTest("the keyboard alone is enough", {}, async (page) => {
	const focused = () => page.evaluate(() => document.activeElement.id ||
	    document.activeElement.localName);
	const order = [];
	for (let i = 0; i < 4; i++) {
		await page.keyboard.press("Tab");
		order.push(await focused());
	}
	assert.deepEqual(order, ["code", "summary", "run", "output"]);

	await page.keyboard.press("Shift+Tab");
	await page.keyboard.press("Shift+Tab");
	await page.keyboard.press("Enter"); /* opens "Program input" */
	await page.keyboard.press("Tab");
	assert.equal(await focused(), "stdin");
	await page.keyboard.type("typed");
	await page.getByLabel("Program", { exact: true })
	    .fill("print(input()[::-1])");
	await page.getByRole("button", { name: "Run" }).focus();
	await page.keyboard.press("Space");
	assert.equal((await waitForEnding(page)).state, "done");
	assert.equal(await paneText(page, "output"), "depyt");
	assert.equal(await focused(), "run"); /* focus stays */
});

browserTest("what stdin holds reaches the program", {}, async (page) => {
	await page.getByText("Program input").click();
	await page.getByLabel("What the program reads").fill("Ada\nGrace\n");
	await runProgram(page, "import sys\nfor line in sys.stdin:\n" +
	    "    print('Hello,', line.strip())");
	assert.equal(await paneText(page, "output"), "Hello, Ada\nHello, Grace");
});

browserTest("a traceback is the error, with the output beside it", {},
    async (page) => {
	const { state, sentence } = await runProgram(page,
	    "print('before')\nreturn_value = 1 / 0");
	assert.equal(state, "failed");
	assert.match(sentence, /^Ended with exit code 1 after \d+\.\d\d s\.$/);
	assert.equal(await paneText(page, "output"), "before");
	const error = await paneText(page, "error");
	assert.match(error, /^Traceback \(most recent call last\):\n/);
	assert.match(error, /line 2.*\nZeroDivisionError: division by zero$/s);
	assert.equal(await paneText(page, "stderr"), null);
	assert.equal(await page.locator("#service").textContent(), "");
	await takeScreenshot(page, "traceback");
});

browserTest("stderr of a program that succeeds is no error", {},
    async (page) => {
	const { state } = await runProgram(page,
	    "import sys\nprint('out')\nprint('aside', file=sys.stderr)");
	assert.equal(state, "done");
	assert.equal(await paneText(page, "output"), "out");
	assert.equal(await paneText(page, "error"), null);
	assert.equal(await paneText(page, "stderr"), "aside");
});

browserTest("an exit status is said in words", {}, async (page) => {
	const { state, sentence } = await runProgram(page, "raise SystemExit(3)");
	assert.equal(state, "failed");
	assert.match(sentence, /^Ended with exit code 3 after /);
	assert.equal(await paneText(page, "error"), "Program exited with status 3");
	assert.equal(await paneText(page, "output"), null);
});

browserTest("a signal is said in words", {}, async (page) => {
	const { state, sentence } = await runProgram(page,
	    "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)");
	assert.equal(state, "failed");
	assert.match(sentence, /^Killed by signal SIGSEGV after /);
	assert.equal(await paneText(page, "error"),
	    "Program killed by signal SIGSEGV");
});

browserTest("a program without output is said to have none", {},
    async (page) => {
	const { state, sentence } = await runProgram(page, "pass");
	assert.equal(state, "done");
	assert.match(sentence, /^Finished in .* without any output\.$/);
	assert.equal(await paneText(page, "output"), "");
});

browserTest("an endless loop times out, and the clock counts", {},
    async (page) => {
	const requests = countRuns(page);
	await page.getByLabel("Program", { exact: true }).fill("while True: pass");
	const button = page.getByRole("button");
	await button.click();
	await page.waitForFunction(() =>
	    parseFloat(document.getElementById("clock").textContent) >= 1);
	assert.equal(await button.textContent(), "Running…");
	assert.equal(await button.getAttribute("aria-disabled"), "true");
	assert.equal(await page.getByRole("status").textContent(), "Running…");
	await takeScreenshot(page, "running");
	await button.click({ force: true }); /* does nothing by now */
	await page.keyboard.press("Control+Enter"); /* nor does this */

	const { state, sentence } = await waitForEnding(page);
	assert.equal(state, "failed");
	const elapsed = Number(/^Stopped after (\S+) s\.$/.exec(sentence)?.[1]);
	assert.ok(elapsed >= 5 && elapsed < 9, sentence);
	assert.equal(await paneText(page, "error"),
	    "Execution timed out after 5 seconds");
	assert.equal(await button.textContent(), "Run");
	assert.equal(await page.locator("#clock").textContent(), "");
	assert.equal(requests.length, 1);
	await takeScreenshot(page, "timeout");
});

browserTest("output that was cut is said to be", {}, async (page) => {
	const { state, sentence } = await runProgram(page,
	    "print('0123456789abcdef' * 8192)");
	assert.equal(state, "done");
	assert.match(sentence, /Only the beginning of standard output is shown/);
	assert.equal((await paneText(page, "output")).length, 65536);
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
	for (const pane of ["output", "error"]) {
		assert.equal(await paneText(page, pane), markup);
		assert.equal(await page.locator(`#${pane} *`).count(), 0);
	}
	assert.equal(dialogs, 0);
});

browserTest("one run's results give way to the next one's", {},
    async (page) => {
	await runProgram(page, "print('first')\nraise SystemExit('why')");
	assert.equal(await paneText(page, "error"), "why");
	await runProgram(page, "print('second')");
	assert.equal(await paneText(page, "output"), "second");
	assert.equal(await paneText(page, "error"), null);
});
