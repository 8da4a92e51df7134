/* SPDX-License-Identifier: MIT */
/*
 * What somebody has who takes a responder over: the rights of the stock one,
 * as the kernel tells them; and what code that runs in one can do, found by a
 * responder that tries (tests/security/responder/probe.c).
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { post_run, request, run } from './lib/http.js';
import { shared_instance, start_instance } from './lib/instance.js';
import { build_responder, responder_folder } from './lib/own_responder.js';
import { alive, executable, running } from './lib/proc.js';
import { wait_for } from './lib/wait.js';

const LISTEN_FD = 0;
const LEASE_FD = 3;
const O_WRONLY = 0o1;
const O_APPEND = 0o2000;
const O_NONBLOCK = 0o4000;

/* --- the stock responder --------------------------------------------------- */

function
proc(pid, file)
{
	return fs.readFileSync(`/proc/${pid}/${file}`, 'utf8');
}

/* Fields of /proc/PID/status, by name. */
function
status_of(pid)
{
	return Object.fromEntries(proc(pid, 'status').trimEnd().split('\n')
	    .map((line) => line.split(/:\t?/, 2)));
}

/* "soft hard" of /proc/PID/limits, by name. */
function
limits_of(pid)
{
	return Object.fromEntries(proc(pid, 'limits').trimEnd().split('\n')
	    .slice(1).map((line) => {
		const [, name, soft, hard] =
		    line.match(/^(.*?)\s{2,}(\S+)\s+(\S+)/);

		return [name, `${soft} ${hard}`];
	}));
}

function
descriptors_of(pid)
{
	return Object.fromEntries(fs.readdirSync(`/proc/${pid}/fd`)
	    .map((fd) => [fd, fs.readlinkSync(`/proc/${pid}/fd/${fd}`)]));
}

function
flags_of(pid, fd)
{
	return parseInt(proc(pid, `fdinfo/${fd}`).match(/^flags:\s*(\d+)/m)[1],
	    8);
}

/* Between two requests, when nothing is open that comes and goes: nobody else
 * asks the shared instance for anything. */
let stock = [];

before(async () => {
	const service = shared_instance();

	await service.idle();
	stock = service.responders();
	assert.ok(stock.length > 8, `${stock.length} responders`);
});

/* A sanitizer can not live under the filter. */
function
is_sanitized(pid)
{
	return fs.readFileSync(executable(pid)).includes('__asan_init');
}

test('a responder is nobody, with no group and no capability', () => {
	const uid = shared_instance().config().service.responder_uid;

	for (const pid of stock) {
		const status = status_of(pid);

		assert.deepEqual(status.Uid.split('\t'), Array(4).fill(uid));
		assert.deepEqual(status.Gid.split('\t'), Array(4).fill(uid));
		assert.equal(status.Groups.trim(), '');
		for (const set of ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb'])
			assert.match(status[`Cap${set}`], /^0+$/, set);
	}
});

test('a responder can gain none, and is filtered', () => {
	for (const pid of stock) {
		const status = status_of(pid);

		assert.equal(status.NoNewPrivs, '1');
		assert.equal(status.Threads, '1');
		assert.equal(status.Seccomp, is_sanitized(pid) ? '0' : '2');
		if (!is_sanitized(pid))
			assert.equal(status.Seccomp_filters, '1');
	}
});

test('no account and no group has the responders\' number', () => {
	const uid = shared_instance().config().service.responder_uid;

	for (const file of ['/etc/passwd', '/etc/group']) {
		for (const line of fs.readFileSync(file, 'utf8').split('\n'))
			assert.notEqual(line.split(':')[2], uid, line);
	}
});

/* Descriptor 4 at first; another once the log was reopened. */
function
log_fd_of(pid)
{
	const fds = descriptors_of(pid);

	return Object.keys(fds).find((fd) =>
		fds[fd] === shared_instance().log_path());
}

test('a responder has six descriptors and no other', () => {
	const service = shared_instance();
	const sced_log = fs.readlinkSync(
	    `/proc/${service.sced_pid()}/fd/2`);

	for (const pid of stock) {
		const fds = descriptors_of(pid);

		assert.equal(Object.keys(fds).length, 6, JSON.stringify(fds));
		assert.match(fds[LISTEN_FD], /^socket:/);
		assert.match(fds[LEASE_FD], /^socket:/);
		assert.equal(fds[1], sced_log);
		assert.equal(fds[2], sced_log);
		assert.notEqual(log_fd_of(pid), undefined);
		assert.ok(Object.values(fds).includes(
		    'anon_inode:[eventpoll]'));
	}
});

test('they share the listening socket, each has its own channel', () => {
	const all = stock.map(descriptors_of);
	const distinct = (fd) => new Set(all.map((fds) => fds[fd])).size;

	assert.equal(distinct(LISTEN_FD), 1);
	assert.equal(distinct(LEASE_FD), all.length);
});

test('the log is for appending only, the listener never waits', () => {
	for (const pid of stock) {
		const log = flags_of(pid, log_fd_of(pid));

		assert.equal(log & 0o3, O_WRONLY);
		assert.ok(log & O_APPEND, log.toString(8));
		assert.ok(flags_of(pid, LISTEN_FD) & O_NONBLOCK);
	}
});

test('a responder has tight limits', () => {
	for (const pid of stock) {
		const limits = limits_of(pid);

		assert.equal(limits['Max processes'], '0 0');
		assert.equal(limits['Max open files'], '32 32');
		assert.equal(limits['Max core file size'], '0 0');
		assert.equal(limits['Max locked memory'], '0 0');
		assert.equal(limits['Max msgqueue size'], '0 0');
		if (!is_sanitized(pid))
			assert.equal(limits['Max address space'],
			    `${256 << 20} ${256 << 20}`);
	}
});

/* The names of the arguments, which are constants. */
const NAMES = ['code_length', 'body', 'output', 'files', 'log_level',
	'log_code', 'text_plain', 'language'];

/* Of the table of languages: what anybody may ask for. */
const TOLD = ['python', '3.11.2', 'py', 'py3', 'python3', 'python3.11',
	'main.py'];

test('neither environment nor command line tell anything', () => {
	for (const pid of stock) {
		/* Names, numbers and rows are taken apart where they are. */
		const [program, ...words] = proc(pid, 'cmdline').split('\0')
		    .flatMap((word) => word.split(/[\t,=]/)).slice(0, -1);

		assert.equal(program, executable(pid));
		for (const word of words)
			assert.ok(/^\d+$/.test(word) || TOLD.includes(word) ||
			    NAMES.includes(word), word);
		/* libfcgi's, a constant. */
		assert.equal(proc(pid, 'environ'),
		    'LIBFCGI_OS_CLOSE_POLL_TIMEOUT=100\0');
	}
});

/* --- code in a responder ---------------------------------------------------- */

/* Attempts that fail before the last rights are given up, since an ordinary
 * user may not do that. */
const REFUSED_BEFORE = {
	open_log_again: 'EACCES', connect_docker: 'EACCES',
	setuid_0: 'EPERM', setgroups: 'EPERM', kill_parent: 'EPERM',
	raise_limit: /^(ok|EPERM)$/, mlock: 'EPERM',
};
/* Attempts with arguments that can do no harm: what the kernel says to them,
 * where all kernels say the same. */
const HARMLESS = {
	execve_nothing: 'ENOENT', send_to_docker: /^(ENOTCONN|EOPNOTSUPP)$/,
	ptrace: 'ESRCH', bpf: /^(EPERM|EINVAL)$/, keyctl: /./, add_key: /./,
	perf: /./, userfaultfd: /./, io_uring: /./,
	landlock: /./, shmget: /./, pipe: 'EFAULT', settime: /./,
	mount: /./, chroot: 'EPERM', log_read: 'EBADF', listen_listen: /./,
	socket_vsock: /./, socket_alg: /./, socket_inet6: /./,
	mmap_exec_high: /./, mprotect_exec_high: /./, read_memory: /./,
	unshare_user_high: /./,
};
/* Calls that it may make, and that the kernel refuses; and one that takes a
 * right away again. All others: EPERM. */
const AFTER = {
	send_to_docker: /^(ENOTCONN|EOPNOTSUPP)$/, log_read: 'EBADF',
	mprotect_back: 'ok',
};

/* 2 x running, queue, and four to spare. */
const RESPONDERS = 7;

let own = null;
let folder = null;
let program = null;

before(async () => {
	folder = responder_folder('probe');
	program = build_responder('probe', folder);
	own = await start_instance('rights', {
		paths: { responder: program },
		pool: { ready: 1, running: 1, queue: 1 },
	});
});

after(async () => {
	if (own !== null)
		await own.stop();
	if (folder !== null)
		fs.rmSync(folder, { recursive: true });
});

/* { before: { NAME: OUTCOME }, after: { ... } } of one responder. */
function
reports_of(pid)
{
	const reports = { before: {}, after: {} };
	const pattern = new RegExp(
	    `probe pid=${pid} when=(\\w+) (\\w+)=(\\S+)$`, 'gm');

	for (const [, when, name, outcome] of own.sced_log().matchAll(pattern))
		reports[when][name] = outcome;
	return reports;
}

async function
all_reports()
{
	const pids = running(program);

	assert.equal(pids.length, RESPONDERS);
	return wait_for('all reports', () => {
		const all = pids.map(reports_of);

		return all.every(({ after: { done } }) => done === 'ok') && all;
	});
}

function
assert_outcome(name, found, expected)
{
	if (expected instanceof RegExp)
		assert.match(found, expected, name);
	else
		assert.equal(found, expected, name);
}

function
is_attempt(name)
{
	return !/^(needed_|sweep_|done$)/.test(name);
}

test('the attempts are real ones: most would succeed before', async () => {
	const succeed = (reports) => Object.entries(reports.before)
	    .filter(([name]) => is_attempt(name) &&
	        HARMLESS[name] === undefined &&
	        REFUSED_BEFORE[name] === undefined &&
	        !name.startsWith('shutdown_'));

	for (const reports of await all_reports()) {
		const all = succeed(reports);

		assert.ok(all.length > 50, `${all.length} attempts`);
		for (const [name, outcome] of all)
			assert.equal(outcome, 'ok', name);
		for (const [name, outcome] of Object.entries(REFUSED_BEFORE))
			assert_outcome(name, reports.before[name], outcome);
		for (const [name, outcome] of Object.entries(HARMLESS))
			assert_outcome(name, reports.before[name], outcome);
	}
});

test('code in a responder can do nothing of it', async () => {
	for (const reports of await all_reports()) {
		const attempts = Object.entries(reports.after)
		    .filter(([name]) => is_attempt(name));

		assert.ok(attempts.length > 100, `${attempts.length} attempts`);
		for (const [name, outcome] of attempts)
			assert_outcome(name, outcome, AFTER[name] ?? 'EPERM');
	}
});

test('nothing that was tried before is left out after', async () => {
	for (const reports of await all_reports()) {
		for (const name of Object.keys(reports.before))
			assert.ok(name in reports.after, name);
	}
});

test('of all system calls only the needed ones are left', async () => {
	for (const { after: { sweep_calls: calls, sweep_fcntl: fcntl } } of
		await all_reports()) {
		const [, tried, through] = calls.match(/^(\d+):(.*)$/);

		assert.ok(Number(tried) > 580, calls);
		assert.equal(through, '', 'system calls that got through');
		assert.match(fcntl, /^2197:$/);
	}
});

/* { json: its answer, entry: what the log has of it, after that was sent }. */
async function
logged_run(code)
{
	const { headers, json } = await post_run({ code }, own);
	const entry = await wait_for('its log entry', () => own.log_entries()
	    .find(({ id }) => id === headers['x-request-id']));

	return { json, entry };
}

test('what a responder needs works all the same', async () => {
	for (const reports of await all_reports()) {
		const needed = Object.entries(reports.after)
		    .filter(([name]) => name.startsWith('needed_'));

		assert.equal(needed.length, 9);
		for (const [name, outcome] of needed)
			assert.equal(outcome, 'ok', name);
	}
	const { json, entry } = await logged_run('print(1)');

	assert.deepEqual(json, { output: '1' });
	assert.equal(entry.verdict, 'exited');
});

test('the log has not lost a line by it', async () => {
	const lines = own.log_entries().length;

	await logged_run('print(1)');
	assert.equal(own.log_entries().length, lines + 1);
});

/* Its successor reads the plan when it starts. */
async function
end_of_one_with(plan)
{
	const at = own.sced_log().length;

	fs.writeFileSync(path.join(folder, 'plan'), plan);
	try {
		process.kill(running(program)[0], 'SIGKILL');
		return await wait_for(`end by ${plan}`, () => own.sced_log()
		    .slice(at).match(/event=responder-died worker=\d+ pid=\d+ \w+=(?!9$)\d+$/m)
		    ?.[0]);
	} finally {
		fs.rmSync(path.join(folder, 'plan'));
	}
}

for (const way of ['int80', 'x32']) {
	test(`a call of another architecture is the end: ${way}`, {
		skip: process.arch === 'x64' ? false : 'there is none here',
	}, async () => {
		const sced = own.sced_pid();

		assert.match(await end_of_one_with(way), /signal=31$/);
		assert.doesNotMatch(own.sced_log(), /survived/);
		await wait_for('a new responder', () =>
			running(program).length === RESPONDERS &&
			running(program).every((pid) =>
				reports_of(pid).after.done === 'ok'));
		assert.equal(own.sced_pid(), sced);
	});
}

test('the service has not noticed', async () => {
	const answer = await request({ base: own.base, method: 'GET',
		path: '/healthz' });

	assert.equal(answer.status, 200);
	assert.ok(alive(own.sced_pid()));
	assert.doesNotMatch(own.sced_log(), /Sanitizer|runtime error:/);
	assert.deepEqual(await run('print(2)', {}, own), { output: '2' });
	await own.idle();
});
