/* SPDX-License-Identifier: MIT */
/*
 * The two filters bite. Every system call that this machine has is made, with
 * arguments that make no sense, in a container that has the profile and
 * nothing else: as root and with capabilities, so that what refuses is the
 * filter. So are the calls whose arguments decide. The same under the guest's
 * strict filter alone, and a few through /run, under both.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { PROBES } from '../security/cpython/lib/probes.js';
import {
	ENOSYS, EPERM, profile_verdict, read_numbers, read_profile, read_strict,
	rule_matches,
} from '../security/cpython/lib/profile.js';
import { docker, docker_cli } from './lib/docker.js';
import { run } from './lib/http.js';
import { ROOT, shared_instance } from './lib/instance.js';

const HERE = path.join(ROOT, 'tests/security/cpython');
const PROFILE_FILE = path.join(ROOT, 'fcgi/image/seccomp.json');
const PROBE_DEADLINE_MS = 120000;
const ALL_ONES = Array(6).fill((1n << 64n) - 1n);
const SIGSYS = 31;
const SIGSEGV = 11;
/* With these, hardly a call is refused for want of a right. */
const CAPABILITIES = ['SYS_ADMIN', 'SYS_BOOT', 'SYS_MODULE', 'SYS_NICE',
	'SYS_PACCT', 'SYS_PTRACE', 'SYS_RAWIO', 'SYS_TIME', 'SYS_TTY_CONFIG',
	'SYSLOG', 'NET_ADMIN', 'DAC_READ_SEARCH', 'LINUX_IMMUTABLE', 'IPC_LOCK'];
const numbers = read_numbers();
const profile = read_profile();
const strict = read_strict();
const image = shared_instance().config().docker.image;
let dir = null;
let binary = null;

before(() => {
	dir = fs.mkdtempSync(path.join(process.env.SCE_WORK, 'seccomp.'));
	fs.chmodSync(dir, 0o755);
	binary = path.join(dir, 'probe');
	execFileSync(process.env.CC ?? 'cc', ['-static', '-std=c11',
		'-D_GNU_SOURCE', '-Wall', '-Wextra', '-Werror', '-Ifcgi',
		'-o', binary, path.join(HERE, 'seccomp_probe.c'),
		'fcgi/guest/confine/syscalls.c', 'fcgi/guest/confine/filter.c'],
	{ cwd: ROOT });
});

after(() => fs.rmSync(dir, { recursive: true }));

function
probe_line(label, number, args)
{
	const all = [...args, ...Array(6 - args.length).fill(0n)];

	return `${label} ${number} ${all.map((a) => a.toString(16)).join(' ')}`;
}

/* Runs lines in a container; a map from each label to [word, number]. */
function
run_probes(flags, words, lines)
{
	const done = spawnSync(docker_cli(), ['run', '--rm', '--interactive',
		'--network', 'none', '--log-driver', 'none',
		'--security-opt', 'no-new-privileges:true', ...flags,
		'--mount', `type=bind,src=${binary},dst=/probe,readonly`,
		'--entrypoint', '/probe', image, ...words], {
		input: `${lines.join('\n')}\n`,
		encoding: 'utf8',
		timeout: PROBE_DEADLINE_MS,
	});

	assert.equal(done.status, 0, done.stderr);
	const answers = new Map(done.stdout.trim().split('\n').map((line) => {
		const [label, word, number] = line.split(' ');

		return [label, [word, Number(number)]];
	}));

	assert.equal(answers.size, lines.length);
	return answers;
}

function
capable(option)
{
	return ['--user', '0:0', '--security-opt', option,
		...CAPABILITIES.flatMap((name) => ['--cap-add', name])];
}

const UNDER_PROFILE = [capable(`seccomp=${PROFILE_FILE}`), []];
const UNDER_STRICT = [capable('seccomp=unconfined'), ['strict']];
/* No filter, and no right to do any harm. */
const UNDER_NOTHING = [['--user', '65534:65534', '--cap-drop', 'ALL',
	'--security-opt', 'seccomp=unconfined'], []];

/* All calls of this machine, with every bit of every argument set. */
function
run_all_calls([flags, words], names = [...numbers.keys()])
{
	return run_probes(flags, words, names.map((name) =>
		probe_line(name, numbers.get(name), ALL_ONES)));
}

function
is_errno(answer, errno)
{
	return answer[0] === 'errno' && answer[1] === errno;
}

/* What the kernel answers to a call that was let through is its affair, but
 * EPERM would mean that a filter refused it. */
function
is_as_expected(answer, errno)
{
	return errno === 0 ? !is_errno(answer, EPERM) && answer[1] !== SIGSYS :
	    is_errno(answer, errno);
}

/* Younger than all names of the profile: runc has them not exist. */
function
is_younger(name)
{
	return numbers.get(name) > Math.max(...profile.syscalls.flatMap(
	    ({ names }) => names).map((n) => numbers.get(n) ?? 0));
}

test('every call is answered as the profile says', () => {
	const answers = run_all_calls(UNDER_PROFILE);
	const wrong = [...answers].filter(([name, answer]) =>
		!is_as_expected(answer,
		    profile_verdict(profile, name, ALL_ONES)) &&
		!(is_younger(name) && is_errno(answer, ENOSYS)));

	assert.ok(answers.size > 300, `${answers.size} calls`);
	assert.deepEqual(wrong, []);
});

test('every call is answered as the strict filter says', () => {
	const answers = run_all_calls(UNDER_STRICT);
	const expected = (name) => strict.allowed.includes(name) ? 0 :
	    strict.denied.get(name) ?? EPERM;
	const wrong = [...answers].filter(([name, answer]) =>
		!strict.ruled.includes(name) &&
		!is_as_expected(answer, expected(name)) &&
		!(numbers.get(name) > 450 && is_errno(answer, ENOSYS)));

	assert.deepEqual(wrong, []);
});

/* Else the two tests above could be passed by a kernel that has no calls. */
test('without a filter the refused calls are there', (t) => {
	const refused = [...numbers.keys()].filter((name) =>
		profile_verdict(profile, name, ALL_ONES) !== 0);
	const answers = run_all_calls(UNDER_NOTHING, refused);
	const other = refused.filter((name) => {
		const errno = profile_verdict(profile, name, ALL_ONES);

		return !is_errno(answers.get(name), errno);
	});

	t.diagnostic(`${other.length} of ${refused.length} refused calls ` +
	    'are answered otherwise');
	for (const name of ['memfd_create', 'clone3', 'openat2', 'splice',
		'inotify_init1', 'shmget', 'ptrace', 'unshare', 'sysinfo',
		'io_setup', 'keyctl', 'userfaultfd', 'setuid', 'personality',
		'mlockall', 'setns', 'timer_create', 'mq_open'])
		assert.ok(other.includes(name), `${name} is not there at all`);
	assert.ok(other.length > refused.length / 2, `only ${other}`);
});

/* Said here once more, whatever the two files say. */
const NEVER = ['acct', 'add_key', 'bpf', 'chroot', 'clone3', 'delete_module',
	'execveat', 'fanotify_init', 'finit_module', 'init_module',
	'inotify_init1', 'io_setup', 'io_uring_setup', 'ioperm', 'iopl',
	'kcmp', 'kexec_load', 'keyctl', 'memfd_create', 'mlockall', 'mount',
	'move_mount', 'mq_open', 'name_to_handle_at', 'open_by_handle_at',
	'openat2', 'perf_event_open', 'personality', 'pidfd_getfd',
	'pivot_root', 'process_vm_readv', 'process_vm_writev', 'ptrace',
	'quotactl', 'reboot', 'semget', 'setgid', 'sethostname', 'setns',
	'settimeofday', 'setuid', 'shmget', 'splice', 'swapon', 'sysinfo',
	'syslog', 'timer_create', 'umount2', 'unshare', 'userfaultfd',
	'vmsplice'];

test('what is never to be allowed is in neither filter', () => {
	const let_through = [...profile.syscalls.filter((rule) =>
		rule.action === 'SCMP_ACT_ALLOW').flatMap((r) => r.names),
	...strict.allowed, ...strict.ruled];

	assert.deepEqual(NEVER.filter((n) => let_through.includes(n)), []);
	assert.deepEqual(NEVER.filter((name) => !numbers.has(name) &&
	    !/^io(perm|pl)$/.test(name)), [], 'a name is wrong');
});

/* [name, args, expected] of what this machine has, with a line for each. */
function
value_probes(column)
{
	return PROBES.filter(([name]) => numbers.has(name))
	    .map((probe, i) => ({
		    name: probe[0],
		    args: probe[1],
		    expected: probe[column],
		    label: `${probe[0]}-${i}`,
	    }));
}

function
wrong_values([flags, words], column)
{
	const probes = value_probes(column);
	const answers = run_probes(flags, words, probes.map((p) =>
		probe_line(p.label, numbers.get(p.name), p.args)));

	return probes.filter((p) =>
		!is_as_expected(answers.get(p.label), p.expected))
	    .map((p) => `${p.name}(${p.args.map((a) => `0x${a.toString(16)}`)
	    }): ${answers.get(p.label)}, expected ${p.expected}`);
}

test('the profile compares arguments, in all their bits', () => {
	assert.deepEqual(wrong_values(UNDER_PROFILE, 2), []);
});

test('the strict filter compares arguments, in all their bits', () => {
	assert.deepEqual(wrong_values(UNDER_STRICT, 3), []);
});

test('each rule of the profile is met by a probe', () => {
	const probes = [
		...[...numbers.keys()].map((name) => ({ name, args: ALL_ONES })),
		...value_probes(2)];
	const names_left = [];
	const rules_left = profile.syscalls.filter((rule) => {
		for (const name of rule.names) {
			if (!numbers.has(name) &&
			    process.arch === 'x64')
				names_left.push(name);
		}
		return rule.names.some((name) => numbers.has(name)) &&
		    !probes.some(({ name, args }) =>
			    rule_matches(rule, name, [...args,
				    ...Array(6 - args.length).fill(0n)]));
	});

	assert.deepEqual(rules_left, []);
	assert.deepEqual(names_left, []);
});

test('each rule says what it is for', () => {
	let name = null;

	/* One without a comment goes on with what the one before is about:
	 * mknod, then mknodat. */
	for (const rule of profile.syscalls) {
		assert.ok(rule.comment !== undefined ||
		    rule.names[0].startsWith(name), `${rule.names}`);
		[name] = rule.names;
	}
});

test('32-bit and x32 calls are refused', { skip: process.arch !== 'x64' &&
    'x86-64 alone has them' }, () => {
	const lines = ['int80', 'x32'].map((number) =>
		probe_line(number, number, []));

	/* A killed process is as good as a refused call. */
	for (const [flags, words] of [UNDER_PROFILE, UNDER_STRICT]) {
		for (const [label, answer] of run_probes(flags, words, lines)) {
			assert.ok(is_errno(answer, ENOSYS) ||
			    (answer[0] === 'signal' &&
			    [SIGSYS, SIGSEGV].includes(answer[1])),
			`${label}: ${answer}`);
		}
	}
});

test("a strict subset of Docker's default profile", () => {
	const names = new Set(fs.readFileSync(
	    path.join(HERE, 'docker_default_names.txt'), 'utf8').split('\n')
	    .filter((line) => /^\w/.test(line)));
	const ours = profile.syscalls.filter((rule) =>
		rule.action === 'SCMP_ACT_ALLOW').flatMap((r) => r.names);

	assert.deepEqual(ours.filter((name) => !names.has(name)), []);
	assert.ok(names.size - new Set(ours).size > 100);
	assert.equal(profile.defaultAction, 'SCMP_ACT_ERRNO');
	assert.deepEqual(profile.archMap.flatMap((arch) =>
		arch.subArchitectures), []);
});

test('the strict filter is a subset of the profile', () => {
	const ours = new Set(profile.syscalls.filter((rule) =>
		rule.action === 'SCMP_ACT_ALLOW').flatMap((r) => r.names));
	const both = [...strict.allowed, ...strict.ruled];

	assert.ok(both.length > 150, `${both.length} names found`);
	assert.deepEqual(both.filter((name) => !ours.has(name)), []);
	assert.ok(ours.size > new Set(both).size);
});

/* The last filter that was put on has the say in which errno it is. */
test('through /run both filters are in force', async () => {
	const probes = value_probes(3).filter(({ expected }) => expected !== 0)
	    .map((p) => [numbers.get(p.name), p.args.map(String), p.expected,
		    p.name]);

	for (const name of ['memfd_create', 'unshare', 'ptrace', 'clone3',
		'userfaultfd', 'sysinfo', 'setns', 'mount'])
		probes.push([numbers.get(name), [], ENOSYS, name]);
	const answer = await run('import ctypes, json, sys\n' +
	    'libc = ctypes.CDLL(None, use_errno=True)\n' +
	    'libc.syscall.restype = ctypes.c_long\n' +
	    'for number, args, expected, name in json.load(sys.stdin):\n' +
	    '    ctypes.set_errno(0)\n' +
	    '    rc = libc.syscall(ctypes.c_long(number), ' +
	    '*[ctypes.c_ulong(int(a)) for a in args])\n' +
	    '    if (rc, ctypes.get_errno()) != (-1, expected):\n' +
	    '        print(name, args, rc, ctypes.get_errno())\n',
	{ stdin: JSON.stringify(probes), timeout: 10 });

	assert.deepEqual(answer, { output: '' });
});

/* [mode, path] of each file, as tar tells it. */
function
image_files()
{
	const id = docker('create', '--network', 'none', image, 'true');

	try {
		const archive = path.join(dir, 'image.tar');

		docker('export', '--output', archive, id);
		return execFileSync('tar', ['-tvf', archive],
		    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
		    .trim().split('\n').map((line) => {
			    const [mode, , , , , ...name] = line.split(/\s+/);

			    return [mode, name.join(' ')];
		    });
	} finally {
		docker('rm', '--force', id);
	}
}

test('nothing setuid or setgid in the image, /tmp alone is for all', () => {
	const files = image_files();

	assert.ok(files.length > 1000, `${files.length} files`);
	assert.deepEqual(files.filter(([mode]) => /^...[sS]|^.{6}[sS]/
	    .test(mode)), []);
	assert.deepEqual(files.filter(([mode, name]) =>
		!mode.startsWith('l') && mode[8] === 'w' && name !== 'tmp/'),
	[]);
	assert.deepEqual(files.filter(([mode]) => /^[bc]/.test(mode)), []);
});
