/* SPDX-License-Identifier: MIT */
/* The lints of the house find what they are there to find: in a small tree of
 * the same shape, with one fault at a time. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const SCRATCH = fs.mkdtempSync(path.join(os.tmpdir(), 'sce-lint.'));
const TABLE = `# a comment
common:

supervisor: supervisor/box common
supervisor/box: supervisor/state.h common
`;
const GOOD = {
	'tests/lint/edges.txt': TABLE,
	'fcgi/common/io.h': 'int io_read(void);\n',
	'fcgi/common/io.c': '#include "common/io.h"\n\n' +
	    'int\nio_read(void)\n{\n\treturn 1;\n}\n',
	'fcgi/supervisor/state.h': 'struct state;\n',
	'fcgi/supervisor/main.c': '#include "supervisor/box/box.h"\n\n' +
	    'int\nmain(void)\n{\n\treturn box_start();\n}\n',
	'fcgi/supervisor/box/box.h': 'int box_start(void);\n' +
	    'int box_end(void);\n',
	'fcgi/supervisor/box/box.c': '#include "common/io.h"\n' +
	    '#include "supervisor/box/box.h"\n#include "supervisor/state.h"\n\n' +
	    'int\nbox_start(void)\n{\n\treturn io_read();\n}\n',
	'fcgi/supervisor/box/ending.c': '#include "supervisor/box/box.h"\n\n' +
	    'int\nbox_end(void)\n{\n\treturn box_start();\n}\n',
};

/* Stands for the other programs, of which circles.sh expects a folder. */
for (const program of ['responder', 'engine', 'guest'])
	GOOD[`fcgi/${program}/main.c`] =
	    '#include "common/io.h"\n\nint\nmain(void)\n{\n\treturn 0;\n}\n';
GOOD['tests/lint/edges.txt'] +=
    'responder: common\nengine: common\nguest: common\n';

after(() => fs.rmSync(SCRATCH, { recursive: true }));

/* A tree with the good files, but for some: the path of it. */
function
make_tree(changes = {})
{
	const root = fs.mkdtempSync(path.join(SCRATCH, 'tree.'));

	for (const [name, text] of Object.entries({ ...GOOD, ...changes })) {
		fs.mkdirSync(path.dirname(path.join(root, name)),
		    { recursive: true });
		fs.writeFileSync(path.join(root, name), text);
	}
	for (const script of ['edges.sh', 'circles.sh'])
		fs.copyFileSync(path.join(HERE, script),
		    path.join(root, 'tests/lint', script));
	return root;
}

function
edges(changes)
{
	const root = make_tree(changes);

	return execFileSync(path.join(root, 'tests/lint/edges.sh'),
	    { encoding: 'utf8' });
}

function
circles(changes)
{
	const root = make_tree(changes);
	const build = path.join(root, 'build');

	for (const name of Object.keys({ ...GOOD, ...changes })) {
		if (!name.endsWith('.c'))
			continue;
		const object = path.join(build, name.replace(/c$/, 'o'));

		fs.mkdirSync(path.dirname(object), { recursive: true });
		execFileSync('cc', ['-w', '-I', path.join(root, 'fcgi'), '-c',
			'-o', object, path.join(root, name)]);
	}
	return execFileSync(path.join(root, 'tests/lint/circles.sh'), [build],
	    { encoding: 'utf8' });
}

test('what the table allows is no fault', () => {
	assert.equal(edges(), '');
});

test('an include of a folder that the row does not name is found', () => {
	const name = 'fcgi/supervisor/box/box.c';

	assert.equal(edges({ [name]: '#include "common/io.h"\n' +
		'#include "supervisor/other.h"\n' + GOOD[name] }),
	`${name}:2: supervisor/other.h\n`);
});

test('an include of the upper folder is found', () => {
	const name = 'fcgi/common/io.c';

	assert.equal(edges({ [name]: '#include "supervisor/state.h"\n' }),
	    `${name}:1: supervisor/state.h\n`);
});

test('an include in a header counts as one in a source', () => {
	const name = 'fcgi/common/io.h';

	assert.equal(edges({ [name]: '#include "supervisor/box/box.h"\n' }),
	    `${name}:1: supervisor/box/box.h\n`);
});

test('a folder without a row is found, and a row without a folder', () => {
	assert.equal(edges({ 'fcgi/supervisor/new/a.c':
		'#include "supervisor/new/a.h"\n' }),
	'supervisor/new: no row\n');
	assert.equal(edges({ 'tests/lint/edges.txt':
		`${GOOD['tests/lint/edges.txt']}supervisor/old: common\n` }),
	'supervisor/old: no such folder\n');
});

test('files that use each other one way are no circle', () => {
	assert.equal(circles(), '');
});

test('two files that call each other are a circle', () => {
	const name = 'fcgi/supervisor/box/box.c';

	assert.equal(circles({ [name]: '#include "supervisor/box/box.h"\n\n' +
		'int\nbox_start(void)\n{\n\treturn box_end();\n}\n' }),
	'supervisor/box/box.c supervisor/box/ending.c\n');
});

test('a circle over three files, by an address in a table, is found', () => {
	assert.equal(circles({
		'fcgi/supervisor/box/box.h': `${GOOD['fcgi/supervisor/box/box.h']
		}int third(void);\n`,
		'fcgi/supervisor/box/box.c':
		    '#include "supervisor/box/box.h"\n\n' +
		    'int\nbox_start(void)\n{\n\treturn third();\n}\n',
		'fcgi/supervisor/box/third.c':
		    '#include "supervisor/box/box.h"\n\n' +
		    'static int (*const steps[])(void) = { box_end };\n\n' +
		    'int\nthird(void)\n{\n\treturn steps[0]();\n}\n',
	}), 'supervisor/box/box.c supervisor/box/ending.c ' +
	'supervisor/box/third.c\n');
});
