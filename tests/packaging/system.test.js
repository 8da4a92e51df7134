/* SPDX-License-Identifier: MIT */
/* What is handed to systemd and logrotate: taken, and as strict as said. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { make, must_run, ROOT, run, temporary } from './lib/install.js';

/* All that is left open, with the reason beside the units' lines. */
const LEFT_OPEN = [
	'CapabilityBoundingSet=~CAP_(CHOWN|FSETID|SETFCAP)',
	'CapabilityBoundingSet=~CAP_(DAC_*|FOWNER|IPC_OWNER)',
	'CapabilityBoundingSet=~CAP_KILL',
	'CapabilityBoundingSet=~CAP_SET(UID|GID|PCAP)',
	'DeviceAllow=', /* ProtectClock= lets the clock be read */
	'PrivateUsers=',
	'ProtectControlGroups=',
	'ProtectProc=',
	'RestrictAddressFamilies=~AF_UNIX',
	'RootDirectory=/RootImage=',
	'SystemCallFilter=~@privileged',
	'SystemCallFilter=~@resources',
	'UMask=',
	'User=/DynamicUser=',
];
const EXPOSURE_TENTHS_MAX = 21;
const UNITS = ['sced.service', 'sced.socket', 'sce-image.service'];
const HARDENING = ['CapabilityBoundingSet', 'IPAddressDeny',
	'LockPersonality', 'MemoryDenyWriteExecute', 'NoNewPrivileges',
	'PrivateDevices', 'PrivateMounts', 'PrivateNetwork', 'PrivateTmp',
	'ProcSubset', 'ProtectClock', 'ProtectHome', 'ProtectHostname',
	'ProtectKernelLogs', 'ProtectKernelModules', 'ProtectKernelTunables',
	'ProtectSystem', 'RestrictAddressFamilies', 'RestrictNamespaces',
	'RestrictRealtime', 'RestrictSUIDSGID', 'SystemCallArchitectures',
	'SystemCallFilter'];

let dir = null;
let root = null;
let logs = null;

before(() => {
	dir = temporary('system');
	root = path.join(dir, 'root');
	logs = path.join(dir, 'logs');
	make('install', root, { PREFIX: '/usr', UNITDIR: '/lib/systemd/system',
		SERVICE_LOG_DIR: logs });
	/* What units hang on everywhere. */
	for (const unit of fs.readdirSync('/lib/systemd/system')) {
		if (/\.(target|slice)$/.test(unit))
			fs.copyFileSync(`/lib/systemd/system/${unit}`,
			    path.join(root, 'lib/systemd/system', unit));
	}
});

after(() => fs.rmSync(dir, { recursive: true }));

function
unit_path(unit)
{
	return path.join(root, 'lib/systemd/system', unit);
}

function
verify()
{
	const done = run('systemd-analyze', ['verify', '--man=no',
		`--root=${root}`, ...UNITS]);

	return { status: done.status, said: done.stdout + done.stderr };
}

test('systemd finds nothing wrong with the units', () => {
	assert.deepEqual(verify(), { status: 0, said: '' });
});

test('and would, if there were', () => {
	const good = fs.readFileSync(unit_path('sced.service'), 'utf8');

	fs.writeFileSync(unit_path('sced.service'),
	    good.replace('ProtectHome=', 'ProtectHoms='));
	const { said } = verify();

	fs.writeFileSync(unit_path('sced.service'), good);
	assert.match(said, /ProtectHoms/);
});

function
left_open(file)
{
	const done = run('systemd-analyze', ['security', '--offline=yes',
		'--json=short', file]);

	/* A setting of several parts is listed once for each. */
	return JSON.parse(done.stdout).filter((row) => row.set === false)
	    .map((row) => row.name).sort();
}

/* The same unit without one setting. */
function
without(setting)
{
	const file = path.join(dir, 'sced.service');
	const text = fs.readFileSync(unit_path('sced.service'), 'utf8');
	const less = text.replace(new RegExp(`^${setting}=.*\n`, 'gm'), '');

	assert.notEqual(less, text, setting);
	fs.writeFileSync(file, less);
	return file;
}

test('the unit leaves open what it has to, and nothing else', () => {
	assert.deepEqual(left_open(unit_path('sced.service')), LEFT_OPEN);
});

function
security(file)
{
	return run('systemd-analyze', ['security', '--offline=yes',
		`--threshold=${EXPOSURE_TENTHS_MAX}`, file]).status;
}

test('its exposure is below the threshold, which can be exceeded', () => {
	assert.equal(security(unit_path('sced.service')), 0);
	assert.notEqual(security(without('ProtectSystem')), 0);
});

test('no line of it could be dropped unseen', () => {
	const unseen = HARDENING.filter((setting) =>
		left_open(without(setting)).join() === LEFT_OPEN.join());

	assert.deepEqual(unseen, []);
});

/* The words that a pattern's group holds, sorted. */
function
words(text, pattern)
{
	return text.match(pattern)[1].match(/CAP_[A-Z_]+/g).sort();
}

test('the unit leaves the capabilities that sced keeps', () => {
	const unit = fs.readFileSync(unit_path('sced.service'), 'utf8');
	const source = fs.readFileSync(
	    path.join(ROOT, 'fcgi/supervisor/host/spawn.c'), 'utf8');
	const manual = fs.readFileSync(
	    path.join(ROOT, 'fcgi/supervisor/sced.8'), 'utf8');
	const kept = words(source, /kept_capabilities\[\] = \{([^}]*)\}/);

	assert.deepEqual(words(unit, /^CapabilityBoundingSet=(.*)$/m), kept);
	assert.deepEqual(words(manual, /it keeps\n([^]*?)\nWhat/), kept);
});

test('systemd-sysusers makes the responders a name', () => {
	const base = path.join(dir, 'users');

	fs.mkdirSync(path.join(base, 'etc'), { recursive: true });
	must_run('systemd-sysusers', [`--root=${base}`,
		path.join(root, 'usr/lib/sysusers.d/safe-code-executor.conf')]);
	const conf = fs.readFileSync(
	    path.join(root, 'etc/safe-code-executor/sced.conf'), 'utf8');
	const uid = conf.match(/^responder_uid = (\d+)$/m)[1];

	assert.match(fs.readFileSync(path.join(base, 'etc/passwd'), 'utf8'),
	    new RegExp(`^sce-responder:x:${uid}:${uid}:.*:/usr/sbin/nologin$`,
		'm'));
});

test('systemd-tmpfiles makes the directories', () => {
	const base = path.join(dir, 'places');

	fs.mkdirSync(path.join(base, 'etc'), { recursive: true });
	for (const file of ['passwd', 'group'])
		fs.copyFileSync(`/etc/${file}`, path.join(base, 'etc', file));
	must_run('systemd-tmpfiles', ['--create', `--root=${base}`,
		path.join(root, 'usr/lib/tmpfiles.d/safe-code-executor.conf')]);
	for (const made of ['run/safe-code-executor', logs]) {
		const stat = fs.statSync(path.join(base, made));

		assert.equal(stat.mode & 0o7777, 0o755, made);
		assert.equal(stat.uid, 0, made);
	}
});

test('logrotate rotates the logs', () => {
	const conf = path.join(root, 'etc/logrotate.d/safe-code-executor');
	const names = ['executions.log', 'nginx-access.log', 'nginx-error.log'];

	fs.mkdirSync(logs);
	for (const name of names)
		fs.writeFileSync(path.join(logs, name), 'a line\n');
	const tried = run('logrotate', ['-d', conf]);

	assert.equal(tried.status, 0, tried.stderr);
	assert.doesNotMatch(tried.stderr, /^error/m);
	must_run('logrotate', ['-f', '-s', path.join(dir, 'state'), conf]);
	/* sced makes its own anew, nginx finds one that it may write. */
	assert.deepEqual(fs.readdirSync(logs).sort(),
	    [...names.map((name) => `${name}.1`), ...names.slice(1)].sort());
});
