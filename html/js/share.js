// SPDX-License-Identifier: MIT
/* This module owns share links: a program becomes a fragment, and the reverse. */

const LINK_LENGTH_MAX = 64 << 10;
const SHARED_BYTES_MAX = 256 << 10;

function toBase64Url(bytes) {
	let binary = "";
	for (let i = 0; i < bytes.length; i += 4096)
		binary += String.fromCharCode(...bytes.subarray(i, i + 4096));
	return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_")
	    .replace(/=+$/, "");
}

function fromBase64Url(text) {
	const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
	return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

/* A slice has a few hundred bytes, so that no step can make much of it. */
function inSlices(bytes) {
	let at = 0;
	return new ReadableStream({
		pull(controller) {
			if (at === bytes.length)
				return controller.close();
			controller.enqueue(bytes.slice(at, at + 256));
			at = Math.min(at + 256, bytes.length);
		},
	});
}

/* Throws a RangeError for more than max bytes, another error for damaged ones. */
async function pipeBounded(bytes, transform, max) {
	const reader = inSlices(bytes).pipeThrough(transform).getReader();
	const parts = [];
	let total = 0;
	for (;;) {
		const { done, value } = await reader.read();
		if (done)
			break;
		total += value.length;
		if (total > max) {
			reader.cancel().catch(() => {});
			throw new RangeError("too much");
		}
		parts.push(value);
	}
	const all = new Uint8Array(total);
	let at = 0;
	for (const part of parts) {
		all.set(part, at);
		at += part.length;
	}
	return all;
}

/* Returns the fragment that holds a program, or null if that is too long. It is
 * deflated after #z=, and plain after #b= in a browser that cannot deflate. */
export async function encodeShare({ code, stdin }) {
	const bytes = new TextEncoder().encode(JSON.stringify(
	    stdin === "" ? { code } : { code, stdin }));
	if (bytes.length > SHARED_BYTES_MAX)
		return null;
	const fragment = typeof CompressionStream === "undefined" ?
	    `#b=${toBase64Url(bytes)}` :
	    `#z=${toBase64Url(await pipeBounded(bytes,
		new CompressionStream("deflate-raw"), Infinity))}`;
	return fragment.length > LINK_LENGTH_MAX ? null : fragment;
}

async function unpackShare(kind, data) {
	const bytes = fromBase64Url(data);
	const plain = kind === "b" ? bytes : await pipeBounded(bytes,
	    new DecompressionStream("deflate-raw"), SHARED_BYTES_MAX);
	const { code, stdin = "" } = JSON.parse(
	    new TextDecoder("utf-8", { fatal: true }).decode(plain));
	if (typeof code !== "string" || typeof stdin !== "string")
		throw new TypeError("not a program");
	return { code, stdin };
}

/* Returns { code, stdin }, { problem: sentence }, or null if the fragment does
 * not claim to hold a program. */
export async function decodeShare(fragment) {
	const [, kind, data] = /^#([zb])=(.*)$/s.exec(fragment) ?? [];
	const tooLarge = { problem: "The link holds more than this page takes; " +
	    "nothing was loaded from it." };
	if (kind === undefined)
		return null;
	if (fragment.length > LINK_LENGTH_MAX)
		return tooLarge;
	if (kind === "z" && typeof DecompressionStream === "undefined")
		return { problem: "This browser is too old to unpack the link; " +
		    "nothing was loaded from it." };
	try {
		return await unpackShare(kind, data);
	} catch (error) {
		return error instanceof RangeError ? tooLarge :
		    { problem: "The link is damaged or incomplete; nothing was " +
		    "loaded from it." };
	}
}
