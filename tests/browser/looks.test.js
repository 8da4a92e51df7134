// SPDX-License-Identifier: MIT
/* Sizes, colour schemes, accessibility, and what is left without script. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { browserTest, FAILED_REQUEST, paneText, runProgram, takeScreenshot }
	from "./browser.js";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/* Fills every pane; the first line is wider than any screen here. */
const FILL_PANES = `import sys
print("wide " * 80, flush=True)
for code in (*range(30, 38), *range(90, 98)):
    print(f"\\033[{code}mcolour {code}\\033[0m", end=" ", flush=True)
raise SystemExit('File "/box/main.py", line 2')`;

async function fillPanes(page) {
	await runProgram(page, FILL_PANES);
	for (const pane of ["output", "stderr"])
		assert.notEqual(await paneText(page, pane), null);
}

async function assertAccessible(page) {
	/* By evaluate, which the page's policy lets through: no script tag. */
	await page.evaluate(await readFile(AXE, "utf8"));
	const { violations, passes } = await page.evaluate(() => axe.run());
	assert.deepEqual(violations.map(({ id, nodes }) =>
	    `${id}: ${nodes.map((node) => node.target).join(", ")}`), []);
	assert.ok(passes.some(({ id }) => id === "color-contrast"));
}

async function assertNoSidewaysScroll(page) {
	const { scroll, client } = await page.evaluate(() => ({
		scroll: document.documentElement.scrollWidth,
		client: document.documentElement.clientWidth,
	}));
	assert.equal(scroll, client);
}

for (const width of [320, 768, 1400]) {
	browserTest(`nothing scrolls sideways at ${width} pixels`,
	    { viewport: { width, height: 800 } }, async (page) => {
		await assertNoSidewaysScroll(page);
		await page.locator("#input summary").click();
		await fillPanes(page);
		await assertNoSidewaysScroll(page);
		/* The wide line is there: it scrolls inside its own pane. */
		assert.ok(await page.locator("#output").evaluate((pane) =>
		    pane.scrollWidth > pane.clientWidth));
		await takeScreenshot(page, `width-${width}`);
	});
}

browserTest("on a telephone a run brings its state into view, below Run",
    { viewport: { width: 360, height: 640 } }, async (page) => {
	const top = (id) => page.evaluate((name) => document
	    .getElementById(name).getBoundingClientRect().top, id);
	assert.ok(await top("state") > 640);
	await runProgram(page, "print('\\n' * 99)");
	const [run, state, output] = await Promise.all(
	    ["run", "state", "output"].map(top));
	assert.ok(run >= 0 && run < state && state < output && output < 560,
	    [run, state, output].join());
	await takeScreenshot(page, "telephone", { fullPage: false });
});

/* WCAG relative luminance of the page's background, 0 to 1. */
function backgroundLuminance(page) {
	return page.evaluate(() => {
		const colour = getComputedStyle(document.body).backgroundColor;
		const [r, g, b] = colour.match(/\d+/g).map((part) => {
			const c = part / 255;
			return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
		});
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	});
}

for (const colorScheme of ["light", "dark"]) {
	browserTest(`the ${colorScheme} scheme is ${colorScheme}, accessible`,
	    { colorScheme, expected: FAILED_REQUEST }, async (page) => {
		const luminance = await backgroundLuminance(page);
		assert.ok(colorScheme === "dark" ? luminance < 0.1 :
		    luminance > 0.8, `luminance ${luminance}`);
		await assertAccessible(page);

		await page.locator("#input summary").click();
		await fillPanes(page);
		await assertAccessible(page);
		await takeScreenshot(page, `results-${colorScheme}`);

		await page.getByRole("button", { name: "Share" }).click();
		await page.getByLabel("Share link").waitFor();
		await assertAccessible(page);
		await page.getByRole("button", { name: "Examples" }).click();
		await assertAccessible(page);
		await takeScreenshot(page, `examples-${colorScheme}`);
		await page.keyboard.press("Escape");
		await page.locator("#switch-editor").click();
		await assertAccessible(page);
		await page.locator("#switch-editor").click();

		await page.route("**/run", (route) => route.abort());
		await runProgram(page, "print(1)");
		await assertAccessible(page);
		await takeScreenshot(page, `service-error-${colorScheme}`);
	});
}

browserTest("without JavaScript the page says what to do instead",
    { javaScriptEnabled: false }, async (page) => {
	const heading = page.getByRole("heading", { name: "JavaScript is off" });
	assert.ok(await heading.isVisible());
	/* Not getByText, which passes over everything in a noscript. */
	const example = page.locator("noscript pre");
	assert.ok(await example.isVisible());
	assert.match(await example.textContent(), /^curl .*\/run$/s);
	for (const control of await page.locator("button, textarea").all())
		assert.ok(!await control.isVisible());
	await takeScreenshot(page, "no-javascript");
});

browserTest("with JavaScript it does not", {}, async (page) => {
	assert.equal(await page.locator("noscript *").count(), 0);
	assert.ok(await page.getByRole("button", { name: "Run" }).isVisible());
});

browserTest("the policy stops what the page does not do itself",
    { expected: /violates the following Content Security Policy|^policy: / },
    async (page) => {
	const blocked = await page.evaluate(() => new Promise((resolve) => {
		document.addEventListener("securitypolicyviolation",
		    (event) => resolve(event.effectiveDirective));
		document.body.append(Object.assign(
		    document.createElement("img"),
		    { src: "http://192.0.2.1/x.png" }));
	}));
	assert.equal(blocked, "img-src");
});

for (const [what, act] of Object.entries({
	"markup": () => { document.createElement("p").innerHTML = "<b>x</b>"; },
	"a script's address": () => {
		document.createElement("script").src = "/js/main.js";
	},
	"code in a string": () => setTimeout("0"),
	"a policy of one's own": () => globalThis.trustedTypes.createPolicy("x",
	    {}) })) {
	browserTest(`no script can put in ${what}`, { expected: /./ },
	    async (page) => {
		await assert.rejects(page.evaluate(act),
		    /TrustedHTML|TrustedScript|disallowed/);
	});
}
