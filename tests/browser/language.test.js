// SPDX-License-Identifier: MIT
/* The choice of a language, where the service has several. */
import assert from "node:assert/strict";

import { browserTest, FAILED_REQUEST, runButton, waitForEnding } from
    "./browser.js";
import { beginLive, ENDING, event } from "./stand_in.js";

const TWO = [
	{ language: "bash", version: "5.2.15", aliases: ["sh"] },
	{ language: "python", version: "3.11.2", aliases: ["py"] },
];
const THREE = [...TWO,
	{ language: "python", version: "3.12.1", aliases: [] }];

/* Answers every run, and keeps what was asked for. */
function recorder() {
	const bodies = [];
	return { bodies, play: ({ body, response }) => {
		bodies.push(body);
		beginLive(response);
		response.end(ENDING + event("result", {}));
	} };
}

const field = (page) => page.getByLabel("Language");

async function runOnce(page, bodies) {
	await runButton(page).click();
	await waitForEnding(page);
	const { language, version } = bodies.at(-1);
	return [language, version];
}

const two = recorder();
browserTest("a choice of two, by keyboard", { ...two, runtimes: TWO },
    async (page) => {
	await field(page).waitFor();
	assert.deepEqual(await field(page).locator("option").allTextContents(),
	    ["bash 5.2.15", "python 3.11.2"]);
	assert.deepEqual(await runOnce(page, two.bodies), ["python", undefined]);
	await page.getByLabel("Time limit").focus();
	await page.keyboard.press("Tab");
	await page.keyboard.press("b");
	assert.deepEqual(await runOnce(page, two.bodies), ["bash", undefined]);
	assert.equal(await page.evaluate(() => document.querySelector(
	    ".CodeMirror").CodeMirror.getOption("mode")), null);
	await page.getByRole("button", { name: "Reset" }).click();
	assert.deepEqual(await runOnce(page, two.bodies), ["python", undefined]);
	assert.equal(await page.evaluate(() => document.querySelector(
	    ".CodeMirror").CodeMirror.getOption("mode")), "python");
});

const three = recorder();
browserTest("two versions of one language", { ...three, runtimes: THREE },
    async (page) => {
	await field(page).waitFor();
	await field(page).selectOption("python 3.12.1");
	assert.deepEqual(await runOnce(page, three.bodies), ["python", "3.12.1"]);
	await field(page).selectOption("bash 5.2.15");
	assert.deepEqual(await runOnce(page, three.bodies), ["bash", undefined]);
});

for (const [what, runtimes, expected] of [
	["one", TWO.slice(1)], ["none", []], ["no list", { message: "no" }],
	["no JSON", "<html>"], ["an error", null, FAILED_REQUEST],
]) {
	const one = recorder();
	browserTest(`nothing to choose from: ${what}`, { ...one, runtimes,
		expected }, async (page) => {
		await page.waitForLoadState("networkidle");
		assert.equal(await page.locator("#language-field").isVisible(),
		    false);
		assert.deepEqual(await runOnce(page, one.bodies),
		    [undefined, undefined]);
	});
}

/* A live answer says what a compiler said in its result alone. */
function compiled(result) {
	return ({ response }) => {
		beginLive(response);
		response.end(ENDING + event("result", { stage: "compile",
			...result }));
	};
}

async function afterRun(page) {
	await runButton(page).click();
	const { sentence } = await waitForEnding(page);
	const text = (id) => page.locator(id).textContent();
	return { sentence, output: await text("#output"),
		stderr: await text("#stderr") };
}

browserTest("what a compiler says is shown", {
	play: compiled({ error: "line 1: no", exit_code: 1, output: "one" }),
}, async (page) => {
	const { sentence, output, stderr } = await afterRun(page);
	assert.match(sentence, /^The compiler ended with exit code 1\. The program has not run\./);
	assert.deepEqual([output, stderr], ["one", "line 1: no"]);
});

browserTest("a compiler's end without a word is no failure of the service", {
	play: compiled({ error: "Compilation timed out after 5 seconds" }),
}, async (page) => {
	const { sentence, stderr } = await afterRun(page);
	assert.match(sentence, /^Compilation timed out after 5 seconds\. The program has not run\./);
	assert.equal(stderr, "");
});
