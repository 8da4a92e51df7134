/* SPDX-License-Identifier: MIT */
/*
 * The network namespace that the sandboxes of a slot join one after the other:
 * what one run leaves in it, no other finds. One slot at a time is used here,
 * so that each run comes behind the one before it in the same slot.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import {
	docker, inspect, inspect_now, list_containers,
} from './lib/docker.js';
import { ScedLog, sandbox_processes } from './lib/fault_instance.js';
import { health, run, start_run } from './lib/http.js';
import { start_instance } from './lib/instance.js';
import { SLOWNESS, wait_for } from './lib/wait.js';

const WHERE = 'import os, socket, struct\n' +
    's = socket.socket()\n' +
    'print(os.getuid(), struct.unpack("Q", s.getsockopt(1, 71, 8))[0])\n';

let own = null;
let log = null;

before(async () => {
	own = await start_instance('holder', {
		service: { log_level: 'debug' },
		pool: { ready: 1, ready_max: 1, running: 1, starting: 1 },
		limits: { timeout_max: '60s' },
	});
	log = new ScedLog(own);
});

after(async () => {
	log?.close();
	assert.deepEqual(await own?.stop() ?? [], []);
});

/* [slot's uid, namespace's cookie, the rest of the output] of a run. */
async function
run_where(code = '')
{
	const answer = await run(WHERE + code, { timeout: 10 }, own);

	assert.equal(answer.error, undefined, answer.error);
	const [, uid, cookie, rest] =
	    answer.output.match(/^(\d+) (\d+)\n?([^]*)$/);

	return { uid, cookie, rest };
}

/* Runs first, and then second in the slot and the holder's place that first
 * was in; what both say. */
async function
one_after_the_other(first, second)
{
	await own.idle();
	const before = await run_where(first);

	for (let i = 0; i < 20; i++) {
		const now = await run_where(second);

		if (now.uid === before.uid)
			return [before, now];
	}
	throw new Error('the slot was not used again');
}

test('a namespace that was not touched is used again', async () => {
	const [before, now] = await one_after_the_other('', '');

	assert.equal(now.cookie, before.cookie);
});

const TCP = `
server = socket.socket()
server.bind(("127.0.0.1", 8000))
server.listen()
client = socket.create_connection(("127.0.0.1", 8000))
peer, _ = server.accept()
peer.close()
client.close()
`;

/* With the first's connection in TIME_WAIT the second could not bind. */
test('after a connection nothing of it is met', async () => {
	const [before, now] = await one_after_the_other(TCP, TCP);

	assert.notEqual(now.cookie, before.cookie);
});

const DATAGRAM = `
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x",
    ("127.0.0.1", 5999))
`;

test('one datagram is enough for a new namespace', async () => {
	const [before, now] = await one_after_the_other(DATAGRAM, '');

	assert.notEqual(now.cookie, before.cookie);
});

/* A listener on its way to itself is in no process's hands any more, and is
 * left to the kernel's collector. */
const ABSTRACT = `
import array
s = socket.socket(socket.AF_UNIX)
s.bind("\\0left")
s.listen()
a, b = socket.socketpair()
for end, other in ((a, b), (b, a)):
    end.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
        array.array("i", [a.fileno(), b.fileno(), s.fileno()]))])
if os.fork() == 0:
    os.setsid()
    import time
    time.sleep(60)
`;
const ABSTRACT_LOOK = `
try:
    socket.socket(socket.AF_UNIX).connect("\\0left")
    print("met")
except OSError as e:
    print(type(e).__name__)
s = socket.socket(socket.AF_UNIX)
s.bind("\\0left")
`;

test('an abstract socket does not outlive its run', async () => {
	const [before, now] = await one_after_the_other(ABSTRACT,
	    ABSTRACT_LOOK);

	/* The same namespace, or there is nothing to see. */
	assert.equal(now.cookie, before.cookie);
	assert.equal(now.rest, 'ConnectionRefusedError');
});

const PORTS = `
held = [socket.socket() for _ in range(100)]
for i, h in enumerate(held):
    h.bind(("127.0.0.1", 20000 + i))
    h.listen()
`;

test('a port does not stay taken', async () => {
	const [before, now] = await one_after_the_other(PORTS, PORTS);

	assert.equal(now.cookie, before.cookie);
});

/* A flow label lingers for as long as 150 s after its socket; the key of quick
 * connections, made when a server first asks for them, as long as the
 * namespace. Neither takes a packet. */
const LABEL = `
label = socket.inet_pton(socket.AF_INET6, "::1") + struct.pack(
    "!I", 0x12345) + struct.pack("BBHHHI", 0, 255, 3, 100, 100, 0)
try:
    socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).setsockopt(41, 32, label)
    print("made")
except OSError as e:
    print(e.strerror)
`;
const QUICK = `
s = socket.socket()
print(any(s.getsockopt(6, 33, 16)))
for name, value in (23, struct.pack("i", 5)), (33, b"k" * 16):
    try:
        s.setsockopt(6, name, value)
        print("set", name)
    except OSError as e:
        print(e.strerror)
`;

test('labels of flows and keys of connections are not left', async () => {
	const [before, now] = await one_after_the_other(LABEL + QUICK,
	    LABEL + QUICK);
	const said = 'Protocol not available\nFalse\n' +
	    'Protocol not available\nProtocol not available';

	assert.equal(now.cookie, before.cookie);
	assert.deepEqual([before.rest, now.rest], [said, said]);
});

const READ_SHARED = `
import fcntl, time
names = ["/etc/hosts", "/etc/hostname", "/etc/resolv.conf"]
times = [os.stat(n).st_atime_ns for n in names]
time.sleep(0.05)
for name in names:
    with open(name) as f:
        f.read()
        fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
    for action in (lambda: os.utime(name), lambda: os.chmod(name, 0o666),
        lambda: open(name, "a")):
        try:
            action()
            print("changed", name)
        except OSError:
            pass
if times != [os.stat(n).st_atime_ns for n in names]:
    print("read, and seen")
`;

/* They belong to the namespace, and so to all that join it; mounted read-only,
 * they do not keep when they were read. */
test('shared files do not tell who read them', async () => {
	const [before, now] = await one_after_the_other(READ_SHARED,
	    READ_SHARED);

	assert.equal(now.cookie, before.cookie);
	assert.deepEqual([before.rest, now.rest], ['', '']);
});

test('settings of the namespace can not be changed', async () => {
	const code = `
for path in ("/proc/sys/net/ipv4/ip_default_ttl", "/proc/self/net/dev",
    "/proc/net/unix", "/proc/sys/net/core/somaxconn"):
    for mode in ("r", "r+"):
        try:
            open(path, mode)
            print("opened", path, mode)
        except OSError:
            pass
import fcntl
s = socket.socket()
for request in (0x8914, 0x8922, 0x8916):  # flags, MTU, address
    try:
        fcntl.ioctl(s, request, struct.pack("16sH14s", b"lo", 0, b""))
        print("changed", hex(request))
    except OSError:
        pass
`;
	const { rest } = await run_where(code);

	assert.equal(rest, '');
});

test('never two runs in one namespace at the same time', async () => {
	await own.idle();
	const call = start_run('import time\ntime.sleep(60)', { timeout: 60 },
	    own);

	/* The one of the run, and the one that is started beside it. */
	const both = await wait_for('two sandboxes', async () => {
		const { slots } = await list_containers(own.run_dir);
		const all = await inspect_now(slots);

		return all.length === 2 && all;
	});

	call.hang_up();
	assert.notEqual(both[0].HostConfig.NetworkMode,
	    both[1].HostConfig.NetworkMode);
});

/* Whose network the sandbox has joined. */
function
holder_of(sandbox)
{
	const [{ HostConfig: { NetworkMode: mode } }] = inspect([sandbox]);

	return mode.replace('container:', '');
}

test('a holder that dies is replaced, and its sandbox', async () => {
	await own.idle();
	const [sandbox] = own.containers();
	const holder = holder_of(sandbox);

	docker('kill', holder);
	await wait_for('others', async () => {
		const { holders, slots } = await list_containers(own.run_dir);

		return !holders.includes(holder) && !slots.includes(sandbox);
	});
	await own.idle();
	assert.deepEqual(await run('print(1)', {}, own), { output: '1' });
});

test('a run whose holder dies ends well', async () => {
	await own.idle();
	const [sandbox] = own.containers();
	const holder = holder_of(sandbox);
	const seconds = Math.min(50, 4 * SLOWNESS);
	const call = start_run(
	    `import time\ntime.sleep(${seconds})\nprint("done")`,
	    { timeout: 60 }, own);

	await wait_for('another sandbox', async () =>
		(await list_containers(own.run_dir)).slots.length === 2);
	docker('kill', holder);
	assert.equal((await health(own.base)).running, 1, 'it ended before');
	assert.deepEqual((await call.done).json, { output: 'done' });
	await own.idle();
});

test('a holder is replaced after fifty runs', async () => {
	await own.idle();
	log.mark();
	const old = /event=holder-replaced .*why=old/;

	/* Two slots take turns. */
	for (let i = 0; i < 2 * 55 && log.lines(old).length === 0; i++)
		assert.deepEqual(await run('pass', {}, own), { output: '' });
	const lines = await log.wait(old);

	assert.match(lines[0], / loans=50 /);
});

test('the next start finds a holder', async () => {
	await own.idle();
	const before = own.holders();

	assert.deepEqual(await run('print(1)', {}, own), { output: '1' });
	await own.idle();
	assert.deepEqual(own.holders(), before);
});

test('when sced is killed its holders go', async () => {
	await own.idle();
	const { uid_base } = own.config().docker;

	process.kill(own.sced_pid(), 'SIGKILL');
	await wait_for('end of holders and sandboxes', async () => {
		const { holders, slots } = await list_containers(own.run_dir);

		return holders.length + slots.length === 0;
	});
	assert.deepEqual(sandbox_processes(own, uid_base), []);
	own.up();
	await own.idle();
});
