// SPDX-License-Identifier: MIT
/* Files that a program made: pictures in the page, the rest to be saved. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { browserTest, chooseTimeLimit, runButton, runProgram, takeScreenshot,
	waitForEnding } from "./browser.js";
import { beginLive, ENDING, event } from "./stand_in.js";

const items = (page) => page.locator("#files li");
const pane = (page) => page.locator("#files-pane");

/*
 * A PNG of so many pixels, all of them white: next to no bytes, and next to no
 * work, as its rows are so many times one block, which is deflated once. The
 * checksum of all follows from the block's, as Adler-32 is two sums.
 */
const PNG = (width, height, blocks = 1) => `import struct, zlib
def chunk(kind, data):
    return (struct.pack(">I", len(data)) + kind + data +
            struct.pack(">I", zlib.crc32(kind + data)))
block = (bytes([0]) + b"\\xff" * (${width} // 8)) * (${height} // ${blocks})
packer = zlib.compressobj(9, wbits=-15)
packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
sums = zlib.adler32(block, 0)
a, b = 1, 0
for _ in range(${blocks}):
    b = (b + len(block) * a + (sums >> 16)) % 65521
    a = (a + (sums & 0xffff)) % 65521
pixels = b"x\\xda" + packed * ${blocks} + b"\\3\\0" + struct.pack(">HH", b, a)
png = (b"\\x89PNG\\r\\n\\x1a\\n" +
       chunk(b"IHDR", struct.pack(">IIBBBBB", ${width}, ${height}, 1, 0, 0, 0, 0)) +
       chunk(b"IDAT", pixels) + chunk(b"IEND", b""))
`;

const GIF = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

async function save(page, name) {
	const [download] = await Promise.all([page.waitForEvent("download"),
		page.getByRole("link", { name, exact: true }).click()]);
	return { name: download.suggestedFilename(),
		bytes: await readFile(await download.path()) };
}

browserTest("a picture is shown, with its name", {}, async (page) => {
	const { state, sentence } = await runProgram(page, `${PNG(64, 48)}
open("a plot.png", "wb").write(png)`);
	assert.deepEqual({ state, sentence },
	    { state: "done", sentence: "Finished. It made a file." });
	const image = page.getByRole("img",
	    { name: "a plot.png, an image that the program made" });
	await image.waitFor();
	assert.deepEqual(await image.evaluate((node) =>
	    [node.naturalWidth, node.naturalHeight]), [64, 48]);
	assert.match(await image.getAttribute("src"), /^data:image\/png;base64,/);
	const { name, bytes } = await save(page, "a plot.png");
	assert.equal(name, "a plot.png");
	assert.equal(bytes.subarray(1, 4).toString(), "PNG");
	await takeScreenshot(page, "files");
});

browserTest("other files are listed and can be saved", {}, async (page) => {
	await runProgram(page, "import os\nos.mkdir('d')\n" +
	    "open('d/a.bin', 'wb').write(bytes(range(256)))\n" +
	    "open('empty', 'w')\nopen('one', 'w').write('1')");
	assert.deepEqual(await items(page).allTextContents(),
	    ["d/a.bin 256 bytes", "empty 0 bytes", "one 1 byte"]);
	const { name, bytes } = await save(page, "d/a.bin");
	assert.equal(name, "a.bin");
	assert.deepEqual([...bytes], Array.from({ length: 256 }, (_, i) => i));
	assert.equal(await page.locator("#files img").count(), 0);
});

browserTest("markup is never opened in the page's place", {},
    async (page) => {
	await runProgram(page, `
text = "<script>document.title='owned'</script>"
for name in "a.html", "a.svg", "a.png", "<b>.txt":
    open(name, "w").write(text if name != "a.svg" else
        '<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=1"/>')`);
	assert.deepEqual(await items(page).locator("a").allTextContents(),
	    ["<b>.txt", "a.html", "a.png", "a.svg"]);
	assert.equal(await page.locator("#files :is(img, svg, b, script)").count(),
	    0);
	const { href } = new URL(page.url());
	for (const link of await items(page).locator("a").all()) {
		assert.notEqual(await link.getAttribute("download"), "");
		/* Not even if a browser is told to open it. */
		await Promise.all([page.waitForEvent("download"),
			link.evaluate((node) => {
				node.removeAttribute("download");
				node.click();
			})]);
		assert.equal(page.url(), href);
	}
	assert.equal(await page.title(), "Safe Code Executor");
});

browserTest("the next run has its own files alone", {}, async (page) => {
	await runProgram(page, "open('first', 'w')");
	const address = await items(page).locator("a").getAttribute("href");
	await runProgram(page, "open('second', 'w')");
	assert.deepEqual(await items(page).allTextContents(),
	    ["second 0 bytes"]);
	assert.notEqual(await items(page).locator("a").getAttribute("href"),
	    address);
	await runProgram(page, "print(1)");
	assert.equal(await pane(page).isVisible(), false);
	assert.equal(await items(page).count(), 0);
});

browserTest("files are there after a timeout, and those that are not are told",
    {}, async (page) => {
	const limit = await chooseTimeLimit(page, 1);
	const { state, sentence } = await runProgram(page,
	    "open('a', 'w').close()\nopen('b', 'wb').truncate(2 << 20)\n" +
	    "while True: pass");
	assert.equal(state, "failed");
	assert.equal(sentence, `Execution timed out after ${limit}. What it had ` +
	    "printed is kept. It made a file. Not all of its files are here.");
	assert.deepEqual(await items(page).allTextContents(), ["a 0 bytes"]);
	assert.ok(await page.getByText("not all of them").isVisible());
});

browserTest("an image that would take gigabytes is not drawn", {},
    async (page) => {
	await runProgram(page, `${PNG(40000, 40000, 200)}
open("a.png", "wb").write(png)
${PNG(8, 8)}
open("b.png", "wb").write(png)
open("c.png", "wb").write(png[:20])`);
	assert.equal(await items(page).count(), 3);
	await page.locator("#files img").waitFor();
	await page.waitForFunction(() => document.querySelectorAll("#files img")
	    .length === 1);
	assert.match(await page.locator("#files img").getAttribute("alt"),
	    /^b\.png,/);
});

browserTest("what kind an image is, its name and its bytes must agree", {},
    async (page) => {
	const type = (name, binary) => page.evaluate(async (args) =>
	    (await import("/js/files.js")).imageType(...args), [name, binary]);
	const png = "\x89PNG\r\n\x1a\n";
	for (const [name, binary, expected] of [
		["a.png", `${png}x`, "image/png"], ["d/A.PNG", png, "image/png"],
		["a.jpg", "\xff\xd8\xff\xe0", "image/jpeg"],
		["a.jpeg", "\xff\xd8\xff", "image/jpeg"],
		["a.gif", "GIF89a", "image/gif"], ["a.gif", "GIF87a", "image/gif"],
		["a.webp", "RIFF\n\r\0\0WEBPVP8 ", "image/webp"],
		["a.png", "GIF89a", null], ["a.gif", png, null],
		["png", png, null], ["a.png.txt", png, null], ["a.png", "", null],
		["a.png", ` ${png}`, null], ["a.svg", "<svg/>", null],
		["a.webp", "RIFFWEBP", null], ["a.html", png, null]])
		assert.equal(await type(name, binary), expected, name);
});

/* A service that says so much at once. */
const answering = (result) => ({ play: ({ response }) => {
	beginLive(response);
	response.end(ENDING + event("result", result));
} });

browserTest("names that would deceive", answering({ files: [
	{ name: "\u202egnp.exe", content: "", encoding: "base64" },
	{ name: "a\x1b[2J\x07", content: "", encoding: "base64" },
	{ name: "damaged", content: "!", encoding: "base64" },
	{ name: "ok.gif", content: GIF, encoding: "base64" },
] }), async (page) => {
	await runButton(page).click();
	const { sentence } = await waitForEnding(page);
	assert.equal(sentence, "Finished. It made 3 files.");
	assert.deepEqual(await items(page).locator("bdi").allTextContents(),
	    ["\u202egnp.exe", "a\u241b[2J\u2407", "ok.gif"]);
	await page.getByRole("img", { name: "ok.gif" }).waitFor();
});

for (const files of [null, 7, "x", {}, [null, 7, {}, { name: "a" }]]) {
	browserTest(`files that are ${JSON.stringify(files)} do no harm`,
	    answering({ files }), async (page) => {
		await runButton(page).click();
		assert.equal((await waitForEnding(page)).state, "done");
		assert.equal(await pane(page).isVisible(), false);
	});
}
