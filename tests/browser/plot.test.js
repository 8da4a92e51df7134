// SPDX-License-Identifier: MIT
/* A plot of matplotlib's, from the editor to the page: python-sci is chosen
 * there, and is started when it is asked for. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { after } from "node:test";

import { ROOT, start_instance } from "../integration/lib/instance.js";
import { browserTest, runProgram, takeScreenshot } from "./browser.js";

const IMAGE = "safe-code-executor/python-sci:3.11";
const BUILD_DEADLINE_MS = 600000;

/* Next to nothing if it is there already. */
const built = spawnSync(path.join(ROOT, "fcgi/image/build.sh"),
    ["--kind", "python-sci"], { encoding: "utf8",
	timeout: BUILD_DEADLINE_MS });
assert.equal(built.status, 0, built.stderr);
const own = await start_instance("plot", {
	/* A busy machine is no failure: the page alone has its patience, a
	 * minute for the start and the run together. */
	pool: { ready: 1, ready_max: 1, running: 2, queue_wait: "60s",
		start_timeout: "60s" },
	"runtime python-sci": { image: IMAGE, memory: "256m", cpus: 1,
		timeout: "60s", timeout_max: "60s" },
});
process.env.SCE_URL = own.base;

after(async () => {
	assert.deepEqual(await own.stop(), []);
});

browserTest("plt.savefig, and the plot is there", {}, async (page) => {
	await page.locator("#language").selectOption({ label: "python-sci 3.11.2" });
	const { state, sentence } = await runProgram(page, `
import matplotlib.pyplot as plt
plt.plot([1, 4, 9, 16], label="squares")
plt.legend()
plt.savefig("plot.png")
plt.savefig("plot.svg")`);
	assert.deepEqual({ state, sentence },
	    { state: "done", sentence: "Finished. It made 2 files." });
	const image = page.getByRole("img", { name: "plot.png" });
	await image.waitFor();
	assert.deepEqual(await image.evaluate((node) =>
	    [node.naturalWidth, node.naturalHeight]), [640, 480]);
	assert.equal(await page.locator("#files img").count(), 1);
	assert.deepEqual(await page.locator("#files bdi").allTextContents(),
	    ["plot.png", "plot.svg"]);
	await takeScreenshot(page, "plot");
});
