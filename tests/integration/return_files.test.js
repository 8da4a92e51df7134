/* SPDX-License-Identifier: MIT */
/*
 * return_files of POST /run, in both kinds of isolation: what a program made
 * is in the answer, and nothing else is, whatever it puts in the way.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { post_run, run } from './lib/http.js';
import { start_instance } from './lib/instance.js';
import { watch_run } from './lib/live.js';

const ISOLATIONS = ['container', 'fork'];
const FILES_MAX = 32;
const BYTES_MAX = 1024 * 1024;
const instances = {};

before(async () => {
	for (const isolation of ISOLATIONS) {
		instances[isolation] = await start_instance(
		    `return-${isolation}`, {
			pool: { isolation, ready: 1, running: 2 },
		});
	}
});

after(async () => {
	for (const own of Object.values(instances))
		assert.deepEqual(await own.stop(), []);
});

/* { name: content } of an answer; text where it is ASCII. */
function
contents(files)
{
	return Object.fromEntries(files.map(({ name, content, encoding }) => {
		assert.equal(encoding, 'base64');
		return [name, Buffer.from(content, 'base64').toString('latin1')];
	}));
}

/* What ends it, and what it leaves: [title, program, members, its answer]. */
const ENDINGS = [
	['a status', 'open("a", "w").write("1")\nexit(3)', {},
		{ error: 'Program exited with status 3', exit_code: 3 }],
	['a signal', 'import os\nwith open("a", "w") as f: f.write("1")\n' +
		'os.kill(os.getpid(), 11)', {},
		{ error: 'Program killed by signal SIGSEGV',
			signal: 'SIGSEGV' }],
	['a timeout', 'with open("a", "w") as f: f.write("1")\n' +
		'while True: pass', { timeout: 1 },
		{ error: 'Execution timed out after 1 second' }],
	['a timeout that it would rather not have', 'import signal\n' +
		'signal.signal(signal.SIGINT, signal.SIG_IGN)\n' +
		'with open("a", "w") as f: f.write("1")\n' +
		'while True: pass', { timeout: 1 },
		{ error: 'Execution timed out after 1 second' }],
	['want of memory', 'with open("a", "w") as f: f.write("1")\n' +
		'x = "a" * 1000000000', {},
		{ error: 'Memory limit exceeded (128 MB)' }],
	['a traceback', 'open("a", "w").write("1")\n1 / 0', {},
		{ error: /ZeroDivisionError/, exit_code: 1 }],
];

/* Each leaves nothing that is returned: [title, program, is it told?]. */
const TRAPS = [
	['links out of the folder', 'import os\n' +
		'for i, t in enumerate(["/etc/passwd", "/etc", "/proc/self/environ",' +
		' "/proc/1/root", "/proc/1/environ", "/sce-guest", ".", "..",' +
		' "/proc/self/fd/0", "main.py", "gone", "/dev/zero", "/tmp"]):\n' +
		'    os.symlink(t, f"l{i}")', false],
	['a FIFO and a socket', 'import os, socket\nos.mkfifo("fifo")\n' +
		's = socket.socket(socket.AF_UNIX)\ns.bind("socket")', false],
	['devices', 'import os, stat\nfor kind in (stat.S_IFCHR, stat.S_IFBLK):\n' +
		'    try: os.mknod("dev", kind | 0o666, os.makedev(1, 5))\n' +
		'    except PermissionError: pass', false],
	['hard links to what is elsewhere', 'import os\n' +
		'open("/tmp/x", "w").close()\n' +
		'for t in ("/etc/passwd", "/tmp/x", "/usr/bin/python3.11"):\n' +
		'    try: os.link(t, "l")\n    except OSError: pass', false],
	['a huge sparse file', 'f = open("a", "wb")\nf.truncate(4 << 20)', true],
	['one byte too many', `open("a", "wb").write(bytes(${BYTES_MAX + 1}))`,
		true],
	['names that can not be said', 'for n in (b"\\xff", b"a\\nb", b"\\x1b[2J", ' +
		'b"\\xed\\xa0\\x80"): open(n, "w").close()', true],
	['a file without rights', 'import os\nopen("a", "w").close()\n' +
		'os.chmod("a", 0)', true],
	['a folder without rights', 'import os\nos.mkdir("d")\n' +
		'open("d/a", "w").close()\nos.chmod("d", 0)', true],
	['no rights to anything', 'import os\nopen("a", "w").close()\n' +
		'os.chmod(".", 0)', true],
	['files too deep', 'import os\nd = "/".join("d" * 8)\nos.makedirs(d)\n' +
		'open(d + "/f", "w").close()', true],
	['folders as deep as they go', 'import os\ntry:\n' +
		'    while True:\n        os.mkdir("d")\n        os.chdir("d")\n' +
		'except OSError: pass', true],
	['files that are gone', 'import os\nf = open("a", "w")\nf.write("x")\n' +
		'f.flush()\nos.unlink("a")', false],
	['a cache', 'import os\nos.makedirs("d/__pycache__")\n' +
		'open("d/__pycache__/x.pyc", "w").close()', false],
	['its own text', 'open("main.py", "a").write("#")', false],
	['empty folders', 'import os\nos.makedirs("a/b")', false],
];

/* Swaps a file, a folder and links to others until it is killed. */
const RACE = 'import os, signal, itertools\n' +
    'signal.signal(signal.SIGINT, signal.SIG_IGN)\n' +
    'for _ in range(3): os.fork()\n' +
    'name = str(os.getpid() % 8)\n' +
    'for i in itertools.count():\n' +
    '    try:\n' +
    '        kind = i % 4\n' +
    '        if kind == 0: open(name, "w").write("own")\n' +
    '        elif kind == 1: os.symlink("/etc/passwd", name)\n' +
    '        elif kind == 2: os.mkfifo(name)\n' +
    '        else:\n' +
    '            os.mkdir(name); os.symlink("/etc/passwd", name + "/own")\n' +
    '            os.unlink(name + "/own"); os.rmdir(name)\n' +
    '            continue\n' +
    '        os.unlink(name)\n' +
    '    except OSError: pass';

for (const isolation of ISOLATIONS) {
	const run_here = (code, members = {}) => run(code,
	    { return_files: true, ...members }, instances[isolation]);
	const made = async (code, members) => {
		const answer = await run_here(code, members);

		assert.equal(answer.error, undefined, answer.error);
		return { ...answer, files: contents(answer.files) };
	};

	test(`${isolation}: files and what is in them`, async () => {
		assert.deepEqual(await made('import os\nos.makedirs("d/e")\n' +
		    'open("z", "w").write("last")\n' +
		    'open("d/e/b", "wb").write(bytes(range(256)))\n' +
		    'open("\u00e4 \u{1f600}\'", "w").close()\nprint("x")'), {
			output: 'x',
			files: {
				'd/e/b': Array.from({ length: 256 }, (_, i) =>
					String.fromCharCode(i)).join(''),
				z: 'last',
				'\u00e4 \u{1f600}\'': '',
			},
		});
	});

	test(`${isolation}: none are an empty list, by name`, async () => {
		assert.deepEqual(await run_here('pass'),
		    { output: '', files: [] });
		const { files } = await run_here('for n in "cab": open(n, "w")');

		assert.deepEqual(files.map(({ name }) => name), ['a', 'b', 'c']);
	});

	test(`${isolation}: not without having been asked`, async () => {
		const code = 'open("a", "w").write("x")';

		assert.deepEqual(await run(code, {}, instances[isolation]),
		    { output: '' });
		assert.deepEqual(await run_here(code, { return_files: false }),
		    { output: '' });
	});

	test(`${isolation}: sent files only if they were changed`, async () => {
		const answer = await made('open("b", "a").write("!")\n' +
		    'open("d/c", "w").write("C")\nopen("e", "w").write("1")\n' +
		    'import os, m\nos.unlink("gone")', { files: [
			...['a', 'b', 'd/c', 'd/same', 'e', 'gone'].map(
			    (name) => ({ name, content: '1' })),
			{ name: 'm.py', content: 'N = 1' }] });

		assert.deepEqual(answer.files, { b: '1!', 'd/c': 'C' });
	});

	test(`${isolation}: can be sent back`, async () => {
		const { files } = await run_here('import os\nos.mkdir("d")\n' +
		    'open("d/a", "wb").write(b"\\0\\xff")');

		assert.deepEqual(await run_here('print(open("d/a", "rb").read())',
		    { files }), { output: "b'\\x00\\xff'", files: [] });
	});

	test(`${isolation}: with another program's arguments`, async () => {
		assert.deepEqual((await made('import sys\n' +
		    'open(sys.argv[1], "w").write("1")', { args: ['a'] })).files,
		{ a: '1' });
	});

	test(`${isolation}: made by a child, also one left behind`, async () => {
		assert.deepEqual((await made('import os, subprocess, time\n' +
		    'subprocess.run(["sh", "-c", "echo x >a"])\n' +
		    'r, w = os.pipe()\nif os.fork() == 0:\n' +
		    '    with open("b", "w") as f: f.write("y")\n' +
		    '    os.write(w, b"!")\n    time.sleep(60)\n' +
		    'os.read(r, 1)')).files, { a: 'x\n', b: 'y' });
	});

	for (const [what, code, members, expected] of ENDINGS) {
		test(`${isolation}: after ${what}`, async () => {
			const answer = await run_here(code, members);

			assert.deepEqual(contents(answer.files), { a: '1' });
			assert.equal(answer.truncated, undefined);
			for (const [name, value] of Object.entries(expected)) {
				if (value instanceof RegExp)
					assert.match(answer[name], value);
				else
					assert.equal(answer[name], value);
			}
		});
	}

	for (const [what, code, told] of TRAPS) {
		test(`${isolation}: not ${what}`, async () => {
			const answer = await made(code);

			assert.deepEqual(answer, { output: '', files: {},
				...told && { truncated: ['files'] } });
		});
	}

	test(`${isolation}: as many as there may be`, async () => {
		const answer = await made('n = 0\ntry:\n' +
		    '    while n < 2000:\n' +
		    '        open(f"{n:04}", "w").close()\n        n += 1\n' +
		    'except OSError: pass\nprint(n > 100)');

		assert.deepEqual(Object.keys(answer.files).sort(),
		    Array.from({ length: FILES_MAX }, (_, i) =>
			String(i).padStart(4, '0')));
		assert.deepEqual(answer.truncated, ['files']);
		assert.equal(answer.output, 'True');
	});

	test(`${isolation}: as much as there may be`, async () => {
		const whole = await made('for n in range(16):\n' +
		    `    open(f"{n:02}", "wb").write(bytes([n]) * ${BYTES_MAX / 16})`);

		assert.equal(whole.truncated, undefined);
		assert.equal(Object.keys(whole.files).length, 16);
		for (const [name, text] of Object.entries(whole.files)) {
			assert.equal(text, String.fromCharCode(Number(name))
			    .repeat(BYTES_MAX / 16));
		}
		/* One that has no room is left out whole; others have some. */
		const cut = await made('open("a", "wb").write(b"x")\n' +
		    `open("b", "wb").write(bytes(${BYTES_MAX}))\n` +
		    `open("c", "wb").write(bytes(${BYTES_MAX - 1}))`);

		assert.deepEqual(Object.keys(cut.files), ['a', 'c']);
		assert.equal(cut.files.c.length, BYTES_MAX - 1);
		assert.deepEqual(cut.truncated, ['files']);
	});

	test(`${isolation}: holes are zeros`, async () => {
		const { files } = await made('f = open("a", "wb")\n' +
		    'f.truncate(100000)\nf.seek(50000)\nf.write(b"x")');

		assert.equal(files.a, `${'\0'.repeat(50000)}x${'\0'.repeat(49999)}`);
	});

	test(`${isolation}: whoever swaps files is dead by then`, async () => {
		const answer = await run_here(RACE, { timeout: 0.5 });

		assert.match(answer.error, /^Execution timed out/);
		for (const text of Object.values(contents(answer.files)))
			assert.ok(text === 'own' || text === '', text);
	});

	test(`${isolation}: with all file systems full`, async () => {
		const answer = await made('import os\nopen("a", "w").write("1")\n' +
		    'for d in ("/box", "/tmp", "/dev/shm"):\n' +
		    '    try:\n        with open(d + "/full", "wb") as f:\n' +
		    '            while True: f.write(bytes(65536))\n' +
		    '    except OSError: pass');

		assert.deepEqual(answer, { output: '', files: { a: '1' },
			truncated: ['files'] });
	});

	test(`${isolation}: after output that was cut`, async () => {
		const answer = await made('open("a", "w").write("1")\n' +
		    'import os\nos.truncate(os.open("b", os.O_CREAT | os.O_WRONLY), ' +
		    '2 << 20)\nprint("x" * 100000)');

		assert.deepEqual(answer.files, { a: '1' });
		assert.deepEqual(answer.truncated, ['stdout', 'files']);
	});

	test(`${isolation}: the next run has none of them`, async () => {
		await made('open("a", "w").write("secret")');
		assert.deepEqual(await made('pass'), { output: '', files: {} });
	});

	test(`${isolation}: in a live answer`, async () => {
		const answer = await watch_run('print("x")\n' +
		    `open("a", "wb").write(b"x" * ${BYTES_MAX})`,
		    { return_files: true }, instances[isolation]).done;
		const { name, data } = answer.events.at(-1);

		assert.ok(answer.whole);
		assert.equal(name, 'result');
		assert.deepEqual(Object.keys(data), ['files']);
		assert.equal(contents(data.files).a, 'x'.repeat(BYTES_MAX));
	});
}

test('forks are used again after runs that returned files', async () => {
	const own = instances.fork;
	const which = async () => (await run('print(hash("which"))',
	    { return_files: true }, own)).output;
	const seen = new Set();

	await own.idle();
	for (let i = 0; i < 4; i++) {
		seen.add(await which());
		await run('open("a", "wb").write(bytes(1 << 20))',
		    { return_files: true }, own);
	}
	assert.ok(seen.size < 4, [...seen].join());
});

test('what is not true or false is refused', async () => {
	for (const return_files of [1, 'true', null, [], {}]) {
		const answer = await post_run({ code: 'print(1)', return_files },
		    instances.container);

		assert.equal(answer.status, 400);
		assert.deepEqual(answer.json, { error:
			'"return_files" must be true or false' });
	}
});

test("Piston's paths have no such member", async () => {
	const answer = await post_run({ language: 'python', version: '3.x',
		files: [{ content: 'print(1)' }], return_files: true },
	{ base: instances.container.base, path: '/api/v2/execute' });
	const plain = await post_run({ language: 'python', version: '3.x',
		files: [{ content: 'print(1)' }] },
	{ base: instances.container.base, path: '/api/v2/execute' });

	assert.deepEqual([answer.status, Object.keys(answer.json)],
	    [plain.status, Object.keys(plain.json)]);
});
