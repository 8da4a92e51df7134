// SPDX-License-Identifier: MIT
/* This module owns the files that a run returned: their list, and its images. */
import { create, element } from "./dom.js";
import { number } from "./sentences.js";
import { visible } from "./terminal.js";

/* A file is shown as an image if its name and its first bytes agree. SVG is not
 * among the kinds: it is markup, and may hold anything. */
const IMAGE_KINDS = [
	["image/png", /\.png$/i, /^\x89PNG\r\n\x1a\n/],
	["image/jpeg", /\.jpe?g$/i, /^\xff\xd8\xff/],
	["image/gif", /\.gif$/i, /^GIF8[79]a/],
	["image/webp", /\.webp$/i, /^RIFF[^]{4}WEBP/],
];
/* A few bytes can be an image that takes gigabytes to draw. */
const IMAGE_PIXELS_MAX = 1 << 25;

/* Returns the type of image that a file is shown as, or null. binary has the
 * bytes as atob gives them. */
export function imageType(name, binary) {
	return IMAGE_KINDS.find(([, ending, beginning]) => ending.test(name) &&
	    beginning.test(binary))?.[0] ?? null;
}

/* Returns [{ name, binary }] out of an answer's member files, without those that
 * are damaged. */
export function readFiles(files) {
	return (Array.isArray(files) ? files : []).flatMap((file) => {
		try {
			return [{ name: String(file.name),
				binary: atob(file.content) }];
		} catch {
			return [];
		}
	});
}

/* An image gets into the page once its size is known, and bearable. */
function createImage({ name, binary }, type) {
	const image = create("img", { alt: `${name}, an image that the program ` +
	    "made", src: `data:${type};base64,${btoa(binary)}` });
	const frame = create("div", { className: "picture" });
	image.addEventListener("load", () => {
		if (image.naturalWidth * image.naturalHeight <= IMAGE_PIXELS_MAX)
			frame.append(image);
	});
	return frame;
}

/*
 * The list of a run's files, each to be saved. Their addresses have a type that
 * no browser shows: HTML opened there would be a document of this page's own.
 */
export class FileList {
	constructor() {
		this.list = element("files");
		this.section = element("files-pane");
		this.cut = element("files-cut");
		this.addresses = [];
		this.clear();
	}

	clear() {
		this.addresses.forEach((address) => URL.revokeObjectURL(address));
		this.addresses = [];
		this.list.replaceChildren();
		this.section.hidden = true;
		this.cut.hidden = true;
	}

	/* isCut: the service has left some of the files out. */
	show(files, isCut) {
		this.list.replaceChildren(...files.map((file) =>
		    this.#createItem(file)));
		this.cut.hidden = !isCut;
		this.section.hidden = files.length === 0 && !isCut;
	}

	#createItem(file) {
		const { name, binary } = file;
		const address = URL.createObjectURL(new Blob(
		    [Uint8Array.from(binary, (char) => char.charCodeAt(0))],
		    { type: "application/octet-stream" }));
		const type = imageType(name, binary);
		this.addresses.push(address);
		return create("li", {},
		    ...type === null ? [] : [createImage(file, type)],
		    create("a", { href: address,
			download: name.split("/").at(-1) },
			create("bdi", {}, visible(name))),
		    ` ${number(binary.length)} byte` +
		    (binary.length === 1 ? "" : "s"));
	}
}
