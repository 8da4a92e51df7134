/* SPDX-License-Identifier: MIT */
/*
 * make deb, and what comes of its package: installed in a bare Debian, and
 * run there by a systemd as the units say, with this machine's Docker.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { containers } from '../integration/lib/docker.js';
import { post_run } from './lib/client.js';
import { take_place } from '../integration/lib/place.js';
import { of_uids } from '../integration/lib/proc.js';
import { wait_for } from '../integration/lib/wait.js';
import { must_run, ROOT } from './lib/install.js';
import { Manager } from './lib/manager.js';

const LIB = path.join(ROOT, 'tests/packaging/lib');
const SITE = '/etc/nginx/sites-available/safe-code-executor';
const CONF = '/etc/safe-code-executor/sced.conf';
/* There is no public address to name. */
const NO_ADDRESS = 'bogus-mail-host,root-in-contact,' +
    'bogus-mail-host-in-debian-changelog';
/* More than there are slots; another instance's are farther away. */
const UIDS = 900;

let port = 0;
let uid_base = 0;
let dir = null;
let run_dir = null;
let root = null;
let deb = null;
let manager = null;

before(async () => {
	({ port, uid_base } = await take_place());
	dir = path.join(process.env.SCE_WORK, `deb-${port}`);
	run_dir = path.join(dir, 'run');
	root = path.join(dir, 'root');
	fs.mkdirSync(run_dir, { recursive: true });
});

after(async () => {
	if (manager !== null)
		await manager.destroy();
	fs.rmSync(dir, { recursive: true, force: true });
});

function
inside(file)
{
	return path.join(root, file);
}

function
change(file, ...pairs)
{
	let text = fs.readFileSync(inside(file), 'utf8');

	for (const [pattern, value] of pairs) {
		assert.match(text, pattern, file);
		text = text.replace(pattern, value);
	}
	fs.writeFileSync(inside(file), text);
}

test('make deb makes a package', () => {
	must_run('make', ['deb', `BUILD=${dir}/build`], { env: { ...process.env,
		/* They have been run: see tests/run.sh. */
		DEB_BUILD_OPTIONS: 'nocheck' } });
	const folder = path.join(dir, 'build/deb');
	const version = fs.readFileSync(path.join(ROOT, 'fcgi/VERSION'), 'utf8')
	    .trim();

	[deb] = fs.readdirSync(folder)
	    .filter((name) => /^safe-code-executor_.*\.deb$/.test(name))
	    .map((name) => path.join(folder, name));
	assert.equal(must_run('dpkg-deb', ['--field', deb, 'Version']).trim(),
	    version);
});

test('lintian has nothing to say', () => {
	assert.equal(must_run('lintian', ['--allow-root', '--fail-on',
		'error,warning', '--suppress-tags', NO_ADDRESS, deb]), '');
});

test('the package has what make install puts, where Debian wants it', () => {
	const files = must_run('dpkg-deb', ['--contents', deb]).split('\n')
	    .map((line) => line.split(/\s+/)[5])
	    .filter((name) => name !== undefined && !name.endsWith('/'));
	const conffiles = must_run('dpkg-deb', ['--info', deb, 'conffiles'])
	    .trim().split('\n').sort();

	for (const file of ['usr/sbin/sced', 'usr/sbin/sce-make-image',
		'usr/libexec/safe-code-executor/sce-responder',
		'usr/libexec/safe-code-executor/sce-docker',
		'usr/libexec/safe-code-executor/sce-guest',
		'usr/libexec/safe-code-executor/sce-gate.so',
		'usr/share/safe-code-executor/html/index.html',
		'lib/systemd/system/sced.service',
		'lib/systemd/system/sced.socket',
		'usr/share/man/man5/sced.conf.5.gz'])
		assert.ok(files.includes(`./${file}`), file);
	assert.ok(!files.some((name) => /manifest|\/usr\/local\//.test(name)));
	assert.deepEqual(conffiles, [
		'/etc/logrotate.d/safe-code-executor', SITE, CONF].sort());
});

test('it is installed on a bare Debian', () => {
	must_run(path.join(LIB, 'bare_root.sh'), [deb, root]);
	assert.match(fs.readFileSync(inside('/etc/passwd'), 'utf8'),
	    /^sce-responder:x:1899999999:/m);
	for (const wanted of ['multi-user.target.wants/sced.service',
		'sockets.target.wants/sced.socket'])
		fs.lstatSync(inside(`/etc/systemd/system/${wanted}`));
	assert.equal(fs.readlinkSync(
	    inside('/etc/nginx/sites-enabled/safe-code-executor')),
	    '../sites-available/safe-code-executor');
});

/*
 * Places that this machine's Docker can see, and a Docker that is not the new
 * root's own. run_dir is below /var/tmp, of which the unit has one of its
 * own: hence BindPaths instead of ReadWritePaths.
 */
function
set_up()
{
	const units = inside('/etc/systemd/system');

	fs.copyFileSync(inside('/usr/libexec/safe-code-executor/sce-guest'),
	    path.join(run_dir, 'sce-guest'));
	fs.chmodSync(path.join(run_dir, 'sce-guest'), 0o755);
	change(CONF, [/^run_dir = .*$/m, `run_dir = ${run_dir}`],
	    [/^guest = .*$/m, `guest = ${run_dir}/sce-guest`],
	    [/^uid_base = .*$/m, `uid_base = ${uid_base}`],
	    [/^ready = .*$/m, 'ready = 1'],
	    [/^running = .*$/m, 'running = 2'],
	    [/^timeout_max = .*$/m, 'timeout_max = 5m']);
	for (const unit of ['docker.service', 'docker.socket',
		'containerd.service'])
		fs.symlinkSync('/dev/null', path.join(units, unit));
	for (const unit of ['sced.service', 'sced.socket'])
		fs.mkdirSync(path.join(units, `${unit}.d`));
	fs.writeFileSync(path.join(units, 'sced.service.d/place.conf'),
	    `[Service]\nBindPaths=${run_dir}\n` +
	    `StandardError=append:${run_dir}/sced.log\n`);
	fs.writeFileSync(path.join(units, 'sced.socket.d/place.conf'),
	    `[Socket]\nListenStream=\nListenStream=${run_dir}/fastcgi.sock\n`);
	fs.rmSync(inside('/etc/nginx/sites-enabled/default'));
}

/* nginx knows the socket by the site, which is made anew, as is documented. */
function
set_up_site()
{
	fs.writeFileSync(inside(SITE), manager.run('sce-make-site'));
	change(SITE, [/listen 127\.0\.0\.1:5000;/,
		`listen 127.0.0.1:${port};`]);
}

test('its units start, as they are', async () => {
	set_up();
	manager = new Manager(`sce-test-${port}`, root, run_dir,
	    '/run/docker.sock');
	await manager.up();
	set_up_site();
	manager.run('systemd-tmpfiles', '--create', 'safe-code-executor.conf');
	manager.systemctl('start', 'sced.service', 'nginx.service');
	assert.equal(manager.show('sced.service', 'ActiveState'), 'active');
	assert.equal(manager.show('sced.service', 'StatusText'), 'Answering');
	assert.equal(manager.show('sced.socket', 'SubState'), 'running');
	/* The first sandbox waits: that is what ready means. */
	assert.ok(containers(run_dir).length >= 1);
});

test('it runs a program', async () => {
	assert.deepEqual(await post_run(port, 'print(10 + 20)'),
	    { status: 200, body: { output: '30' } });
});

test('sced has what the unit leaves, and its socket is systemd\'s', () => {
	const pid = manager.show('sced.service', 'MainPID');
	const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
	const stat = fs.statSync(path.join(run_dir, 'fastcgi.sock'));
	const environment = fs.readFileSync(`/proc/${pid}/environ`, 'utf8');

	assert.match(status, /^CapEff:\t00000000000001eb$/m);
	assert.match(status, /^NoNewPrivs:\t1$/m);
	assert.match(status, /^Seccomp:\t2$/m);
	assert.equal(stat.mode & 0o777, 0o660);
	/* The kernel shows what it was started with: so it was passed. */
	assert.match(environment, /LISTEN_FDS=1/);
	assert.match(environment, /NOTIFY_SOCKET=/);
});

/* Null for a process that is gone: clients of Docker's come and go. */
function
of_process(pid, file)
{
	try {
		return fs.readFileSync(`/proc/${pid}/${file}`, 'utf8');
	} catch {
		return null;
	}
}

test('responders have nothing of systemd\'s', () => {
	const pid = manager.show('sced.service', 'MainPID');
	const children = fs.readFileSync(
	    `/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');

	assert.ok(children.length > 60, children);
	const responders = children.filter((child) =>
		of_process(child, 'cmdline')?.includes('sce-responder'));

	assert.ok(responders.length > 60, responders);
	for (const pid_of_one of responders)
		assert.equal(of_process(pid_of_one, 'environ'),
		    'LIBFCGI_OS_CLOSE_POLL_TIMEOUT=100\0');
});

test('after a rotation the log goes on in a new file', async () => {
	const log = inside('/var/log/safe-code-executor/executions.log');
	const said = () => fs.readFileSync(path.join(run_dir, 'sced.log'),
	    'utf8').split('event=log-reopened').length;
	const said_before = said();
	/* The line of a run follows its answer. */
	const before_bytes = await wait_for('a line of the first run',
	    () => fs.statSync(log).size);

	fs.renameSync(log, `${log}.1`);
	manager.systemctl('kill', '--signal=USR1', '--kill-whom=main',
	    'sced.service');
	/* It is there before all responders have been told of it. */
	await wait_for('a new log', () => said() > said_before);
	await post_run(port, 'print(1)');
	await wait_for('a line in it', () => fs.statSync(log).size > 0);
	assert.equal(fs.statSync(`${log}.1`).size, before_bytes);
});

test('a request sent while there is no sced is answered by the next', async () => {
	const old = Number(manager.show('sced.service', 'MainPID'));

	process.kill(old, 'SIGKILL');
	await wait_for('an end of sced', () => !fs.existsSync(`/proc/${old}`));
	assert.deepEqual(await post_run(port, 'print(6 * 7)'),
	    { status: 200, body: { output: '42' } });
	const next = Number(manager.show('sced.service', 'MainPID'));

	assert.notEqual(next, old);
	assert.notEqual(next, 0);
	assert.equal(manager.show('sced.service', 'NRestarts'), '1');
});

/* Lets the program go on that waits for this file: it sees it in its sandbox,
 * as others do that do not care. */
function
let_go()
{
	for (const pid of of_uids(uid_base, UIDS)) {
		try {
			fs.writeFileSync(`/proc/${pid}/root/box/go`, '');
		} catch {
			/* It has no such folder, or is gone. */
		}
	}
}

test('a restart answers the run under way, and who comes meanwhile', async () => {
	const under_way = post_run(port, 'import os, time\n' +
	    'while not os.path.exists("/box/go"):\n    time.sleep(0.02)\n' +
	    'print(1)', { timeout: 300 });

	await wait_for('a run', () => {
		const status = spawnSync('curl', ['-s',
			`http://127.0.0.1:${port}/healthz`], { encoding: 'utf8' });

		return JSON.parse(status.stdout).running === 1;
	});
	manager.systemctl('restart', '--no-block', 'sced.service');
	await wait_for('a stop', () =>
		manager.show('sced.service', 'StatusText').startsWith('Stopping'));
	const meanwhile = post_run(port, 'print(2)');

	let_go();
	assert.deepEqual(await under_way, { status: 200, body: { output: '1' } });
	assert.deepEqual(await meanwhile, { status: 200, body: { output: '2' } });
	assert.equal(manager.show('sced.service', 'Result'), 'success');
});

test('a stop leaves nothing but the socket', async () => {
	manager.systemctl('stop', 'nginx.service', 'sced.service');
	assert.deepEqual(containers(run_dir), []);
	assert.deepEqual(fs.readdirSync(path.join(run_dir, 'slots')), []);
	assert.equal(manager.show('sced.service', 'Result'), 'success');
	fs.statSync(path.join(run_dir, 'fastcgi.sock'));
	manager.systemctl('stop', 'sced.socket');
	assert.ok(!fs.existsSync(path.join(run_dir, 'fastcgi.sock')));
});

/* Not the image: that of this machine is not the package's. */
test('purge takes what it made', async () => {
	manager.run('sh', '-c', 'mv /usr/bin/docker /usr/bin/docker.away');
	manager.run('dpkg', '--purge', 'safe-code-executor');
	for (const gone of ['/etc/safe-code-executor', SITE, '/usr/sbin/sced',
		'/var/log/safe-code-executor',
		'/etc/nginx/sites-enabled/safe-code-executor',
		'/etc/systemd/system/multi-user.target.wants/sced.service'])
		assert.equal(fs.lstatSync(inside(gone),
		    { throwIfNoEntry: false }), undefined, gone);
});
