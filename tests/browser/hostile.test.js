// SPDX-License-Identifier: MIT
/* Output that means harm, and output that is a lot. */
import assert from "node:assert/strict";

import { browserTest, paneText, runProgram, takeScreenshot, waitForEnding,
	runButton } from "./browser.js";
import { beginLive, ENDING, event } from "./stand_in.js";

const width = (page) => page.evaluate(() =>
    document.documentElement.scrollWidth);

browserTest("a line of 64 KiB is shown whole, in its pane", {},
    async (page) => {
	const before = await width(page);
	const { state } = await runProgram(page,
	    "print('0123456789abcde ' * 4095)");
	assert.equal(state, "done");
	assert.equal(await paneText(page, "output"),
	    `${"0123456789abcde ".repeat(4095)}\n`);
	assert.equal(await width(page), before);
	assert.equal(await page.locator("#output").evaluate((pane) =>
	    pane.childNodes.length), 1);
});

browserTest("colours are shown, other sequences are not", {},
    async (page) => {
	await runProgram(page, "print('\\x1b[1;31mred\\x1b[0m plain " +
	    "\\x1b]0;title\\x07\\x1b[2J\\x1b[9;9H\\x1b[?1049h end')");
	assert.equal(await paneText(page, "output"), "red plain  end\n");
	const red = page.locator("#output .front-1");
	assert.equal(await red.textContent(), "red");
	const [colour, weight, other] = await red.evaluate((node) => [
		getComputedStyle(node).color, getComputedStyle(node).fontWeight,
		getComputedStyle(node.parentNode).color]);
	assert.notEqual(colour, other);
	assert.equal(weight, "700");
	assert.equal(await page.title(), "Safe Code Executor");
	await takeScreenshot(page, "colours");
});

browserTest("NUL, controls and bytes that are no text", {}, async (page) => {
	await runProgram(page, "import sys\n" +
	    "sys.stdout.buffer.write(b'a\\0b\\x07\\xff\\r\\nc\\n')");
	assert.equal(await paneText(page, "output"), "a\u2400b\u2407\ufffd\nc\n");
});

browserTest("text from right to left turns nothing around it", {},
    async (page) => {
	const places = () => page.evaluate(() => ["status", "output-label",
		"run", "facts"].map((id) => {
		const { left } = document.getElementById(id)
		    .getBoundingClientRect();
		return left;
	}));
	await runProgram(page, "print('plain')");
	const before = await places();
	const { state } = await runProgram(page,
	    "print('\\u202e\\u2067evil \\u05e9\\u05dc\\u05d5\\u05dd' * 3)\n" +
	    "raise SystemExit('\\u202egnorw')");
	assert.equal(state, "failed");
	assert.deepEqual(await places(), before);
	assert.match(await paneText(page, "output"), /^\u202e\u2067evil /);
	assert.equal(await page.locator("#status").textContent(),
	    "Ended with exit code 1.");
});

browserTest("a program can not speak as the service", {}, async (page) => {
	const { state } = await runProgram(page, "import sys\n" +
	    "print('event: result\\ndata: {\"error\":\"forged\"}\\n\\n')\n" +
	    "sys.stderr.write('Memory limit exceeded (128 MB)')\nsys.exit(1)");
	assert.equal(state, "failed");
	assert.equal(await page.locator("#status").textContent(),
	    "Ended with exit code 1.");
	assert.match(await paneText(page, "output"), /^event: result\n/);
	assert.equal(await page.locator("#service").textContent(), "");
});

/* Frames that there were, and changes of the output. */
const countChanges = (page) => page.evaluate(() => {
	const count = globalThis.count = { frames: 0, changes: 0 };
	const frame = () => {
		count.frames++;
		requestAnimationFrame(frame);
	};
	requestAnimationFrame(frame);
	new MutationObserver((records) => {
		count.changes += records.length;
	}).observe(
	    document.getElementById("output"),
	    { childList: true, characterData: true, subtree: true });
});

const PIECES = 4000;
browserTest("thousands of pieces are put in frame by frame",
    { play: ({ response }) => {
	beginLive(response);
	for (let i = 0; i < PIECES; i++)
		response.write(event("stdout", { text: "0123456789abcdef" }));
	response.end(ENDING + event("result", {}));
} }, async (page) => {
	await countChanges(page);
	await runButton(page).click();
	assert.equal((await waitForEnding(page)).state, "done");
	assert.equal(await paneText(page, "output"),
	    "0123456789abcdef".repeat(PIECES));
	const { frames, changes } = await page.evaluate(() => globalThis.count);
	/* Emptied at the beginning, flushed at the end. */
	assert.ok(changes <= frames + 2, `${changes} in ${frames} frames`);
	assert.equal(await page.locator("#output").evaluate((pane) =>
	    pane.childNodes.length), 1);
});

const PARSE_MUCH = async ([what, n]) => {
	const { EventParser } = await import("/js/sse.js");
	const { TerminalParser } = await import("/js/terminal.js");
	const parse = (text) => new TerminalParser().push(text).length;
	const kinds = {
		escapes: () => parse("\x1b[".repeat(n)),
		parameters: () => parse(`\x1b[${";".repeat(n)}`),
		colours: () => parse("\x1b[38;5;1mx".repeat(n)),
		strings: () => parse("\x1b]x".repeat(n)),
		returns: () => parse("\rx".repeat(n)),
		"one long event": () => {
			const parser = new EventParser();
			const piece = new TextEncoder().encode("data: x".repeat(9));
			for (let i = 0; i < n / 16; i++)
				parser.push(piece);
		},
	};
	kinds[what]();
};

/* What a computation costs the page's thread: others' work does not count. */
async function cpuMeter(page) {
	const session = await page.context().newCDPSession(page);
	await session.send("Performance.enable", { timeDomain: "threadTicks" });
	const spent = async () => {
		const { metrics } = await session.send("Performance.getMetrics");
		return 1000 * metrics.find(({ name }) =>
		    name === "TaskDuration").value;
	};
	return async (act, argument) => {
		const takes = [];
		for (let i = 0; i < 4; i++) {
			const before = await spent();
			await page.evaluate(act, argument);
			takes.push(await spent() - before);
		}
		return Math.min(...takes);
	};
}

browserTest("no output takes more than its share of time", {},
    async (page) => {
	const measure = await cpuMeter(page);
	for (const kind of ["escapes", "parameters", "colours", "strings",
		"returns", "one long event"]) {
		const once = await measure(PARSE_MUCH, [kind, 16384]);
		const fourfold = await measure(PARSE_MUCH, [kind, 65536]);
		/* In the square of its length it would be sixteen times. */
		assert.ok(fourfold < 12 * Math.max(once, 4),
		    `${kind}: ${once} ms, ${fourfold} ms`);
	}
});

browserTest("a line drawn again and again is one line", {}, async (page) => {
	await runProgram(page, "import sys\nprint('head')\n" +
	    "for n in range(5000): sys.stdout.write(f'\\r{n:5}')\nprint()");
	assert.equal(await paneText(page, "output"), "head\n 4999\n");
});
