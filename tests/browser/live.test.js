// SPDX-License-Identifier: MIT
/* Output while a program runs, Stop, and connections that break. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

import { browserTest, FAILED_REQUEST, fillProgram, paneText, runButton,
	runProgram, takeScreenshot, waitForEnding } from "./browser.js";
import { beginLive, ENDING, event } from "./stand_in.js";

/* A pane that holds exactly this. */
const waitForText = (page, name, text) => page.waitForFunction(
    ([id, wanted]) => document.getElementById(id).textContent === wanted,
    [name, text]);

/* A stand-in whose answer the test writes, and a promise of its end. */
function played() {
	const call = {};
	call.begun = new Promise((resolve) => {
		call.play = ({ body, request, response }) => {
			call.closed = new Promise((left) =>
			    response.on("close", left));
			resolve({ body, request, response });
		};
	});
	return call;
}

const piecemeal = played();
browserTest("output is shown as it comes, however it is cut",
    { play: piecemeal.play }, async (page) => {
	await page.getByLabel("Time limit").selectOption("10 s");
	await fillProgram(page, "print(1)");
	await runButton(page).click();
	const { body, request, response } = await piecemeal.begun;
	assert.equal(request.headers.accept, "text/event-stream");
	assert.deepEqual(body, { code: "print(1)", return_files: true,
		timeout: 10 });
	assert.equal(await page.locator("#status").textContent(),
	    "Waiting for the service…");

	beginLive(response);
	await page.getByText("Running…").waitFor();
	const snake = Buffer.from(event("stdout", { text: "🐍 " }));
	const middle = snake.indexOf(0xf0) + 2;
	response.write(snake.subarray(0, middle));
	assert.equal(await paneText(page, "output"), "");
	response.write(snake.subarray(middle));
	await waitForText(page, "output", "🐍 ");
	response.write(event("stderr", { text: "aside\n" }));
	await waitForText(page, "stderr", "aside\n");
	response.write(event("stdout", { text: "2" }).replace(/\n/g, "\r\n"));
	await waitForText(page, "output", "🐍 2");
	assert.equal(await runButton(page).textContent(), "Stop");
	response.end(ENDING + event("result", {}));
	assert.deepEqual(await waitForEnding(page),
	    { state: "done", sentence: "Finished." });
	assert.equal(await page.locator("#facts").textContent(),
	    "exit code 0 · ran 42 ms · waited 0.3 ms");
});

const VERDICTS = {
	"a traceback": [{ exit_code: 1 }, "failed", "Ended with exit code 1."],
	"a status": [{ error: "Program exited with status 3", exit_code: 3 },
		"failed", "Ended with exit code 3."],
	"a signal": [{ error: "Program killed by signal SIGSEGV",
		signal: "SIGSEGV" }, "failed", "Killed by signal SIGSEGV."],
	"a timeout": [{ error: "Execution timed out after 0.5 seconds",
		truncated: ["stdout", "stderr"] }, "failed",
		"Execution timed out after 0.5 seconds. What it had printed is " +
		"kept. Only the beginning of standard output and standard error " +
		"is shown; the rest was discarded."],
	"a lost sandbox": [{ error: "The sandbox broke off; try again." },
		"service", "No result."],
};

for (const [name, [result, state, sentence]] of Object.entries(VERDICTS)) {
	browserTest(`live ending: ${name}`, { play: ({ response }) => {
		beginLive(response);
		response.end(event("stdout", { text: "before\n" }) + ENDING +
		    event("result", result));
	} }, async (page) => {
		assert.deepEqual(await runProgram(page, "print(1)"),
		    { state, sentence });
		assert.equal(await paneText(page, "output"), "before\n");
		assert.equal(await page.locator("#service p").count(),
		    state === "service" ? 1 : 0);
		if (result.truncated)
			await takeScreenshot(page, "cut-and-timed-out");
	});
}

for (const how of ["end", "destroy"]) {
	browserTest(`a connection lost before the result: ${how}`,
	    { expected: FAILED_REQUEST, play: ({ response }) => {
		beginLive(response);
		response.write(event("stdout", { text: "before\n" }), () =>
		    setImmediate(() => response[how]()));
	} }, async (page) => {
		const { state } = await runProgram(page, "print(1)");
		assert.equal(state, "service");
		assert.match(await page.locator("#service p").textContent(),
		    /^The (connection ended before|service could not be reached)/);
	});
}

browserTest("an answer that never ends is given up",
    { play: ({ response }) => {
	const line = event("stdout", { text: "x".repeat(65000) });
	beginLive(response);
	const more = () => {
		while (!response.destroyed && response.write(line))
			;
	};
	response.on("drain", more);
	more();
} }, async (page) => {
	assert.equal((await runProgram(page, "print(1)")).state, "service");
});

browserTest("a service without live output", { play: ({ response }) => {
	response.writeHead(200, { "Content-Type": "application/json",
		"Server-Timing": "queue;dur=1.5, run;dur=20.25" });
	response.end(JSON.stringify({ output: "half",
		error: 'Traceback (most recent call last):\n  File "/box/main.py"' +
		    ', line 1, in <module>\nValueError', exit_code: 1 }));
} }, async (page) => {
	assert.deepEqual(await runProgram(page, "raise ValueError"),
	    { state: "failed", sentence: "Ended with exit code 1." });
	assert.equal(await paneText(page, "output"), "half");
	assert.match(await paneText(page, "stderr"), /^Traceback.*ValueError$/s);
	assert.equal(await page.locator("#facts").textContent(),
	    "ran 20 ms · waited 1.5 ms");
	assert.equal(await page.locator(".mention").count(), 1);
});

const stoppedEarly = played();
browserTest("Stop before the program has begun", { play: stoppedEarly.play,
	expected: FAILED_REQUEST }, async (page) => {
	await runButton(page).click();
	await stoppedEarly.begun;
	await runButton(page).click();
	assert.deepEqual(await waitForEnding(page),
	    { state: "stopped", sentence: "Stopped by you." });
	await stoppedEarly.closed;
});

const doubleClicked = played();
browserTest("a double click and a held key run, and do not stop",
    { play: doubleClicked.play }, async (page) => {
	await runButton(page).dblclick();
	const { response } = await doubleClicked.begun;
	await runButton(page).focus();
	await runButton(page).evaluate((button) => {
		for (const repeat of [true, true])
			assertPrevented(button.dispatchEvent(new KeyboardEvent(
			    "keydown", { key: "Enter", repeat, bubbles: true,
				cancelable: true })));
		function assertPrevented(went) {
			if (went)
				throw new Error("a held key acts");
		}
	});
	assert.equal(await runButton(page).textContent(), "Stop");
	beginLive(response);
	response.end(event("result", {}));
	assert.equal((await waitForEnding(page)).state, "done");
});

/* Asks until the answer will do; the test's own time limit ends it. */
async function eventually(ask, suits) {
	for (;;) {
		const answer = await ask();
		if (suits(answer))
			return answer;
		await pause(50);
	}
}

async function health() {
	return (await fetch(new URL("/healthz", process.env.SCE_URL))).json();
}

async function logged(id) {
	const log = `${process.env.SCE_RUN_DIR}/logs/executions.log`;
	return (await readFile(log, "utf8")).trim().split("\n")
	    .map((line) => JSON.parse(line)).find((run) => run.id === id);
}

browserTest("Stop frees the sandbox of the real service", {},
    async (page) => {
	const answer = page.waitForResponse("**/run");
	await page.getByLabel("Time limit").selectOption("10 s");
	await fillProgram(page, "print('begun')\nwhile True: pass");
	await runButton(page).click();
	await waitForText(page, "output", "begun\n");
	assert.ok((await health()).running >= 1);
	await runButton(page).click();
	assert.deepEqual(await waitForEnding(page),
	    { state: "stopped", sentence: "Stopped by you." });
	assert.equal(await paneText(page, "output"), "begun\n");
	await takeScreenshot(page, "stopped");

	const id = (await answer).headers()["x-request-id"];
	const run = await eventually(() => logged(id), (entry) => entry);
	assert.equal(run.verdict, "abandoned"); /* not timed_out */
	await eventually(health, ({ running }) => running === 0);
});

browserTest("the real service's output comes line by line", {},
    async (page) => {
	await page.getByLabel("Time limit").selectOption("10 s");
	await fillProgram(page, "import sys\nprint('first')\n" +
	    "print('second', file=sys.stderr)\nwhile True: pass");
	await runButton(page).click();
	await waitForText(page, "output", "first\n");
	await waitForText(page, "stderr", "second\n");
	assert.equal(await runButton(page).textContent(), "Stop");
	await runButton(page).click();
	assert.equal((await waitForEnding(page)).state, "stopped");
});
