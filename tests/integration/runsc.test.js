/* SPDX-License-Identifier: MIT */
/*
 * runtime = runsc: an instance of its own whose sandboxes run under gVisor
 * does what RUNTIMES.md says, and no more. A dockerd that does not know the
 * runtime is told of it for as long as this takes: its configuration file is
 * read again on SIGHUP, without a restart.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { docker, docker_socket, inspect } from './lib/docker.js';
import { health, post_run, run } from './lib/http.js';
import { start_instance } from './lib/instance.js';
import { command_line, executable, pids, status_field } from './lib/proc.js';
import { SLOWNESS, wait_for } from './lib/wait.js';

const RUNTIME = 'runsc-sce-test';
/* Without the first the guest could not dial; without the second, this runsc
 * refuses to start in a namespace that has no network. */
const ARGUMENTS = ['--host-uds=open', '--network=none'];
const CONFIG_FILE = '/etc/docker/daemon.json';
/* For the runner, should this test not come to its end. */
const KEPT = path.join(process.env.SCE_WORK ?? '', 'daemon.json');
const MIB = 1024 * 1024;
/* Of /proc/net/unix, the flag of a socket that takes connections. */
const ACCEPTS = '00010000';
/* A start of gVisor's takes seconds on a machine that has other work, too. */
const IDLE_DEADLINE_MS = 120000 * SLOWNESS;
const LONG = { timeout: 50 };
const NO_RESULT = 'The sandbox ended without a result: ' +
    'the program may have run in part';

let changed = null; /* what is to be put back */
let service = null;
let reason = null; /* for which there is nothing to test */

/* The file that this dockerd reads, and its text; null: there is none. */
function
daemon_config(pid)
{
	const words = command_line(pid);
	const named = words.findIndex((w) => /^--config-file(=|$)/.test(w));
	const file = named === -1 ? CONFIG_FILE :
	    words[named].split('=')[1] ?? words[named + 1];

	return { file, text: fs.existsSync(file) ?
	    fs.readFileSync(file, 'utf8') : null };
}

function
knows_runtime()
{
	return docker('info', '--format', '{{json .Runtimes}}')
	    .includes(`"${RUNTIME}"`);
}

/* The runtimes that dockerd is to have from now on, beside its own. */
async function
set_runtimes({ pid, file, text }, runtimes)
{
	const config = { ...JSON.parse(text ?? '{}'), runtimes };

	fs.mkdirSync(path.dirname(file), { recursive: true });
	fs.writeFileSync(file, `${JSON.stringify(config, null, 4)}\n`);
	process.kill(pid, 'SIGHUP');
	await wait_for('reload of dockerd', () =>
		knows_runtime() === (RUNTIME in runtimes));
}

/* A file that says nothing of runtimes would leave those that it has. */
async function
restore_runtimes()
{
	const { file, text } = changed;

	try {
		await set_runtimes(changed,
		    JSON.parse(text ?? '{}').runtimes ?? {});
	} finally {
		if (text === null)
			fs.rmSync(file);
		else
			fs.writeFileSync(file, text);
		fs.rmSync(KEPT, { force: true });
	}
}

/* "socket:[INODE]" of all that listen at this file. */
function
listeners(file)
{
	const real = fs.realpathSync(file);

	return fs.readFileSync('/proc/net/unix', 'utf8').split('\n')
	    .map((line) => line.trim().split(/\s+/))
	    .filter(([, , , flags, , , , name]) => flags === ACCEPTS &&
		name?.startsWith('/') && fs.existsSync(name) &&
		fs.realpathSync(name) === real)
	    .map(([, , , , , , inode]) => `socket:[${inode}]`);
}

/* What a process has open; without what it closes at the moment. */
function
open_files(pid)
{
	const dir = `/proc/${pid}/fd`;

	return fs.readdirSync(dir).flatMap((fd) => {
		try {
			return [fs.readlinkSync(`${dir}/${fd}`)];
		} catch {
			return [];
		}
	});
}

/* Who listens where our clients ask, whoever started it: others may be there,
 * and between fork and exec a child of one looks like it. */
function
docker_daemons()
{
	const sockets = listeners(docker_socket());
	const found = pids().filter((pid) =>
		/\/dockerd$/.test(executable(pid) ?? '') &&
		open_files(pid).some((file) => sockets.includes(file)));

	return found.filter((pid) =>
		!found.includes(Number(status_field(pid, 'PPid'))));
}

async function
add_runtime(pid, binary)
{
	const found = daemon_config(pid);

	changed = { pid, ...found };
	if (found.file === CONFIG_FILE)
		fs.writeFileSync(KEPT, found.text ?? '');
	await set_runtimes(changed, {
		...JSON.parse(found.text ?? '{}').runtimes,
		[RUNTIME]: { path: binary, runtimeArgs: ARGUMENTS },
	});
}

before(async () => {
	const found = spawnSync('sh', ['-c', 'command -v runsc'],
	    { encoding: 'utf8' });

	const daemons = docker_daemons();

	if (found.status !== 0)
		reason = 'runsc is not installed';
	else if (daemons.length !== 1)
		reason = `${daemons.length} dockerd at ${docker_socket()}`;
	if (reason !== null)
		return;
	await add_runtime(daemons[0], found.stdout.trim());
	service = await start_instance('runsc', {
		docker: { runtime: RUNTIME },
		/* None of those that wait is replaced because it is old. */
		pool: { ready: 2, running: 2, start_timeout: '60s',
			max_age: '2h' },
		limits: { timeout: '20s', timeout_max: '60s' },
	});
	await service.idle(IDLE_DEADLINE_MS);
});

after(async () => {
	try {
		assert.deepEqual(await service?.stop() ?? [], []);
	} finally {
		if (changed !== null)
			await restore_runtimes();
	}
});

/* A test that there may be nothing for. */
function
gvisor_test(name, body)
{
	test(name, (t) => {
		if (reason !== null)
			return t.skip(reason);
		return body(t);
	});
}

function
run_here(code, members = {})
{
	return run(code, members, { base: service.base });
}

/* One that may cost the sandbox; the service is as it was afterwards. */
async function
post_here(code, members = {})
{
	const answer = await post_run({ code, ...members },
	    { base: service.base });

	await service.idle(IDLE_DEADLINE_MS);
	return answer;
}

gvisor_test('it is not the kernel of the host', async () => {
	const { output } = await run_here(
	    'import os\nprint(os.uname().release)');

	assert.match(output, /^\d/);
	assert.notEqual(output, os.release());
});

gvisor_test('the flags of a sandbox', () => {
	for (const { HostConfig: host } of inspect(service.containers())) {
		const nproc = host.Ulimits.find((u) => u.Name === 'nproc');

		assert.equal(host.Runtime, RUNTIME);
		assert.equal(host.Memory, (128 + 96) * MIB);
		assert.equal(host.MemorySwap, host.Memory);
		assert.equal(host.PidsLimit, 512 + 8 * 64);
		assert.deepEqual([nproc.Soft, nproc.Hard], [64, 64]);
		assert.equal(host.NetworkMode, 'none'); /* no holder */
		assert.equal(host.ReadonlyRootfs, true);
	}
});

const SEEDS = {
	'a text': ["print('Hello from Postman')",
		{ output: 'Hello from Postman' }],
	'a sum': ['print(10 + 20)', { output: '30' }],
	'standard input': ['print(input()[::-1])', { output: 'cba' },
		{ stdin: 'abc\n' }],
	'a status': ['import sys\nprint(1)\nsys.exit(3)', { output: '1',
		error: 'Program exited with status 3', exit_code: 3 }],
	'a signal': ['import os\nos.kill(os.getpid(), 9)', {
		error: 'Program killed by signal SIGKILL',
		signal: 'SIGKILL' }],
	'a timeout': ["print('before')\nwhile True: pass", { output: 'before',
		error: 'Execution timed out after 5 seconds' },
	{ timeout: 5 }],
	'an encoding': ['# coding: latin-1\nprint(ascii("é"))',
		{ output: "'\\xc3\\xa9'" }],
	'processes': ['import multiprocessing\nif __name__ == "__main__":\n' +
	    '    with multiprocessing.Pool(2) as pool:\n' +
	    '        print(pool.map(abs, [-1, -2]))', { output: '[1, 2]' },
	LONG],
	'threads and files': ['import tempfile, threading\n' +
	    'with tempfile.TemporaryFile("w+") as f:\n' +
	    '    t = threading.Thread(target=f.write, args=("x",))\n' +
	    '    t.start()\n    t.join()\n    f.seek(0)\n' +
	    '    print(f.read())', { output: 'x' }],
};

for (const [what, [code, expected, members]] of Object.entries(SEEDS)) {
	gvisor_test(`${what}, as under runc`, async () => {
		assert.deepEqual(await run_here(code, members), expected);
	});
}

gvisor_test('no network', async () => {
	const answer = await run_here('import urllib.request\n' +
	    "urllib.request.urlopen('http://93.184.215.14/', timeout=3)", LONG);

	assert.match(answer.error, /URLError/);
});

/* Each line that it prints is something that worked and must not. */
const ATTACKS = {
	'reach the host': 'import os\nfor p in ("/var/run/docker.sock", ' +
	    '"/var/lib/docker", "/dev/kvm", "/dev/mem", "/dev/vda", ' +
	    '"/proc/1/root/var/lib/docker"):\n' +
	    '    if os.path.exists(p): print(p)',
	'write to the image': 'for p in ("/usr/x", "/etc/passwd", ' +
	    '"/sce-guest", "/run/sce/x"):\n    try: print(open(p, "a"))\n' +
	    '    except OSError: pass',
	'forge a frame': 'import os\nfor fd in range(3, 64):\n' +
	    '    try: os.write(fd, b"\\6\\0\\0\\0\\0\\0\\0\\70" + bytes(56))\n' +
	    '    except OSError: pass\n    else: print(fd)\n' +
	    'for fd in range(64):\n    p = f"/proc/1/fd/{fd}"\n' +
	    '    try:\n        if "socket" in os.readlink(p): ' +
	    'print(os.open(p, os.O_WRONLY | os.O_NONBLOCK))\n' +
	    '    except OSError: pass',
	"write to the guest's memory": 'try: print(open("/proc/1/mem", ' +
	    '"rb+"))\nexcept OSError: pass',
	'starve or limit the guest': 'import os, resource\nfor f in (' +
	    'lambda: os.sched_setscheduler(1, 5, os.sched_param(0)),\n' +
	    '    lambda: os.setpriority(os.PRIO_PROCESS, 1, 19),\n' +
	    '    lambda: resource.prlimit(1, resource.RLIMIT_CPU, (0, 0))):\n' +
	    '    try: print(f())\n    except OSError: pass',
	'open odd sockets': 'import socket\nfor family in (16, 17, 38, 40):\n' +
	    '    try: print(socket.socket(family, socket.SOCK_DGRAM))\n' +
	    '    except OSError: pass',
	'make calls that the filter refuses': 'import ctypes\n' +
	    'libc = ctypes.CDLL(None)\nfor name in ("memfd_create", ' +
	    '"unshare", "ptrace", "mount", "setns", "inotify_init"):\n' +
	    '    if libc[name](0, 0, 0, 0, 0) != -1: print(name)',
	'become somebody else': 'import os\nfor f in (os.setuid, os.setgid):\n' +
	    '    try: print(f(0))\n    except OSError: pass',
};

for (const [what, code] of Object.entries(ATTACKS)) {
	gvisor_test(`can not ${what}`, async () => {
		assert.deepEqual(await run_here(code, LONG), { output: '' });
	});
}

gvisor_test('neighbours do not meet', async () => {
	const code = 'import os, socket, time\n' +
	    's = socket.socket(socket.AF_UNIX)\ns.bind("\\0meeting")\n' +
	    'open("/tmp/%d" % os.getuid(), "w")\ntime.sleep(1)\n' +
	    'print(len(os.listdir("/tmp")))';

	await service.idle(IDLE_DEADLINE_MS);
	const both = await Promise.all([1, 2].map(() => run_here(code, LONG)));

	assert.deepEqual(both, [{ output: '1' }, { output: '1' }]);
});

/* What a program may do to its own sandbox here, and there alone: PID 1 is an
 * ordinary process, and the limits bind gVisor's kernel as well. */
const COSTLY = {
	'a signal that kills the guest': 'import os\nos.kill(1, 9)',
	'more memory than there is': 'x = "a" * 1000000000',
	'a fork bomb': 'import os\nwhile True:\n    try: os.fork()\n' +
	    '    except OSError: pass',
};

for (const [what, code] of Object.entries(COSTLY)) {
	gvisor_test(`${what} costs the run alone`, async () => {
		const answer = await post_here(code, { timeout: 2 });

		if (answer.status === 500)
			assert.deepEqual(answer.json, { error: NO_RESULT });
		else
			assert.match(answer.json.error,
			    /^(Execution timed out after 2|Memory limit)/);
		assert.deepEqual(await run_here('print(1)'), { output: '1' });
	});
}

/* It could tell of no end, and none comes before the client gives up: what is
 * answered is the deadline's, and with an idle service its sandbox is gone. */
gvisor_test('a guest that was stopped is killed', async () => {
	const answer = await post_here('import os, time\nos.kill(1, 19)\n' +
	    'time.sleep(600)', { timeout: 1 });

	assert.deepEqual(answer.json,
	    { error: 'Execution timed out after 1 second' });
});

gvisor_test("nothing of gVisor's stays behind", async () => {
	const before_it = service.containers();

	assert.deepEqual(await run_here('print(1)'), { output: '1' });
	await service.idle(IDLE_DEADLINE_MS);
	const gone = before_it.filter((id) =>
		!service.containers().includes(id));

	assert.equal(gone.length, 1);
	await wait_for('end of its processes', () => !pids().some((pid) =>
		command_line(pid).some((word) => word.includes(gone[0]))));
	assert.equal((await health(service.base)).http, 200);
});
