// SPDX-License-Identifier: MIT
/* What the page costs: requests, bytes, caching, and that nothing moves. */
import assert from "node:assert/strict";
import http from "node:http";

import { browserTest, runButton, waitForEnding } from "./browser.js";

const MODULES = ["dom", "editor", "files", "language", "main", "panes",
	"program", "run", "sentences", "service", "share", "sse", "terminal"];
const FILES = ["/", ...MODULES.map((name) => `/js/${name}.js`),
	"/editor/addon/comment/comment.js",
	"/editor/addon/edit/closebrackets.js",
	"/editor/addon/edit/matchbrackets.js", "/editor/lib/codemirror.css",
	"/editor/lib/codemirror.js", "/editor/mode/python/python.js",
	"/favicon.svg", "/style.css"];
/* Of these no copy is kept. */
const ANSWERS = ["/api/v2/runtimes"];
const BYTES_MAX = 200000;

/* Address -> bytes as they came over the wire, heads included. */
function countBytes(page, bytes) {
	return page.context().newCDPSession(page).then(async (session) => {
		const paths = new Map();
		session.on("Network.requestWillBeSent", ({ requestId, request }) =>
		    paths.set(requestId, new URL(request.url).pathname));
		session.on("Network.loadingFinished",
		    ({ requestId, encodedDataLength }) =>
			bytes.set(paths.get(requestId), encodedDataLength));
		await session.send("Network.enable");
	});
}

const loaded = new Map();
browserTest("one page, style sheet, script, the editor: under 200 kB",
    { prepare: (page) => countBytes(page, loaded) }, async (page) => {
	await page.waitForLoadState("networkidle");
	assert.deepEqual([...loaded.keys()].sort(), [...FILES, ...ANSWERS].sort());
	const total = [...loaded.values()].reduce((sum, n) => sum + n, 0);
	assert.ok(total > 10000 && total < BYTES_MAX, `${total} bytes`);
	console.log(`# the page: ${total} bytes in ${loaded.size} requests`);
});

function get(path, headers) {
	return new Promise((resolve, reject) => http.get(
	    new URL(path, process.env.SCE_URL), { headers, agent: false },
	    (answer) => {
		let bytes = 0;
		answer.on("data", (chunk) => { bytes += chunk.length; });
		answer.on("end", () => resolve({ status: answer.statusCode,
			headers: answer.headers, bytes }));
	}).on("error", reject));
}

browserTest("every file is asked for again, and sent again if it changed", {},
    async () => {
	for (const path of FILES) {
		const headers = { "Accept-Encoding": "gzip" };
		const first = await get(path, headers);
		assert.equal(first.status, 200, path);
		assert.match(first.headers.etag, /^(W\/)?"/, path);
		assert.equal(first.headers["cache-control"], "no-cache");
		if (first.bytes > 512)
			assert.equal(first.headers["content-encoding"], "gzip",
			    path);
		const again = await get(path, { ...headers,
			"If-None-Match": first.headers.etag });
		assert.equal(again.status, 304, path);
		assert.equal(again.bytes, 0);
		const other = await get(path, { ...headers,
			"If-None-Match": '"another"' });
		assert.equal(other.status, 200, path);
	}
});

browserTest("of the editor's package only what the page may use is served", {},
    async () => {
	for (const path of ["/editor/", "/editor/lib", "/editor/lib/",
		"/editor/mode/perl/perl.js", "/editor/mode/python/../perl/perl.js",
		"/editor/lib/..%2f..%2fcodemirror.js", "/editor/lib/nothing.js",
		"/editor/../../../../etc/passwd"])
		assert.ok([400, 404].includes((await get(path, {})).status), path);
});

/*
 * Shifts that no click or key explains. Below this share of the screen is what
 * CodeMirror measures with and removes.
 */
const SHIFT_MIN = 1e-5;
const watchShifts = (page) => page.addInitScript((min) => {
	globalThis.shifts = [];
	new PerformanceObserver((list) => {
		for (const { value, hadRecentInput, sources } of list.getEntries())
			if (!hadRecentInput && value >= min)
				globalThis.shifts.push(`${value} ` + sources.map(
				    ({ node }) => node?.id || node?.className ||
				    node?.nodeName).join());
	}).observe({ type: "layout-shift", buffered: true });
}, SHIFT_MIN);

for (const width of [360, 1400]) {
	browserTest(`nothing moves while it loads and runs, ${width} pixels`,
	    { prepare: watchShifts, viewport: { width, height: 800 } },
	    async (page) => {
		await page.locator(".CodeMirror").waitFor();
		await runButton(page).click();
		await waitForEnding(page);
		await page.evaluate(() => new Promise((resolve) =>
		    requestAnimationFrame(() => requestAnimationFrame(resolve))));
		assert.deepEqual(await page.evaluate(() => globalThis.shifts), []);
	});
}

browserTest("shifts would be seen", { prepare: watchShifts },
    async (page) => {
	await page.locator(".CodeMirror").waitFor();
	await page.evaluate(() => document.querySelector("main").prepend(
	    Object.assign(document.createElement("p"), { textContent: "push" })));
	await page.waitForFunction(() => globalThis.shifts.length > 0);
});
