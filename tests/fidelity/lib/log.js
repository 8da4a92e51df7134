/* SPDX-License-Identifier: MIT */
/* The log of an instance's runs as it grows: each line is read once. */
import fs from 'node:fs';

const NEWLINE = 0x0a;

class RunLog {
	constructor(path)
	{
		this.path = path;
		this.offset = 0;
		this.entries = new Map();
	}

	/* What has been written since the last time, to the last whole line. */
	read_on()
	{
		const file = fs.openSync(this.path);
		const bytes = Buffer.alloc(fs.fstatSync(file).size - this.offset);
		const count = fs.readSync(file, bytes, 0, bytes.length,
		    this.offset);
		const end = bytes.subarray(0, count).lastIndexOf(NEWLINE) + 1;

		fs.closeSync(file);
		this.offset += end;
		for (const line of bytes.toString('utf8', 0, end).split('\n')) {
			if (line === '')
				continue;
			const entry = JSON.parse(line);

			this.entries.set(entry.id, entry);
		}
	}

	/* The entry of a run, or undefined: not yet. */
	find(id)
	{
		this.read_on();
		return this.entries.get(id);
	}
}

export { RunLog };
