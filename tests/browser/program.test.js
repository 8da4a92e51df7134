// SPDX-License-Identifier: MIT
/* How a program comes and goes: examples, links, files, what is kept. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { browserTest, fillProgram, notice, openContext, paneText, programText,
	runButton, runProgram, takeScreenshot, waitForEnding } from "./browser.js";

const OWN = "print('my own')\n";

const BACK = { name: "Bring back my program" };

async function chooseExample(page, title) {
	await page.getByRole("button", { name: "Examples" }).click();
	await page.getByRole("dialog").getByRole("button")
	    .filter({ has: page.getByText(title, { exact: true }) }).click();
}

/* What each is said to do, and does. */
const EXAMPLES = {
	"Hello": ["done", "Finished.", /^Hello from the sandbox!\n$/, null],
	"Program input": ["done", "Finished.", /^Hello, Ada!\nHello, Grace!\n$/,
		null],
	"Line by line": ["done", "Finished.", /^line 1 of 8\n.*line 8 of 8\n$/s,
		null],
	"A class": ["done", "Finished.",
		/^Rectangle.* has the area 12\nRectangle.* has the area 3\.0\n$/,
		null],
	"A generator": ["done", "Finished.", /^0 1 1 2 3 .* 377\n$/, null],
	"An error": ["failed", "Ended with exit code 1.", /^2\.0\n$/,
		/^Traceback.*ZeroDivisionError/s],
	"An infinite loop": ["failed", "Execution timed out after 5 seconds. " +
		"What it had printed is kept.", /^This never ends/, null],
	"A memory bomb": ["failed", "Memory limit exceeded (128 MB).",
		/^10 MB\n/, null],
	"Network access": ["failed", "Ended with exit code 1.", /^$/,
		/OSError: .*Network is unreachable\n$/],
	"Reading /etc/passwd": ["done", "Finished.", /^root:[^\n]*\nnobody:/,
		null],
	"A picture": ["done", "Finished. It made a file.", /^$/],
	"Writing files": ["failed", "Ended with exit code 1. It made a file.",
		/^gone there when the program ends\n/, /OSError.*Read-only file system/],
};

browserTest("the examples are those that are known here", {},
    async (page) => {
	const titles = await page.locator("#examples strong").allTextContents();
	assert.deepEqual(titles, Object.keys(EXAMPLES));
	const before = await programText(page);
	await page.getByRole("button", { name: "Examples" }).click();
	await takeScreenshot(page, "examples");
	await page.getByRole("button", { name: "Close" }).click();
	assert.equal(await programText(page), before);
});

for (const [title, [state, sentence, output, error]] of
    Object.entries(EXAMPLES)) {
	browserTest(`the example “${title}” says what to expect, and that comes`,
	    {}, async (page) => {
		/* All the time that there is, unless the default is its end. */
		if (!sentence.includes("after 5 seconds"))
			await page.getByLabel("Time limit").selectOption("10 s");
		await chooseExample(page, title);
		assert.equal(await page.locator("dialog[open]").count(), 0);
		const told = await notice(page).locator("p").textContent();
		assert.ok(told.startsWith(`Example “${title}”: Expect `), told);
		await page.keyboard.press("Control+Enter");
		assert.deepEqual(await waitForEnding(page), { state, sentence });
		assert.match(await paneText(page, "output"), output);
		assert.match(await paneText(page, "stderr") ?? "", error ?? /^$/);
	});
}

browserTest("choosing an example runs nothing and can be undone", {},
    async (page) => {
	await fillProgram(page, OWN);
	await chooseExample(page, "Program input");
	assert.equal(await page.locator("#status").getAttribute("data-state"),
	    "idle");
	assert.equal(await page.locator("#stdin").inputValue(), "Ada\nGrace\n");
	assert.ok(await page.locator("#stdin").isVisible());
	await notice(page).getByRole("button", BACK).click();
	assert.equal(await programText(page), OWN);
	assert.equal(await page.locator("#stdin").inputValue(), "");
	await chooseExample(page, "Hello");
	await page.locator(".CodeMirror-lines").click();
	await page.keyboard.press("Control+z");
	assert.equal(await programText(page), OWN);
});

browserTest("one's own program outlasts several examples, and a reload", {},
    async (page) => {
	await fillProgram(page, OWN);
	await page.waitForFunction((own) => JSON.parse(localStorage.getItem(
	    "safe-code-executor"))?.code === own, OWN);
	for (const title of ["Hello", "A class", "A generator"])
		await chooseExample(page, title);
	await runButton(page).click();
	await waitForEnding(page);
	await notice(page).getByRole("button", BACK).click();
	assert.equal(await programText(page), OWN);
	await chooseExample(page, "Hello");
	await page.reload();
	assert.equal(await programText(page), OWN);
	await chooseExample(page, "Hello");
	await fillProgram(page, "print('changed')"); /* theirs from now on */
	await chooseExample(page, "A class");
	await notice(page).getByRole("button", BACK).click();
	assert.equal(await programText(page), "print('changed')");
});

browserTest("the tools by the keyboard alone", {}, async (page) => {
	const press = async (...keys) => {
		for (const key of keys)
			await page.keyboard.press(key);
	};
	await fillProgram(page, OWN);
	await page.locator("#timeout").focus();
	await press("ArrowDown"); /* 10 s */
	assert.equal(await page.locator("#timeout").inputValue(), "10");
	await press("Tab", "Enter", "Tab", "Tab", "Enter"); /* a second example */
	assert.equal(await page.locator("dialog[open]").count(), 0);
	assert.match(await programText(page), /^import sys\n\nfor line/);
	assert.equal(await page.evaluate(() => document.activeElement.id), "run");
	await press("Enter");
	await waitForEnding(page);
	assert.equal(await paneText(page, "output"),
	    "Hello, Ada!\nHello, Grace!\n");
	await press("Tab", "Tab", "Tab", "Enter");
	await page.getByLabel("Share link").waitFor();
	await press("Tab", "Tab", "Tab", "Enter"); /* Reset */
	assert.match(await programText(page), /^# Primes/);
	await press("Tab", "Enter"); /* what the notice offers */
	assert.equal(await programText(page), OWN);
});

browserTest("the dialog closes by Esc and by a click beside it", {},
    async (page) => {
	const open = page.locator("dialog[open]");
	for (const close of [() => page.keyboard.press("Escape"),
		() => page.mouse.click(5, 5)]) {
		await page.getByRole("button", { name: "Examples" }).click();
		assert.equal(await open.count(), 1);
		await page.keyboard.press("Control+Enter"); /* not behind it */
		await close();
		await open.waitFor({ state: "detached" });
	}
	assert.equal(await page.locator("#status").getAttribute("data-state"),
	    "idle");
});

async function share(page) {
	await page.getByRole("button", { name: "Share" }).click();
	return page.getByLabel("Share link").inputValue();
}

browserTest("a share link travels, is never sent, and does not run",
    { permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
	const sent = [];
	page.context().on("request", (request) => sent.push(request));
	await fillProgram(page, "print(input(), '🐍')");
	await page.locator("#input summary").click();
	await page.locator("#stdin").fill("hi\n");
	const link = await share(page);
	assert.match(link, /\/#z=[\w-]+$/);
	assert.equal(page.url(), link);
	assert.equal(await page.evaluate(() => navigator.clipboard.readText()),
	    link);
	assert.match(await notice(page).textContent(), /^Link copied\./);
	await takeScreenshot(page, "share");

	const reader = await openContext();
	try {
		const there = await reader.newPage();
		there.on("request", (request) => sent.push(request));
		await there.goto(link);
		await there.getByText("came with the link and has not run").waitFor();
		assert.equal(await programText(there), "print(input(), '🐍')");
		assert.equal(await there.locator("#stdin").inputValue(), "hi\n");
		assert.equal(await there.locator("#status").textContent(),
		    "Nothing has run yet.");
		await takeScreenshot(there, "shared");
		assert.ok(sent.length > 0);
		for (const request of sent) {
			assert.equal(request.method(), "GET");
			assert.ok(!new URL(request.url()).search);
			assert.ok(!request.headers().referer?.includes("#"));
		}
		await runButton(there).click();
		await waitForEnding(there);
		assert.equal(await paneText(there, "output"), "hi 🐍\n");
	} finally {
		await reader.close();
	}
});

browserTest("a link that is opened leaves one's own program", {},
    async (page) => {
	await fillProgram(page, "print('shared')");
	const link = await share(page);
	await fillProgram(page, OWN);
	await page.waitForFunction((own) => JSON.parse(localStorage.getItem(
	    "safe-code-executor"))?.code === own, OWN);
	assert.ok(!page.url().includes("#")); /* no longer what the link holds */
	await page.goto(link); /* a change of the fragment alone */
	await page.getByText("came with the link").waitFor();
	assert.equal(await programText(page), "print('shared')");
	await page.reload();
	await page.getByText("came with the link").waitFor();
	assert.equal(await programText(page), "print('shared')");
	await notice(page).getByRole("button", BACK).click();
	assert.equal(await programText(page), OWN);
	await page.reload();
	assert.equal(await programText(page), OWN);
});

for (const [fragment, sentence] of Object.entries({
	"#z=AAAA": /^The link is damaged or incomplete; nothing was loaded/,
	[`#b=${"A".repeat(70000)}`]: /^The link holds more than this page takes/,
	"#elsewhere": /^Write a program and press Run/ })) {
	browserTest(`a link with ${fragment.slice(0, 12)} says what is wrong`,
	    { path: `/${fragment}` }, async (page) => {
		await page.waitForFunction((source) => new RegExp(source).test(
		    document.getElementById("notice").textContent),
		    sentence.source);
		assert.match(await programText(page), /^# Primes/);
	});
}

/* Chromium with neither a clipboard to write to nor the right to it. */
const noClipboard = (page) => page.addInitScript(() =>
    Object.defineProperty(navigator, "clipboard", { value: undefined }));

/* That a button says so, for a moment: from before it is pressed. */
const watchCopied = (what) => {
	const button = document.querySelector(`[aria-label="Copy the ${what}"]`);
	globalThis.copied = new Promise((resolve) =>
	    new MutationObserver(() => {
		if (button.textContent === "Copied")
			resolve();
	}).observe(button, { childList: true, characterData: true,
		subtree: true }));
};

for (const [name, options] of Object.entries({
	"with the clipboard": {},
	"the way from before": { prepare: noClipboard } })) {
	browserTest(`output and error are copied: ${name}`, { ...options,
		permissions: ["clipboard-read", "clipboard-write"] },
	    async (page) => {
		await runProgram(page, "import sys\nprint('out\\x1b[1mput')\n" +
		    "sys.exit('why')");
		for (const [what, text] of [["output", "output\n"],
			["standard error", "why\n"]]) {
			await page.evaluate(watchCopied, what);
			await page.getByRole("button",
			    { name: `Copy the ${what}` }).click();
			await page.evaluate(() => globalThis.copied);
			await page.locator("#stdin").evaluate((area) => {
				area.value = "";
				document.getElementById("input").open = true;
				area.focus();
			});
			await page.keyboard.press("Control+v");
			assert.equal(await page.locator("#stdin").inputValue(), text);
		}
	});
}

browserTest("the program is downloaded", {}, async (page) => {
	await fillProgram(page, "print('é')\n");
	const begun = page.waitForEvent("download");
	await page.getByRole("button", { name: "Download" }).click();
	const download = await begun;
	assert.equal(download.suggestedFilename(), "main.py");
	assert.equal(await readFile(await download.path(), "utf8"),
	    "print('é')\n");
});

async function open(page, name, content) {
	const chosen = page.waitForEvent("filechooser");
	await page.getByRole("button", { name: "Open" }).click();
	await (await chosen).setFiles({ name, mimeType: "text/x-python",
		buffer: Buffer.from(content) });
	await notice(page).getByText(name).waitFor();
	return notice(page).locator("p").textContent();
}

browserTest("a file is opened, and what does not fit is said", {},
    async (page) => {
	await fillProgram(page, OWN);
	assert.equal(await open(page, "a.py", "\ufeffprint(1)\r\nprint('é')\r\n"),
	    "Opened a.py.");
	assert.equal(await programText(page), "print(1)\nprint('é')\n");
	await notice(page).getByRole("button", BACK).click();
	assert.equal(await programText(page), OWN);

	assert.equal(await open(page, "huge.py", "x".repeat(300000)),
	    "huge.py has 300,000 bytes, too much: a program has at most " +
	    "5,000 characters.");
	assert.equal(await open(page, "latin.py", Buffer.from([0x23, 0xe9])),
	    "latin.py can not be read as UTF-8 text.");
	assert.equal(await programText(page), OWN);
	assert.equal(await open(page, "long.py", "#".repeat(5001)),
	    "long.py has 5,001 characters; it can run with at most 5,000.");
	assert.match(await page.locator("#length").textContent(),
	    /^5,001 characters: too long, the limit is 5,000$/);
	/* 5000 characters of four bytes are not too many. */
	assert.equal(await open(page, "wide.py", `#${"🐍".repeat(4999)}`),
	    "Opened wide.py.");
});

browserTest("a file is dropped on the page, the editor too", {},
    async (page) => {
	for (const target of [".CodeMirror-lines", "header"]) {
		const data = await page.evaluateHandle((name) => {
			const transfer = new DataTransfer();
			transfer.items.add(new File([`# ${name}`], "dropped.py"));
			return transfer;
		}, target);
		await page.locator(target).dispatchEvent("drop",
		    { dataTransfer: data });
		await page.waitForFunction((text) => document.querySelector(
		    ".CodeMirror").CodeMirror.getValue() === text,
		    `# ${target}`);
	}
});

browserTest("the program is kept over a reload, until Reset", {},
    async (page) => {
	const sample = await programText(page);
	await page.locator(".CodeMirror-lines").click();
	await page.keyboard.press("Control+a");
	await page.keyboard.type("mine = 1");
	await page.locator("#input summary").click();
	await page.locator("#stdin").fill("kept");
	await page.reload();
	assert.equal(await programText(page), "mine = 1");
	assert.equal(await page.locator("#stdin").inputValue(), "kept");
	assert.ok(await page.locator("#stdin").isVisible());

	await page.getByLabel("Time limit").selectOption("1 s");
	await page.getByRole("button", { name: "Reset" }).click();
	assert.equal(await programText(page), sample);
	assert.equal(await page.locator("#stdin").inputValue(), "");
	assert.equal(await page.getByLabel("Time limit").inputValue(), "5");
	await notice(page).getByRole("button", BACK).click();
	assert.equal(await programText(page), "mine = 1");
	await page.getByRole("button", { name: "Reset" }).click();
	await page.reload();
	assert.equal(await programText(page), sample);
});

const storageIs = (value) => (page) => page.addInitScript((kind) => {
	if (kind === "blocked")
		Object.defineProperty(globalThis, "localStorage", {
			get() { throw new DOMException("no", "SecurityError"); },
		});
	else if (localStorage.length === 0)
		localStorage.setItem("safe-code-executor", kind);
}, value);

for (const value of ["blocked", "{", "null", "7", '{"code":1}', '{"code":""}']) {
	browserTest(`storage that is ${value} does no harm`,
	    { prepare: storageIs(value) }, async (page) => {
		assert.match(await programText(page), /^# Primes/);
		await runProgram(page, "print(1)");
		assert.equal(await paneText(page, "output"), "1\n");
		await page.getByRole("button", { name: "Reset" }).click();
		assert.match(await programText(page), /^# Primes/);
	});
}
