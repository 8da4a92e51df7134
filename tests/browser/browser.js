// SPDX-License-Identifier: MIT
/*
 * What the browser tests share: Debian's Chromium, driven by playwright-core,
 * against the running service named by SCE_URL. A page that logs an error,
 * throws, or breaks the content security policy fails its test.
 *
 * SCE_URL       address of a running service, such as http://127.0.0.1:5000
 * SCE_CHROMIUM  another browser than /usr/bin/chromium
 * MUST_RUN=1    a missing browser or address is a failure, not a skip
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

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

/*
 * A test with a page of its own, open at the service. options: those of a
 * browser context, and expected, a pattern for console lines that the test
 * provokes itself.
 */
export function browserTest(name, options, body) {
	const { expected, ...contextOptions } = options;
	const reason = missing();
	const skip = process.env.MUST_RUN === "1" ? false : reason ?? false;
	test(name, { skip, timeout: 60000 }, async () => {
		assert.equal(reason, null);
		const problems = [];
		const context = await browser.newContext({
			baseURL: process.env.SCE_URL,
			viewport: { width: 1280, height: 800 },
			...contextOptions,
		});
		try {
			const page = await context.newPage();
			watchPage(page, problems);
			await page.goto("/");
			await body(page);
		} finally {
			await context.close();
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
	});
});

after(async () => {
	await browser?.close();
});

/* The state that the status line is in once the run is over. */
export async function waitForEnding(page) {
	const status = page.locator("#status");
	await page.waitForFunction(() => ["done", "failed", "service"].includes(
	    document.getElementById("status").dataset.state),
	    null, { timeout: 30000 });
	return { state: await status.getAttribute("data-state"),
		sentence: await status.textContent() };
}

/* Types a program in, presses Run, waits for the end. */
export async function runProgram(page, code) {
	await page.getByLabel("Program", { exact: true }).fill(code);
	await page.getByRole("button", { name: "Run", exact: true }).click();
	return waitForEnding(page);
}

/* The text of a pane, or null while it is hidden. */
export async function paneText(page, name) {
	if (!await page.locator(`#${name}-pane`).isVisible())
		return null;
	return page.locator(`#${name}`).textContent();
}

export async function takeScreenshot(page, name) {
	mkdirSync(SCREENSHOTS, { recursive: true });
	await page.screenshot({ path: `${SCREENSHOTS}${name}.png`,
		fullPage: true });
}
