/* SPDX-License-Identifier: MIT */
/*
 * args, files, memory, language and version of POST /run, in both kinds of
 * isolation: what python3.11 main.py ARGS would do with these files beside it.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { post_run, run } from './lib/http.js';
import { start_instance } from './lib/instance.js';

const bases = {};
let own = null;

before(async () => {
	bases.container = undefined; /* the instance that is there */
	own = await start_instance('files-fork', {
		pool: { isolation: 'fork', ready: 1 },
	});
	bases.fork = own.base;
});

after(async () => {
	if (own !== null)
		await own.stop();
});

for (const isolation of ['container', 'fork']) {
	const run_here = (code, members) => run(code, members,
	    { base: bases[isolation] });
	const refused = async (members, pattern) => {
		const answer = await post_run({ code: 'print(1)', ...members },
		    { base: bases[isolation] });

		assert.equal(answer.status, 400, answer.text);
		assert.match(answer.json.error, pattern);
	};

	test(`${isolation}: arguments, as they are`, async () => {
		const args = ['', '-u', '--help', 'a b', '$HOME', '\u00e4\u{1f600}',
			"'", '"', '\\', '\n', '*', '-c', 'print(5)'];
		const answer = await run_here('import json, sys\n' +
		    'print(json.dumps([sys.argv, sys.orig_argv[1:]]))', { args });
		const argv = ['main.py', ...args];

		assert.deepEqual(JSON.parse(answer.output), [argv, argv]);
	});

	test(`${isolation}: no arguments are none`, async () => {
		assert.deepEqual(await run_here('import sys\nprint(sys.argv)',
		    { args: [] }), { output: "['main.py']" });
	});

	test(`${isolation}: arguments and live input`, async () => {
		assert.deepEqual(await run_here(
		    'import sys\nprint(input() + sys.argv[1])',
		    { args: ['b'], stdin: 'a\n' }), { output: 'ab' });
	});

	test(`${isolation}: modules, packages and data beside it`, async () => {
		const answer = await run_here('import helper, pkg.part\n' +
		    'print(helper.twice(2), pkg.part.NAME)\n' +
		    'print(open("data/in.bin", "rb").read())\n' +
		    'print(open("hex").read())', { files: [
			{ name: 'helper.py', content:
				'def twice(x):\n    return 2 * x\n' },
			{ name: 'pkg/__init__.py', content: '' },
			{ name: 'pkg/part.py', content: 'NAME = __name__' },
			{ name: 'data/in.bin', content: 'AP8K',
				encoding: 'base64' },
			{ name: 'hex', content: '6869', encoding: 'hex' }] });

		assert.deepEqual(answer, { output: '4 pkg.part\n' +
			"b'\\x00\\xff\\n'\nhi" });
	});

	test(`${isolation}: files and folders are the program's own`, async () => {
		const answer = await run_here('import os\n' +
		    'for name in ("d", "d/a"):\n' +
		    '    s = os.stat(name)\n' +
		    '    print(oct(s.st_mode & 0o7777), s.st_uid == os.getuid())\n' +
		    'open("d/a", "a").write("2")\nprint(open("d/a").read())\n' +
		    'os.rename("d/a", "b")\nos.rmdir("d")\n' +
		    'print(sorted(os.listdir()))',
		{ files: [{ name: 'd/a', content: '1' }] });

		assert.deepEqual(answer, { output: '0o755 True\n0o644 True\n12\n' +
			"['b', 'main.py']" });
	});

	test(`${isolation}: a module of the library can be hidden`, async () => {
		assert.deepEqual(await run_here('import colorsys\n' +
		    'print(colorsys.HERE)', { files: [{ name: 'colorsys.py',
			content: 'HERE = 1' }] }), { output: '1' });
	});

	test(`${isolation}: the next run finds none of it`, async () => {
		await run_here('pass', { files: [{ name: 'secret', content: 'x' }],
			args: ['secret'] });
		assert.deepEqual(await run_here('import os, sys\n' +
		    'print(os.listdir(), sys.argv)'),
		{ output: "['main.py'] ['main.py']" });
	});

	test(`${isolation}: as much as there may be`, async () => {
		const files = Array.from({ length: 64 }, (_, i) =>
			({ name: `d/${i}/f`, content: 'x'.repeat(1000) }));
		const args = Array.from({ length: 64 }, () => 'a'.repeat(400));

		assert.deepEqual(await run_here('import os, sys\n' +
		    'print(len(os.listdir("d")), sum(map(len, sys.argv[1:])))',
		{ files, args }), { output: '64 25600' });
		await refused({ args: [...args, ''] }, /^Too many args: 65/);
		await refused({ args: Array(64).fill('a'.repeat(600)) },
		    /^args are too long: the limit is 32768 bytes/);
		await refused({ files: [...files, { name: 'x', content: '' }] },
		    /^Too many files: 65/);
	});

	test(`${isolation}: memory, as it was asked for`, async () => {
		const code = 'x = bytearray(60 << 20)\nprint(len(x) >> 20)';

		assert.deepEqual(await run_here(code), { output: '60' });
		assert.deepEqual(await run_here(code, { memory: 40 << 20 }),
		    { error: 'Memory limit exceeded (40 MB)' });
		/* Not for the next one in the same sandbox. */
		assert.deepEqual(await run_here('print(1)',
		    { memory: 64 << 20 }), { output: '1' });
		assert.deepEqual(await run_here(code), { output: '60' });
		await refused({ memory: 1 << 20 },
		    /^memory must be between 33554432 and \d+ bytes$/);
		await refused({ memory: 1 << 30 }, /^memory must be between/);
	});

	test(`${isolation}: names that would lead elsewhere`, async () => {
		for (const name of ['../x', '/etc/passwd', 'a/../../x', 'a//b', '.',
			'..', 'a/', '', './x', 'main.py', 'main.py/x', 'a\0b',
			'x'.repeat(256), '1/2/3/4/5/6/7/8/9'])
			await refused({ files: [{ name, content: '' }] }, /./);
	});
}

test('a language that there is, and one that there is not', async () => {
	assert.deepEqual(await run('print(1)',
	    { language: 'py', version: '>=3.10' }), { output: '1' });
	const answer = await post_run({ code: 'print 1', language: 'python',
		version: '2.7' });

	assert.equal(answer.status, 400);
	assert.deepEqual(answer.json, { error: 'There is no "python" in ' +
		'version "2.7": use python 3.11.2' });
});

test('live output with arguments and files', async () => {
	const answer = await post_run({ code: 'import sys\n' +
		'print(sys.argv[1], open("f").read())', args: ['a'],
	files: [{ name: 'f', content: 'b' }] }, { headers: {
		'Content-Type': 'application/json',
		Accept: 'text/event-stream' } });

	const pieces = [...answer.text.matchAll(
	    /^event: stdout\ndata: (.*)\n/gm)];

	assert.equal(answer.status, 200);
	assert.equal(pieces.map(([, data]) => JSON.parse(data).text).join(''),
	    'a b\n');
});
