/* SPDX-License-Identifier: MIT */
/*
 * The image python-sci: each program in sci/ checks one package, within the
 * limits of a sandbox but for the memory, and says so in its last line; what
 * is on standard error is a failure.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { docker, docker_cli } from './lib/docker.js';
import { post_run } from './lib/http.js';
import { ROOT, start_instance } from './lib/instance.js';
import { command_line } from './lib/proc.js';
import { SLOWNESS, wait_for } from './lib/wait.js';

const FOLDER = path.join(ROOT, 'tests/integration/sci');
const IMAGE = 'safe-code-executor/python-sci:3.11';
const PACKAGES = ['numpy', 'pandas', 'matplotlib', 'sympy', 'pillow'];
const IMPORTS = ['numpy', 'pandas', 'matplotlib.pyplot', 'sympy', 'PIL.Image'];
/* Of a first build, and of the others where it was made before this run: from
 * a distant mirror, on a machine that does more. */
const BUILD_DEADLINE_MS = 1800000;
const BUILDS_TO_WAIT_FOR = 5;
const RUN_DEADLINE_MS = 120000 * SLOWNESS;
const MEMORY_MB = 256;
/* A busy machine is no failure. */
const LIMITS = { memory: `${MEMORY_MB}m`, timeout: '60s', timeout_max: '60s' };

let service = null;
let build_deadline_ms = BUILD_DEADLINE_MS;

function
build(...args)
{
	return spawnSync(path.join(ROOT, 'fcgi/image/build.sh'),
	    ['--kind', 'python-sci', ...args],
	    { encoding: 'utf8', timeout: build_deadline_ms });
}

/* { answer, entry: what the log has of it, after the answer was sent }. */
async function
logged_run(code, members = {})
{
	const { status, headers, json, text } = await post_run(
	    { code, ...members }, { base: service.base });

	assert.equal(status, 200, text);
	const entry = await wait_for('its log entry', () => service
	    .log_entries().find(({ id }) => id === headers['x-request-id']));

	return { answer: json, entry };
}

async function
run_here(code, members)
{
	return (await logged_run(code, members)).answer;
}

function
program(name)
{
	return fs.readFileSync(path.join(FOLDER, `${name}_works.py`), 'utf8');
}

function
memory_mb(entry)
{
	return entry.peak_memory_bytes / 2 ** 20;
}

before(async () => {
	const begin = performance.now();
	const done = build();

	assert.equal(done.status, 0, done.stderr);
	if (!done.stdout.endsWith('is up to date\n'))
		build_deadline_ms = Math.ceil(BUILDS_TO_WAIT_FOR *
		    (performance.now() - begin));
	service = await start_instance('sci', {
		docker: { image: IMAGE },
		pool: { ready: 1, ready_max: 1, running: 2 },
		limits: LIMITS,
	});
});

after(async () => {
	if (service !== null)
		assert.deepEqual(await service.stop(), []);
});

test('what is there is not made again', () => {
	const done = build();

	assert.equal(done.status, 0, done.stderr);
	assert.equal(done.stdout, `${IMAGE} is up to date\n`);
});

for (const name of PACKAGES) {
	test(`${name} works in a run of the service`, async (t) => {
		const { answer, entry } = await logged_run(program(name));

		assert.deepEqual(Object.keys(answer), ['output'],
		    JSON.stringify(answer));
		assert.equal(answer.output.split('\n').at(-1), `${name} works`);
		t.diagnostic(`${name}: ${memory_mb(entry).toFixed()} MB`);
	});
}

test('a plot is returned, and nothing else', async () => {
	const answer = await run_here('import matplotlib.pyplot as plt\n' +
	    'plt.plot([1, 4, 9])\nplt.savefig("a.png")',
	{ return_files: true });

	assert.deepEqual(Object.keys(answer), ['output', 'files'],
	    JSON.stringify(answer).slice(0, 500));
	assert.deepEqual(answer.files.map(({ name }) => name), ['a.png']);
	const bytes = Buffer.from(answer.files[0].content, 'base64');

	assert.equal(bytes.subarray(0, 8).toString('latin1'),
	    '\x89PNG\r\n\x1a\n');
	assert.ok(bytes.length > 5000);
});

/* The service's flags, without its guest: that is mounted into it. */
function
flags()
{
	const [binary, ...args] = command_line(service.sced_pid());
	const done = spawnSync(binary, [...args, '--print-run-command'],
	    { encoding: 'utf8', timeout: RUN_DEADLINE_MS });

	assert.equal(done.status, 0, done.stderr);
	const lines = done.stdout.trim().split(' \\\n    ').slice(1, -1)
	    .filter((l) => !/^--(detach|name|label|mount)\b/.test(l));

	assert.ok(lines.includes('--read-only'));
	assert.ok(lines.includes('--network none'));
	return lines.flatMap((line) => {
		const [, flag, value] = line.match(/^(\S+)(?: (.*))?$/);

		return value === undefined ? [flag] : [flag, value];
	});
}

for (const name of PACKAGES) {
	test(`${name} works under the flags alone, without a home`, () => {
		const done = spawnSync(docker_cli(), ['run', '--interactive',
			...flags(), '--entrypoint', 'sh', IMAGE, '-c',
			'unset HOME; cat >main.py; exec python3.11 main.py'],
		    {
			encoding: 'utf8',
			input: program(name),
			timeout: RUN_DEADLINE_MS,
		});

		assert.equal(done.stderr, '');
		assert.equal(done.status, 0, done.stdout);
		assert.equal(done.stdout.trim().split('\n').at(-1),
		    `${name} works`);
	});
}

test('Python starts without anybody\'s modules', async () => {
	const code = 'import sys\nprint(sorted({"numpy", "mpl_toolkits", ' +
	    '"matplotlib", "importlib.util", "types"} & set(sys.modules)))';
	const { output } = await run_here(code);

	assert.equal(output, '[]');
});

test('a program has one thread and the backend agg by its environment',
    async () => {
	const code = 'import os\nprint(*(os.environ[n] for n in ("MPLBACKEND",' +
	    ' "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "HOME")))';
	const { output } = await run_here(code);

	assert.equal(output, 'agg 1 1 /box');
});

test('every module is compiled', async () => {
	const code = `
import importlib.util, os, sys
bad = []
for top in ("/usr/lib/python3.11", "/usr/lib/python3/dist-packages"):
    for folder, _, files in os.walk(top):
        for name in files:
            path = os.path.join(folder, name)
            if not name.endswith(".py"):
                continue
            pyc = importlib.util.cache_from_source(path)
            now = os.stat(path)
            with open(pyc, "rb") as file:
                head = file.read(16)
            if int.from_bytes(head[8:12], "little") != int(now.st_mtime):
                bad.append(path)
print(bad)`;
	const { output, error } = await run_here(code);

	assert.equal(output, '[]', error);
});

/* What the log says of one more run: CPU time and memory. */
async function
cost(code)
{
	const count = service.log_entries().length;
	const { answer, entry } = await logged_run(code);

	assert.deepEqual(answer, { output: '' });
	assert.equal(service.log_entries().length, count + 1);
	return entry;
}

test('an import takes less than half of the memory', async (t) => {
	const plain = await cost('pass');

	for (const name of IMPORTS) {
		const one = await cost(`import ${name}`);
		const ratio = one.cpu_ms / plain.cpu_ms;

		t.diagnostic(`import ${name}: ${memory_mb(one).toFixed()} MB, ` +
		    `${ratio.toFixed()} times the CPU time of pass`);
		assert.ok(memory_mb(one) < MEMORY_MB / 2, name);
	}
});

function
image_id(name)
{
	return docker('image', 'inspect', '--format', '{{.Id}}', name);
}

function
packages(name)
{
	return docker('image', 'inspect', '--format',
	    '{{index .Config.Labels "org.safe-code-executor.packages"}}', name);
}

test('the same packages are the same image', (t) => {
	const tag = `sce-test/sci-${process.pid}:1`;
	const again = () => {
		const done = build('--force', '--tag', tag);

		assert.equal(done.status, 0, done.stderr);
		return image_id(tag);
	};
	const made = again();

	t.after(() => docker('image', 'rm', tag));
	/* Unless Debian had something new since the other was made. */
	assert.equal(packages(tag) === packages(IMAGE) ? image_id(IMAGE) :
	    again(), made);
});

test('make image makes both', (t) => {
	const name = `sce-test/both-${process.pid}:1`;
	const run_dir = path.join(process.env.SCE_WORK, `both-${process.pid}`);
	const done = spawnSync(path.join(ROOT, 'fcgi/service.sh'),
	    ['build-image'], {
		encoding: 'utf8',
		timeout: build_deadline_ms,
		/* From what is there, because that takes a moment only. */
		env: {
			...process.env, RUN_DIR: run_dir, CONFIG: '',
			IMAGE: name, BASE: IMAGE,
		},
	});

	t.after(() => {
		docker('image', 'rm', name);
		fs.rmSync(run_dir, { recursive: true });
	});
	assert.equal(done.status, 0, done.stderr);
	assert.match(done.stdout, new RegExp(`${name} made from`));
	assert.match(done.stdout, new RegExp(`${IMAGE} is up to date`));
});

test('a kind that is not there, or on another base, is refused', () => {
	const unknown = build('--kind', 'perl');
	const based = build('--base', IMAGE);

	assert.notEqual(unknown.status, 0);
	assert.match(unknown.stderr, /there is no kind "perl"/);
	assert.notEqual(based.status, 0);
	assert.match(based.stderr, /--base has its own packages/);
});
