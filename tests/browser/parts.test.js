// SPDX-License-Identifier: MIT
/*
 * The modules of the page: those that know nothing of a page, by what they make
 * of what they get, and all of them by what they import.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { browserTest } from "./browser.js";

/* One chunk, each byte alone, and every cut in two. */
const PARSE_EVENTS = async (text) => {
	const { EventParser } = await import("/js/sse.js");
	const bytes = new TextEncoder().encode(text);
	const parse = (...chunks) => {
		const parser = new EventParser();
		return JSON.stringify(chunks.flatMap((chunk) =>
		    parser.push(chunk)));
	};
	const all = new Set([parse(bytes),
		parse(...Array.from(bytes, (byte) => Uint8Array.of(byte)))]);
	for (let i = 0; i <= bytes.length; i++)
		all.add(parse(bytes.subarray(0, i), bytes.subarray(i)));
	return [...all].map((one) => JSON.parse(one));
};

const STREAMS = {
	"a whole one": ["event: stdout\ndata: {}\n\n",
		[{ type: "stdout", data: "{}" }]],
	"two, with CRLF": ["event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n",
		[{ type: "a", data: "1" }, { type: "message", data: "2" }]],
	"CR alone": ["event: a\rdata: 1\r\r", [{ type: "a", data: "1" }]],
	"several data lines": ["data: 1\ndata:2\ndata:  3\ndata\n\n",
		[{ type: "message", data: "1\n2\n 3\n" }]],
	"comments, unknown fields, a type without data": [
		": hi\nid: 1\nretry: 5\nevent: a\n\ndata: x: y\n\n",
		[{ type: "message", data: "x: y" }]],
	"a byte order mark and characters of four bytes": [
		"\ufeffevent: ä\ndata: 🐍 é\n\n", [{ type: "ä", data: "🐍 é" }]],
	"one that does not end": ["data: 1\n\ndata: 2\n",
		[{ type: "message", data: "1" }]],
};

browserTest("events, however they are cut", {}, async (page) => {
	for (const [name, [text, expected]] of Object.entries(STREAMS))
		assert.deepEqual(await page.evaluate(PARSE_EVENTS, text),
		    [expected], name);
});

/* Neighbours of one style count as one; cut anywhere, it is the same. */
const PARSE_TEXT = async (text) => {
	const { TerminalParser } = await import("/js/terminal.js");
	const parse = (...chunks) => {
		const parser = new TerminalParser();
		const all = [];
		for (const segment of chunks.flatMap((chunk) =>
		    parser.push(chunk))) {
			const last = all.at(-1);
			if (last && last.style === segment.style && !segment.erase)
				last.text += segment.text;
			else
				all.push(segment);
		}
		return JSON.stringify(all.map(({ text, style, erase }) =>
		    erase ? "<" : style === "" ? text : [style, text]));
	};
	const all = new Set([parse(text), parse(...text)]);
	for (let i = 0; i <= text.length; i++)
		all.add(parse(text.slice(0, i), text.slice(i)));
	return [...all].map((one) => JSON.parse(one));
};

const TERMINAL = {
	"plain": ["a\tb\nc", ["a\tb\nc"]],
	"colours and bold": ["\x1b[1;31mred\x1b[22m thin\x1b[39m none\x1b[0m",
		[["bold front-1", "red"], ["front-1", " thin"], " none"]],
	"bright, and grounds": ["\x1b[94;103mx\x1b[49my\x1b[my",
		[["front-12 back-11", "x"], ["front-12", "y"], "y"]],
	"of 256 and of 16 million": [
		"\x1b[38;5;9ma\x1b[38;5;200mb\x1b[48;2;1;2;3;1mc",
		[["front-9", "ab"], ["bold front-9", "c"]]],
	"cursor, screen, modes": ["a\x1b[2J\x1b[10;5Hb\x1b[?25lc\x1b(Bd\x1b=e\x1b7f",
		["abcdef"]],
	"a title and a link": ["a\x1b]0;title\x07b\x1b]8;;http://x\x1b\\c",
		["abc"]],
	"a string that does not end takes its line alone": ["a\x1bPxyz\nb",
		["a\nb"]],
	"a lone escape": ["a\x1b\x01b\x1b", ["a\u2401b"]],
	"controls by their symbols": ["\0a\x07\x08\x7f\x85",
		["\u2400a\u2407\u2408\u2421\ufffd"]],
	"CRLF": ["a\r\nb\r\r\nc", ["a\nb\nc"]],
	"a line drawn again": ["10%\r20%\r", ["10%", "<20%"]],
	"markup": ["<b>&amp;</b>", ["<b>&amp;</b>"]],
};

browserTest("terminal output, however it is cut", {}, async (page) => {
	for (const [name, [text, expected]] of Object.entries(TERMINAL)) {
		const flat = expected.flatMap((part) =>
		    typeof part === "string" && part[0] === "<" &&
		    name.startsWith("a line") ? ["<", part.slice(1)] : [part]);
		assert.deepEqual(await page.evaluate(PARSE_TEXT, text), [flat],
		    name);
	}
});

const ROUND_TRIP = async (program) => {
	const { encodeShare, decodeShare } = await import("/js/share.js");
	const fragment = await encodeShare(program);
	return { fragment, decoded: fragment && await decodeShare(fragment) };
};

browserTest("a share link's round trip", {}, async (page) => {
	for (const program of [
		{ code: "print('hi')", stdin: "" },
		{ code: "", stdin: "" },
		{ code: "print('🐍\\0\u2028\ufeff')\r\n", stdin: "é\0\n" },
		{ code: "x".repeat(5000), stdin: "y\n".repeat(50000) },
	]) {
		const { fragment, decoded } = await page.evaluate(ROUND_TRIP, program);
		assert.deepEqual(decoded, program);
		assert.match(fragment, /^#z=[A-Za-z0-9_-]+$/);
	}
});

browserTest("a share link without compression", { prepare: (page) =>
	page.addInitScript(() => {
		delete globalThis.CompressionStream;
		delete globalThis.DecompressionStream;
	}) }, async (page) => {
	const program = { code: "print('hi')", stdin: "é" };
	const { fragment, decoded } = await page.evaluate(ROUND_TRIP, program);
	assert.match(fragment, /^#b=/);
	assert.deepEqual(decoded, program);
	const { problem } = await page.evaluate(async () =>
	    (await import("/js/share.js")).decodeShare("#z=q1ZK"));
	assert.match(problem, /^This browser is too old/);
});

browserTest("what does not fit is not made a link", {}, async (page) => {
	const noise = Array.from({ length: 90000 }, (_, i) =>
	    String.fromCharCode(33 + (i * i * 7919 % 65521) % 90)).join("");
	for (const stdin of [noise, "x".repeat(300000)]) {
		const { fragment } = await page.evaluate(ROUND_TRIP,
		    { code: "pass", stdin });
		assert.equal(fragment, null);
	}
});

const DEFLATE = async ([text, repeat]) => {
	const stream = new Blob(Array(repeat).fill(text)).stream()
	    .pipeThrough(new CompressionStream("deflate-raw"));
	const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
	return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte))
	    .join("")).replace(/\+/g, "-").replace(/\//g, "_")
	    .replace(/=+$/, "");
};

browserTest("a bad link gets a clear sentence", {}, async (page) => {
	const good = await page.evaluate(ROUND_TRIP,
	    { code: "print('hi')", stdin: "" });
	const decode = (fragment) => page.evaluate(async (text) =>
	    (await import("/js/share.js")).decodeShare(text), fragment);
	const damaged = /^The link is damaged or incomplete/;
	const tooLarge = /^The link holds more than this page takes/;

	assert.equal(await decode("#elsewhere"), null);
	assert.equal(await decode(""), null);
	for (const fragment of ["#z=", "#z=!!!", "#z=AAAA", "#b=e30", "#b=bm8",
		`#b=${btoa('{"code":1}')}`, `#b=${btoa('{"code":"","stdin":[]}')}`,
		`#b=${btoa("null")}`, `#b=${btoa('{"code":"\xff"}')}`,
		good.fragment.slice(0, -4), `${good.fragment}AAAA`])
		assert.match((await decode(fragment)).problem, damaged, fragment);
	assert.match((await decode(`#z=${"A".repeat(70000)}`)).problem, tooLarge);
	/* 40 MB out of 40 kB: it is given up after the first of them. */
	const bomb = await page.evaluate(DEFLATE, ["0".repeat(1 << 20), 40]);
	assert.ok(bomb.length < 64000);
	assert.match((await decode(`#z=${bomb}`)).problem, tooLarge);
});

/* A module imports from lower levels or its own, one of the lowest nothing. */
const LEVELS = [
	["sse", "terminal", "share", "sentences"],
	["dom"],
	["editor", "panes", "files"],
	["service", "run", "program", "language"],
	["main"],
];
const HTML = new URL("../../html/", import.meta.url);
const read = (path) => readFileSync(new URL(path, HTML), "utf8");
const MODULES = readdirSync(new URL("js/", HTML)).sort();

/* Module -> what it imports, as it is written there. */
const IMPORTS = Object.fromEntries(MODULES.map((file) => [file.slice(0, -3),
	[...read(`js/${file}`).matchAll(/\b(?:from|import)\s*\(?\s*["'`]([^"'`]*)/g)]
	    .map(([, address]) => address)]));

const levelOf = (name) => LEVELS.findIndex((level) => level.includes(name));

/* What is wrong with the imports, a line each. */
function findFaults(imports) {
	const faults = [];
	const done = new Set();
	const visit = (name, path) => {
		if (path.includes(name))
			faults.push(`a circle: ${[...path, name].join(" ")}`);
		if (path.includes(name) || done.has(name))
			return;
		for (const address of imports[name]) {
			const [, other] = /^\.\/([a-z]+)\.js$/.exec(address) ?? [];
			if (imports[other] === undefined)
				faults.push(`${name}: ${address} is no module`);
			else if (levelOf(other) > levelOf(name) ||
			    levelOf(name) === 0)
				faults.push(`${name}: ${other} is not below`);
			if (imports[other] !== undefined)
				visit(other, [...path, name]);
		}
		done.add(name);
	};
	for (const name of Object.keys(imports))
		visit(name, []);
	return faults;
}

test("modules import downward and in no circle", () => {
	assert.deepEqual(MODULES, LEVELS.flat().map((name) => `${name}.js`).sort());
	assert.ok(Object.values(IMPORTS).flat().length >= MODULES.length - 1);
	assert.deepEqual(findFaults(IMPORTS), []);
});

test("other imports would be found", () => {
	const add = (name, ...more) => findFaults({ ...IMPORTS,
		[name]: [...IMPORTS[name], ...more] });
	assert.match(add("service", "./run.js").join(), /^a circle: /);
	assert.deepEqual(add("dom", "./main.js").filter((fault) =>
	    !fault.startsWith("a circle:")), ["dom: main is not below"]);
	assert.deepEqual(add("share", "./sse.js"), ["share: sse is not below"]);
	for (const address of ["./none.js", "../js/dom.js", "https://192.0.2.1/x"])
		assert.deepEqual(add("main", address),
		    [`main: ${address} is no module`]);
});

test("modules of the lowest level know nothing of a page", () => {
	const page = /\b(document|window|location|history|navigator|localStorage|fetch)\b/;
	for (const name of LEVELS[0])
		assert.doesNotMatch(read(`js/${name}.js`), page, name);
	assert.match(read("js/dom.js"), page);
});

test("index.html loads each module once", () => {
	const html = read("index.html");
	const find = (pattern) => [...html.matchAll(pattern)]
	    .map(([, address]) => address);
	const started = find(/<script src="(js\/[^"]*)" type="module">/g);
	const preloaded = find(/<link rel="modulepreload" href="([^"]*)">/g);
	assert.deepEqual(started, ["js/main.js"]);
	assert.deepEqual([...started, ...preloaded].sort(),
	    MODULES.map((file) => `js/${file}`));
	assert.equal(html.match(/modulepreload/g).length, preloaded.length);
});
