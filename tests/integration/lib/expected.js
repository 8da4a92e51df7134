/* SPDX-License-Identifier: MIT */
/* Lists of what differs inside a sandbox, with reasons. */
import fs from 'node:fs';

import { run } from './http.js';

/* Whether the kernel has it is seen by what it shuts. */
async function
landlock_works()
{
	const answer = await run('import os\ntry:\n' +
	    "    print(len(os.listdir('/proc')) > 0)\n" +
	    'except PermissionError:\n    print(False)');

	return answer.output === 'False';
}

/* Paragraphs of names below their reason, "# ...", but for those that do not
 * apply where there is no Landlock. */
async function
read_expected(file)
{
	const has_landlock = await landlock_works();
	const expected = new Set();
	let applies = false;

	for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
		if (line.startsWith('# '))
			applies = has_landlock || !line.includes('Landlock');
		else if (line !== '' && applies)
			expected.add(line);
	}
	return expected;
}

export { read_expected };
