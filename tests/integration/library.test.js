/* SPDX-License-Identifier: MIT */
/* The standard library as programs find it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { run } from './lib/http.js';

/* On a read-only root nothing is ever compiled for the next time. */
test('the library is there compiled, all of it, and up to date', async () => {
	const answer = await run(`
import importlib.util, os, sysconfig
missing, stale, count = [], [], 0
for folder, _, names in os.walk(sysconfig.get_path("stdlib")):
    for path in (os.path.join(folder, n) for n in names if n.endswith(".py")):
        count += 1
        try:
            with open(importlib.util.cache_from_source(path), "rb") as f:
                head = f.read(16)
        except FileNotFoundError:
            missing.append(path)
            continue
        now = os.stat(path)
        if head[:4] != importlib.util.MAGIC_NUMBER or (
                int.from_bytes(head[8:12], "little"),
                int.from_bytes(head[12:], "little")) != (
                int(now.st_mtime), now.st_size):
            stale.append(path)
print(count > 500, missing, stale)
import asyncio, json, sys
print([m.__name__ for m in sys.modules.values() if getattr(m, "__cached__", 0)
    and not os.path.exists(m.__cached__)])
`, { timeout: 10 });

	assert.deepEqual(answer, { output: 'True [] []\n[]' });
});
