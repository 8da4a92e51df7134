// SPDX-License-Identifier: MIT
/*
 * What the browser tests share: Debian's Chromium, driven by playwright-core,
 * against the running service named by SCE_URL. A page that logs an error,
 * throws, or breaks the content security policy fails its test.
 *
 * SCE_URL       address of a running service, such as http://127.0.0.1:5000
 * SCE_CHROMIUM  another browser than /usr/bin/chromium
 * MUST_RUN=1    a missing browser or address is a failure, not a skip
 * SCREENSHOTS=1 pictures of the page into build/screenshots, for who looks
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { SLOWNESS } from "../integration/lib/wait.js";
import { startStandIn } from "./stand_in.js";

/* Guards against what stands still; what is awaited takes as long as it does. */
const TEST_MS_MAX = 300000 * SLOWNESS;
const WAIT_MS_MAX = 120000 * SLOWNESS;

const CHROMIUM = process.env.SCE_CHROMIUM ?? "/usr/bin/chromium";
const SCREENSHOTS = fileURLToPath(
    new URL("../../build/screenshots/", import.meta.url));

/* No headless flag or profile: playwright adds both, a fresh one each. */
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic",
	"--no-first-run", "--disable-background-networking",
	"--disable-component-update", "--disable-sync"];

/* What Chromium logs by itself about every answer that is not a success. */
export const FAILED_REQUEST = /^error: Failed to load resource: /;

let browser = null;

function missing() {
	if (!process.env.SCE_URL)
		return "SCE_URL does not name a running service";
	if (!existsSync(CHROMIUM))
		return `there is no ${CHROMIUM}`;
	return null;
}

function watchPage(page, problems) {
	page.on("pageerror", (error) => problems.push(`thrown: ${error}`));
	page.on("console", (message) => {
		if (message.type() !== "error" && message.type() !== "warning")
			return;
		problems.push(`${message.type()}: ${message.text()}`);
	});
}

/* Every breach of the policy is a problem, also one without a console line. */
async function watchPolicy(context, problems) {
	await context.exposeBinding("reportBreach", (_, directive) =>
	    problems.push(`policy: ${directive}`));
	await context.addInitScript(() => document.addEventListener(
	    "securitypolicyviolation", (breach) =>
		globalThis.reportBreach(breach.effectiveDirective)));
}

/* A browser's profile of its own, where all waiting has the same end. */
export async function openContext(options) {
	const context = await browser.newContext(options);
	context.setDefaultTimeout(WAIT_MS_MAX);
	return context;
}

/*
 * A test with a page of its own, open at the service. options: those of a
 * browser context, and
 *   expected  a pattern for problems that the test provokes itself
 *   play      a stand-in for POST /run: see stand_in.js; body gets it, too
 *   runtimes  what that says there is to choose from: see there, too
 *   path      where the page is opened, "/" otherwise
 *   prepare   what is to be done with the page before that
 */
export function browserTest(name, options, body) {
	const { expected, play, runtimes, path = "/", prepare, ...contextOptions } = options;
	const reason = missing();
	const skip = process.env.MUST_RUN === "1" ? false : reason ?? false;
	test(name, { skip, timeout: TEST_MS_MAX }, async () => {
		assert.equal(reason, null);
		const problems = [];
		const standIn = play && await startStandIn(play, runtimes);
		const context = await openContext({
			baseURL: standIn?.url ?? process.env.SCE_URL,
			viewport: { width: 1280, height: 800 },
			...contextOptions,
		});
		try {
			const page = await context.newPage();
			watchPage(page, problems);
			await watchPolicy(context, problems);
			await prepare?.(page);
			await page.goto(path);
			await body(page, standIn);
		} finally {
			await context.close();
			await standIn?.close();
		}
		assert.deepEqual(problems.filter((problem) =>
		    !expected?.test(problem)), []);
	});
}

before(async () => {
	if (missing() !== null)
		return;
	const { chromium } = await import("playwright-core");
	browser = await chromium.launch({
		executablePath: CHROMIUM,
		args: FLAGS,
		timeout: WAIT_MS_MAX,
	});
});

after(async () => {
	await browser?.close();
});

/* The state that the status line is in once the run is over. */
export async function waitForEnding(page) {
	const status = page.locator("#status");
	await page.waitForFunction(() => ["done", "failed", "stopped", "service"].includes(
	    document.getElementById("status").dataset.state));
	return { state: await status.getAttribute("data-state"),
		sentence: await status.textContent() };
}

/* What the editor holds, whichever it is. */
export function programText(page) {
	return page.evaluate(() => document.querySelector(".CodeMirror")
	    ?.CodeMirror.getValue() ?? document.getElementById("code").value);
}

/* Puts a program in as a whole; editor.test.js does it key by key. */
export async function fillProgram(page, code) {
	if (await page.locator(".CodeMirror").count() === 0)
		return page.locator("#code").fill(code);
	return page.evaluate((text) => document.querySelector(".CodeMirror")
	    .CodeMirror.setValue(text), code);
}

/*
 * Chooses the shortest of the page's time limits for a program that is to be
 * ended by it, and that prints or writes something before, within so many
 * seconds on the reference machine: as it is said in a sentence.
 */
export async function chooseTimeLimit(page, seconds) {
	const limit = [1, 2, 5].find((one) => one >= seconds * SLOWNESS) ?? 10;
	await page.getByLabel("Time limit").selectOption(`${limit} s`);
	return limit === 1 ? "1 second" : `${limit} seconds`;
}

export const runButton = (page) => page.locator("#run");
export const notice = (page) => page.locator("#notice");

/* Puts a program in, presses Run, waits for the end. */
export async function runProgram(page, code) {
	await fillProgram(page, code);
	await page.getByRole("button", { name: "Run", exact: true }).click();
	return waitForEnding(page);
}

/* The text of a pane, or null while it is hidden. */
export async function paneText(page, name) {
	if (!await page.locator(`#${name}-pane`).isVisible())
		return null;
	return page.locator(`#${name}`).textContent();
}

/* Nothing is asserted of it. */
export async function takeScreenshot(page, name, options) {
	if (process.env.SCREENSHOTS !== "1")
		return;
	mkdirSync(SCREENSHOTS, { recursive: true });
	await page.screenshot({ path: `${SCREENSHOTS}${name}.png`,
		fullPage: true, ...options });
}
