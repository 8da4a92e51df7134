/* SPDX-License-Identifier: MIT */
/* What the kernel under the sandboxes can do. */
import { execFileSync } from 'node:child_process';

/* Its answer is -1 where it has none. */
const QUESTION = 'import ctypes\n' +
    'print(ctypes.CDLL(None).syscall(444, None, 0, 1))';

/* The ABI's number; 0: there is no Landlock, or it was not enabled. */
function
landlock_version()
{
	const answer = execFileSync('/usr/bin/python3.11', ['-c', QUESTION],
	    { encoding: 'utf8' });

	return Math.max(0, Number(answer));
}

export { landlock_version };
