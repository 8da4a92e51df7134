/* SPDX-License-Identifier: MIT */
/*
 * Languages from the configuration, beside Python: how one is chosen, what its
 * programs find, and its compiler, however that ends. Of the image there are
 * sh, awk and Python; Python again stands for all that has a compiler, once
 * with a real one and once as what a program says it is.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { request, run, post_run } from './lib/http.js';
import { start_instance } from './lib/instance.js';
import { text_of, watch_run } from './lib/live.js';
import { wait_for } from './lib/wait.js';

const OUTPUT_MAX = 65536;
const PISTON_MEMBERS = ['signal', 'stdout', 'stderr', 'code', 'output',
	'memory', 'message', 'status', 'cpu_time', 'wall_time'];
const JSON_TYPE = { 'Content-Type': 'application/json' };

let own = null;

before(async () => {
	own = await start_instance('languages', {
		pool: { ready: 1, ready_max: 1, running: 2 },
		limits: { tmp_size: '4m', shm_size: '4m' },
		'runtime shell': {
			version: '0.5.12', aliases: 'sh, dash',
			command: 'sh', file: 'main.sh',
			timeout: '2s', timeout_max: '3s', memory: '64m',
		},
		'runtime awk': {
			version: '1.3.4', command: 'awk -f', file: 'main.awk',
		},
		'runtime checked': {
			version: '3.11.2', command: 'python3.11',
			compile: 'python3.11 -m py_compile', file: 'checked.py',
		},
		/* Its program is its compiler, too, and knows which it is. */
		'runtime staged': {
			version: '1.0.0', command: 'python3.11',
			compile: 'python3.11', file: 'staged.py',
			timeout: '5s', timeout_max: '10s',
		},
	});
});

after(async () => {
	if (own !== null)
		assert.deepEqual(await own.stop(), []);
});

function
answer(language, code, members = {})
{
	return run(code, { language, ...members }, { base: own.base });
}

async function
piston(language, content, members = {})
{
	const { status, json, text } = await request({
		base: own.base, method: 'POST', path: '/api/v2/execute',
		headers: JSON_TYPE,
		body: JSON.stringify({ language, version: '*',
			files: [{ content }], ...members }),
	});

	assert.equal(status, 200, text);
	return json;
}

/* One text for both: what the compiler does, then what the program does. */
function
staged(compiler, program)
{
	const indented = (text) => text.split('\n')
	    .map((line) => `    ${line}`).join('\n');

	return 'import os, sys, time\n' +
	    'if not os.path.exists("stage"):\n' +
	    '    open("stage", "w").close()\n' + indented(compiler) +
	    '\nelse:\n' + indented(program);
}

test('all of them are listed, Python first', async () => {
	const { json } = await request({ base: own.base, method: 'GET',
		path: '/api/v2/runtimes' });

	assert.deepEqual(json.map(({ language }) => language),
	    ['python', 'shell', 'awk', 'checked', 'staged']);
	assert.deepEqual(json[1], { language: 'shell', version: '0.5.12',
		aliases: ['sh', 'dash'] });
	assert.deepEqual(json[2].aliases, []);
});

test('without a word of it, it is Python', async () => {
	assert.deepEqual(await run('print(6 * 7)', {}, { base: own.base }),
	    { output: '42' });
});

test('by name, alias and version', async () => {
	for (const [language, version] of [['shell', undefined], ['sh', '0.x'],
		['dash', '*']]) {
		assert.deepEqual(await answer(language, 'echo $((6 * 7))',
		    version === undefined ? {} : { version }),
		{ output: '42' });
	}
	const refused = await post_run({ code: 'x', language: 'sh',
		version: '3.x' }, { base: own.base });

	assert.equal(refused.status, 400);
	assert.equal(refused.json.error,
	    'There is no "sh" in version "3.x": use python 3.11.2');
});

test('a program has its arguments, input, files and name', async () => {
	assert.deepEqual(await answer('shell',
	    'echo "$0 $1"; cat sub/f; cat', {
		    args: ['two words'], stdin: 'in\n',
		    files: [{ name: 'sub/f', content: 'of a file\n' }],
	    }), { output: 'main.sh two words\nof a file\nin' });
	assert.deepEqual(await answer('awk', '{ print NR ": " $2 }',
	    { stdin: 'a b\nc d\n', args: ['-'] }), { output: '1: b\n2: d' });
});

test('how it ends is told as of any program', async () => {
	assert.deepEqual(await answer('shell', 'echo so far; exit 3'), {
		output: 'so far', error: 'Program exited with status 3',
		exit_code: 3,
	});
	const { error, exit_code: code } = await answer('shell', 'nosuch');

	assert.match(error, /^main\.sh: 1: nosuch: not found$/);
	assert.equal(code, 127);
	assert.deepEqual(await answer('shell', 'kill -SEGV $$'), {
		error: 'Program killed by signal SIGSEGV', signal: 'SIGSEGV',
	});
});

test('a language has limits of its own', async () => {
	assert.deepEqual(await answer('shell', 'while :; do :; done'),
	    { error: 'Execution timed out after 2 seconds' });
	const late = await post_run({ code: ':', language: 'sh', timeout: 4 },
	    { base: own.base });

	assert.equal(late.json.error,
	    'timeout must be between 0.1 and 3 seconds');
	const large = await post_run({ code: ':', language: 'sh',
		memory: 65 << 20 }, { base: own.base });

	assert.equal(large.json.error,
	    'memory must be between 33554432 and 67108864 bytes');
	/* One buffer, which is filled: the shell itself would need seconds. */
	assert.deepEqual(await answer('shell',
	    'exec dd if=/dev/zero bs=100M count=1'),
	{ error: 'Memory limit exceeded (64 MB)' });
});

test('it is confined as Python is', async () => {
	assert.deepEqual(await answer('shell',
	    'cat /proc/self/status; echo x >/etc/x; ls /sys; echo /box/*'), {
		output: '/box/main.sh',
		stderr: 'cat: /proc/self/status: Permission denied\n' +
		    'main.sh: 1: cannot create /etc/x: Read-only file system\n' +
		    "ls: cannot open directory '/sys': Permission denied",
	});
});

test('what it prints is watched as it comes', async () => {
	const { events } = await watch_run('echo one; echo two >&2',
	    { language: 'sh' }, own).done;

	assert.equal(text_of(events, 'stdout'), 'one\n');
	assert.equal(text_of(events, 'stderr'), 'two\n');
	assert.deepEqual(events.at(-1).data, {});
});

test("Piston's answer names the language's row", async () => {
	const { run: ran, ...rest } = await piston('dash', 'cat; echo e >&2');

	assert.deepEqual(rest, { language: 'shell', version: '0.5.12' });
	assert.equal(ran.stdout, '\n');
	assert.equal(ran.stderr, 'e\n');
	assert.equal(ran.code, 0);
});

test('of a compiler that succeeds nothing is said', async () => {
	assert.deepEqual(await answer('checked',
	    'import os\nprint(os.listdir("__pycache__"))'),
	{ output: "['checked.cpython-311.pyc']" });
	assert.deepEqual(await answer('staged',
	    staged('print("of the compiler")', 'print("of the program")')),
	{ output: 'of the program' });
});

test('what does not compile does not run', async () => {
	const { error, ...rest } = await answer('checked', 'print(1)\nx = (\n');

	assert.match(error, /SyntaxError: '\(' was never closed/);
	assert.deepEqual(rest, { exit_code: 1, stage: 'compile' });
});

test('a compiler may end in each way', async () => {
	const ends = async (compiler, members) =>
		answer('staged', staged(compiler, 'print("ran")'), members);

	assert.deepEqual(await ends('sys.exit(4)'), {
		error: 'Compiler exited with status 4', exit_code: 4,
		stage: 'compile',
	});
	assert.deepEqual(await ends('os.write(1, b"o"); os.kill(0, 11)'), {
		output: 'o', error: 'Compiler killed by signal SIGSEGV',
		signal: 'SIGSEGV', stage: 'compile',
	});
	assert.deepEqual(await ends('while True: pass', { timeout: 0.5 }), {
		error: 'Compilation timed out after 0.5 seconds',
		stage: 'compile',
	});
	assert.deepEqual(await ends('x = "a" * 10 ** 9'), {
		error: 'Memory limit exceeded (128 MB)', stage: 'compile',
	});
});

test('a flood of a compiler is cut, and costs the program nothing',
    async () => {
	const flood = 'for i in range(300): print("x" * 1000)';
	const failed = await answer('staged',
	    staged(`${flood}\nsys.exit(1)`, 'pass'));

	assert.equal(failed.output.length, OUTPUT_MAX);
	assert.deepEqual(failed.truncated, ['stdout']);
	assert.equal(failed.stage, 'compile');
	assert.deepEqual(await answer('staged', staged(flood,
	    'print("y" * 65535)')), { output: 'y'.repeat(OUTPUT_MAX - 1) });
	const { compile, run: ran } = await piston('staged',
	    staged(flood, 'print("y")'));

	assert.equal(compile.status, 'OL');
	assert.equal(compile.stdout.length, OUTPUT_MAX);
	assert.equal(ran.stdout, 'y\n');
	assert.equal(ran.status, null);
});

/* It would hold the pipe open for reading, in a session of its own. */
test('nothing that a compiler started lives on', async () => {
	const left = 'os.mkfifo("pipe")\nready, tell = os.pipe()\n' +
	    'if os.fork() == 0:\n    os.setsid()\n' +
	    '    fd = os.open("pipe", os.O_RDWR)\n    os.write(tell, b".")\n' +
	    '    time.sleep(60)\nos.read(ready, 1)';
	const look = 'try:\n    os.open("pipe", os.O_WRONLY | os.O_NONBLOCK)\n' +
	    '    print("it lives")\nexcept OSError as e:\n' +
	    '    print(e.strerror)';

	assert.deepEqual(await answer('staged', staged(left, look)),
	    { output: 'No such device or address' });
});

test('input is the program\'s, and arguments too', async () => {
	const look = 'print(sys.argv[1:], sys.stdin.read())';
	const { compile, run: ran } = await piston('staged',
	    staged(look, look), { stdin: 'in', args: ['a', 'b'] });

	assert.equal(compile.stdout, '[] \n');
	assert.equal(ran.stdout, "['a', 'b'] in\n\n");
});

test('compiler and program share one clock, but for Piston', async () => {
	/* Each would have the time for it, both have not. */
	assert.deepEqual(await answer('staged',
	    staged('time.sleep(1.2)', 'time.sleep(4.5)'), { timeout: 5 }),
	{ error: 'Execution timed out after 5 seconds' });
	const slow = staged('time.sleep(1.2)', 'time.sleep(1.2)');
	const each = await piston('staged', slow,
	    { compile_timeout: 5000, run_timeout: 5000 });

	assert.equal(each.compile.code, 0);
	assert.equal(each.run.code, 0);
	/* Twice what there is of time: the lease is as long as both. */
	const both = await piston('staged', staged('pass', 'pass'),
	    { compile_timeout: 10000, run_timeout: 10000 });

	assert.equal(both.run.code, 0);
	const first = await piston('staged', slow,
	    { compile_timeout: 500, run_timeout: 5000 });

	assert.equal(first.compile.message, 'Time limit exceeded (wall clock)');
	const second = await piston('staged', slow,
	    { compile_timeout: 5000, run_timeout: 500 });

	assert.equal(second.compile.code, 0);
	assert.equal(second.run.status, 'TO');
});

test("Piston's answer has the compiler's end, also as the run's",
    async () => {
	const good = await piston('checked', 'print(1)');

	assert.deepEqual(Object.keys(good),
	    ['compile', 'run', 'language', 'version']);
	assert.deepEqual(Object.keys(good.compile), PISTON_MEMBERS);
	assert.equal(good.compile.code, 0);
	assert.equal(good.run.stdout, '1\n');
	const bad = await piston('checked', 'x = (');

	assert.equal(bad.compile.code, 1);
	assert.match(bad.compile.stderr, /SyntaxError/);
	assert.deepEqual(bad.run, bad.compile);
	/* The second is written when the first has been read. */
	const order = await piston('staged', staged('import fcntl, termios\n' +
	    'os.write(2, b"1")\n' +
	    'while fcntl.ioctl(2, termios.FIONREAD, bytes(4)) != bytes(4):\n' +
	    '    time.sleep(0.001)\nos.write(1, b"2")\nsys.exit(1)', 'pass'));

	assert.equal(order.compile.output, '12');
});

test("Piston's limits of a compiler are checked", async () => {
	const { status, json } = await request({
		base: own.base, method: 'POST', path: '/api/v2/execute',
		headers: JSON_TYPE,
		body: JSON.stringify({ language: 'staged', version: '*',
			files: [{ content: 'pass' }], compile_timeout: 10001 }),
	});

	assert.equal(status, 400);
	assert.equal(json.message,
	    'compile_timeout cannot exceed the configured limit of 10000');
	const { compile } = await piston('staged', staged('x = "a" * (50 << 20)',
	    'pass'), { compile_memory_limit: 48 << 20 });

	assert.equal(compile.message, 'Memory limit exceeded (48 MB)');
});

test('who watches is told of a compiler at the end, if it fails', async () => {
	const good = await watch_run(staged('print("not this")', 'print("this")'),
	    { language: 'staged' }, own).done;

	assert.equal(text_of(good.events, 'stdout'), 'this\n');
	assert.deepEqual(good.events.at(-1).data, {});
	const bad = await watch_run(staged('print("o")\nsys.exit("e")', 'pass'),
	    { language: 'staged' }, own).done;

	assert.deepEqual(bad.events.map(({ name }) => name),
	    ['timing', 'result']);
	assert.deepEqual(bad.events.at(-1).data, { output: 'o', error: 'e',
		exit_code: 1, stage: 'compile' });
	/* Python, so that nothing is held back: the first is seen alone. */
	const { events } = await watch_run(staged('pass', 'print("a")\n' +
	    'time.sleep(0.5)\nprint("b")'), { language: 'staged' }, own).done;

	assert.equal(text_of(events, 'stdout'), 'a\nb\n');
	assert.ok(events.filter(({ name }) => name === 'stdout').length > 1);
});

test('the log says of which stage it is', async () => {
	const { headers } = await post_run({ code: 'x = (',
		language: 'checked' }, { base: own.base });
	/* It is written after the answer was sent. */
	const entry = await wait_for('its entry', () => own.log_entries()
	    .find(({ id }) => id === headers['x-request-id']));

	assert.equal(entry.stage, 'compile');
	assert.equal(entry.exit_code, 1);
});
