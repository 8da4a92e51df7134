/* SPDX-License-Identifier: MIT */
/* What a program may use up, and what is left of it then. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { post_run, run } from './lib/http.js';
import { shared_instance } from './lib/instance.js';
import { rss_kib } from './lib/proc.js';

const KEPT = 64 * 1024;
const SECOND = { timeout: 1 };
const TIMED_OUT = 'Execution timed out after 1 second';

/* { answer, ran_ms }: how long the service has waited for the run itself. */
async function
timed_run(code, members)
{
	const { status, json, headers, text } = await post_run(
	    { code, ...members });

	assert.equal(status, 200, text);
	const [, ran_ms] = headers['server-timing'].match(/run;dur=([\d.]+)/);

	return { answer: json, ran_ms: Number(ran_ms) };
}

/* It takes no more than twice as long as one that lets itself be stopped. */
async function
assert_stopped(code, expected)
{
	const plain = await timed_run('while True: pass', SECOND);
	const { answer, ran_ms } = await timed_run(code, SECOND);

	assert.deepEqual(plain.answer, { error: TIMED_OUT });
	assert.deepEqual(answer, expected);
	assert.ok(ran_ms < 2 * plain.ran_ms,
	    `after ${ran_ms} ms, and ${plain.ran_ms} ms`);
}

test('partial lines and buffers of a stopped program are kept', async () => {
	assert.deepEqual(await run('import sys\nsys.stdout.write("a\\nb")\n' +
	    'while True: pass', SECOND),
	{ output: 'a\nb', error: TIMED_OUT });
});

test('no KeyboardInterrupt shows in a stopped program', async () => {
	assert.deepEqual(await run('import time\nprint("x")\n' +
	    'time.sleep(60)', SECOND), { output: 'x', error: TIMED_OUT });
});

test("a stopped program's own stderr is kept", async () => {
	assert.deepEqual(await run('import sys\nprint("e", file=sys.stderr)\n' +
	    'while True: pass', SECOND), { error: TIMED_OUT, stderr: 'e' });
});

test('a program that ignores SIGINT is stopped', () => assert_stopped(
    'import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n' +
    'print("x", flush=True)\nwhile True: pass',
    { output: 'x', error: TIMED_OUT }));

test('a program can not buy time by catching what stops it', () =>
	assert_stopped('while True:\n    try:\n        while True: pass\n' +
	    '    except BaseException: pass', { error: TIMED_OUT }));

test('what ends in time after SIGINT is a timeout all the same', async () => {
	assert.deepEqual(await run('import sys, time\ntry:\n' +
	    '    time.sleep(60)\nexcept KeyboardInterrupt:\n' +
	    '    sys.exit(0)', SECOND),
	{ error: TIMED_OUT });
});

test('children that stay behind do not delay the answer', async () => {
	/* Longer than the run may take, which would be told. */
	assert.deepEqual(await run('import os, time\nif os.fork() == 0:\n' +
	    '    time.sleep(60)\n    print("late")\nelse:\n    print("now")'),
	{ output: 'now' });
});

test('a flood is cut at 64 KiB to the byte and says so', async () => {
	const answer = await run("while True: print('x'*1000)", SECOND);
	const flood = `${'x'.repeat(1000)}\n`.repeat(66).slice(0, KEPT);

	assert.deepEqual(answer, { output: flood, error: TIMED_OUT,
		truncated: ['stdout'] });
});

test('the memory of sced and responders does not grow by floods', async () => {
	const service = shared_instance();
	const processes = [service.sced_pid(), ...service.responders()];
	const flood = () => run('import os\nb = b"x" * 65536\n' +
	    'while True: os.write(1, b); os.write(2, b)', SECOND);

	assert.ok(processes.length > 8, 'no responders seen');
	await Promise.all([flood(), flood()]);
	const before = processes.map(rss_kib);

	await Promise.all([flood(), flood()]);
	await Promise.all([flood(), flood()]);
	for (const [i, pid] of processes.entries()) {
		/* One answer's worth for a responder that had none yet. */
		const grown = rss_kib(pid) - before[i];

		assert.ok(grown < 2048, `${pid} grew by ${grown} KiB`);
	}
});

for (const [bytes, cut] of [[KEPT, false], [KEPT + 1, true]]) {
	const are = cut ? 'are' : 'are not';

	test(`${bytes} bytes of output ${are} cut`, async () => {
		const answer = await run(
		    `import sys\nsys.stdout.write('x' * ${bytes})`);

		assert.equal(answer.output, 'x'.repeat(KEPT));
		assert.deepEqual(answer.truncated,
		    cut ? ['stdout'] : undefined);
	});
}

test('half a character at the cut is dropped', async () => {
	assert.deepEqual(await run(
	    "import sys\nsys.stdout.write('x' + '\u00e9' * 40000)"), {
		output: `x${'\u00e9'.repeat(KEPT / 2 - 1)}`,
		truncated: ['stdout'],
	});
});

test('both streams have a cap of their own', async () => {
	const answer = await run('import sys\nsys.stdout.write("o" * 70000)\n' +
	    'sys.stderr.write("e" * 70000)');

	assert.deepEqual(answer, {
		output: 'o'.repeat(KEPT), stderr: 'e'.repeat(KEPT),
		truncated: ['stdout', 'stderr'],
	});
});

test('stderr alone can be cut', async () => {
	const answer = await run('import sys\nsys.stderr.write("e" * 70000)\n' +
	    'print("o")');

	assert.deepEqual(answer.truncated, ['stderr']);
	assert.equal(answer.output, 'o');
});

test('a child that dies of memory is not the program', async () => {
	const answer = await run('import subprocess, sys\n' +
	    'p = subprocess.run([sys.executable, "-c", ' +
	    '"x = bytearray(10**9)"])\nprint(p.returncode)');

	assert.deepEqual(answer, { output: '-9' });
});

test('all files of /tmp together have a limit', async () => {
	const answer = await run('try:\n    for i in range(16):\n' +
	    '        with open(f"/tmp/{i}", "wb") as f:\n' +
	    '            f.write(b"x" * 2**21)\n' +
	    'except OSError as e: print(i, e.errno)');

	assert.deepEqual(answer, { output: '8 28' }); /* ENOSPC */
});

test('a file has a limit', async () => {
	const answer = await run('try:\n' +
	    '    with open("/tmp/x", "wb") as f: f.truncate(2**24 + 1)\n' +
	    'except OSError as e: print(e.errno)');

	assert.deepEqual(answer, { output: '27' }); /* EFBIG */
});

test('so have the entries of /tmp', async () => {
	const answer = await run('try:\n' +
	    '    for i in range(5000): open(f"/tmp/{i}", "w").close()\n' +
	    'except OSError as e: print(e.errno, i < 2000)');

	assert.deepEqual(answer, { output: '28 True' }); /* ENOSPC */
});

test('a fork bomb is bounded and answered', async () => {
	const answer = await run('import os, sys\nn = 0\ntry:\n' +
	    '    while True:\n        if os.fork() == 0:\n' +
	    '            import time; time.sleep(60)\n        n += 1\n' +
	    'except OSError as e:\n    print(e.errno, n < 64)',
	{ timeout: 10 });

	assert.deepEqual(answer, { output: '11 True' }); /* EAGAIN */
});

test('threads are bounded', async () => {
	const answer = await run('import threading, time\ntry:\n' +
	    '    for i in range(100):\n        threading.Thread(' +
	    'target=time.sleep, args=(60,), daemon=True).start()\n' +
	    'except RuntimeError as e:\n    print(e, i < 64)');

	assert.deepEqual(answer, { output: "can't start new thread True" });
});

test('descriptors are bounded', async () => {
	const answer = await run('import os\nl = []\ntry:\n' +
	    '    while True: l.append(os.dup(1))\n' +
	    'except OSError as e: print(e.errno, len(l) <= 256)');

	assert.deepEqual(answer, { output: '24 True' }); /* EMFILE */
});
