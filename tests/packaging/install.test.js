/* SPDX-License-Identifier: MIT */
/* make install puts there what it should, make uninstall takes just that. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { make, must_run, ROOT, run, temporary, tree } from './lib/install.js';

const HTML = path.join(ROOT, 'html');
const PAGE = fs.readdirSync(HTML, { recursive: true })
    .filter((file) => fs.statSync(path.join(HTML, file)).isFile())
    .map((file) => `usr/local/share/safe-code-executor/html/${file}`);
/* All documents, in one folder. */
const DOCUMENTS = ['README.md', ...fs.readdirSync(path.join(ROOT, 'fcgi/doc'))]
    .map((file) => `usr/local/share/doc/safe-code-executor/${file}`);
const CONF = 'etc/safe-code-executor/sced.conf';
const EXPECTED = [
	CONF,
	'etc/logrotate.d/safe-code-executor',
	'etc/nginx/sites-available/safe-code-executor',
	'usr/local/lib/systemd/system/sce-image.service',
	'usr/local/lib/systemd/system/sced.service',
	'usr/local/lib/systemd/system/sced.socket',
	'usr/local/lib/sysusers.d/safe-code-executor.conf',
	'usr/local/lib/tmpfiles.d/safe-code-executor.conf',
	'usr/local/libexec/safe-code-executor/build-image',
	'usr/local/libexec/safe-code-executor/sce-docker',
	'usr/local/libexec/safe-code-executor/sce-gate.so',
	'usr/local/libexec/safe-code-executor/sce-guest',
	'usr/local/libexec/safe-code-executor/sce-responder',
	'usr/local/sbin/sce-make-image',
	'usr/local/sbin/sce-make-site',
	'usr/local/sbin/sced',
	...DOCUMENTS,
	'usr/local/share/doc/safe-code-executor/examples/nginx-tls.conf',
	'usr/local/share/man/man5/sced.conf.5',
	'usr/local/share/man/man8/sce-docker.8',
	'usr/local/share/man/man8/sce-guest.8',
	'usr/local/share/man/man8/sce-make-image.8',
	'usr/local/share/man/man8/sce-make-site.8',
	'usr/local/share/man/man8/sce-responder.8',
	'usr/local/share/man/man8/sced.8',
	'usr/local/share/safe-code-executor/common.sh',
	...PAGE,
	'usr/local/share/safe-code-executor/image/packages.sh',
	'usr/local/share/safe-code-executor/image/python-sci.sh',
	'usr/local/share/safe-code-executor/manifest',
	'usr/local/share/safe-code-executor/nginx.conf.in',
	'usr/local/share/safe-code-executor/seccomp-fork.json',
	'usr/local/share/safe-code-executor/seccomp.json',
	'usr/local/share/safe-code-executor/stage.sh',
].sort();

let dir = null;
/* What make install makes. Nobody changes it; who wants to has a copy. */
let installed = null;

before(() => {
	dir = temporary('install');
	installed = path.join(dir, 'installed');
	make('install', installed);
});

after(() => fs.rmSync(dir, { recursive: true }));

function
fresh(name)
{
	const destdir = path.join(dir, name);

	must_run('cp', ['-a', installed, destdir]);
	return destdir;
}

test('install puts exactly these files', () => {
	assert.deepEqual(tree(installed), EXPECTED);
});

test('modes: programs can be executed, nothing is writable for others', () => {
	for (const file of tree(installed)) {
		const mode = fs.statSync(path.join(installed, file)).mode &
		    0o7777;
		const is_program = /\/(sbin|libexec)\//.test(file);

		assert.equal(mode, is_program ? 0o755 : 0o644, file);
	}
});

test('no text names a place that was not filled in, or the folder', () => {
	for (const file of tree(installed)) {
		if (/sced?$|guest$|responder$|nginx\.conf\.in$|stage\.sh$/
		    .test(file))
			continue;
		const text = fs.readFileSync(path.join(installed, file), 'utf8');

		assert.doesNotMatch(text, /@[A-Z_]+@/, file);
		assert.ok(!text.includes(dir), file);
	}
});

test('documents link to each other by name', () => {
	for (const file of DOCUMENTS) {
		const text = fs.readFileSync(path.join(installed, file), 'utf8');
		const links = [...text.matchAll(/\]\(([^)/#]*\/)*([A-Z-]+\.md)[)#]/g)];

		for (const [link, folder, name] of links) {
			if (name !== 'CLUSTER.md') {
				assert.equal(folder, undefined, `${file}: ${link}`);
				assert.ok(DOCUMENTS.includes(path.join(
				    path.dirname(file), name)), name);
			}
		}
	}
	assert.ok(DOCUMENTS.length >= 9);
});

test('sced takes the configuration that is installed', () => {
	const settings = must_run(path.join(installed, 'usr/local/sbin/sced'),
	    ['--check-config', '-c', path.join(installed, CONF)]);

	assert.match(settings, /^run_dir = \/run\/safe-code-executor$/m);
	assert.match(settings, /^log_dir = \/var\/log\/safe-code-executor$/m);
	for (const [key, file] of Object.entries({
		responder: 'libexec/safe-code-executor/sce-responder',
		guest: 'libexec/safe-code-executor/sce-guest',
		docker_cli: 'libexec/safe-code-executor/sce-docker',
		gate: 'libexec/safe-code-executor/sce-gate.so',
		seccomp_fork_profile:
			'share/safe-code-executor/seccomp-fork.json',
		seccomp_profile: 'share/safe-code-executor/seccomp.json' })) {
		assert.match(settings,
		    new RegExp(`^${key} = /usr/local/${file}$`, 'm'));
		fs.accessSync(path.join(installed, 'usr/local', file));
	}
});

test('uninstall leaves nothing', () => {
	const destdir = fresh('nothing');

	make('uninstall', destdir);
	assert.deepEqual(tree(destdir), []);
});

test('uninstall leaves what is not its own', () => {
	const destdir = path.join(dir, 'others');
	const others = ['etc/nginx/sites-available/mine', 'usr/local/sbin/sce',
		'usr/local/share/man/'];

	for (const file of others) {
		fs.mkdirSync(path.join(destdir, path.dirname(`${file}x`)),
		    { recursive: true });
		if (!file.endsWith('/'))
			fs.writeFileSync(path.join(destdir, file), 'mine\n');
	}
	make('install', destdir);
	make('install', destdir);
	make('uninstall', destdir);
	assert.deepEqual(tree(destdir), others);
});

test('a changed configuration is kept by both, and they say so', () => {
	const destdir = fresh('changed');
	const conf = path.join(destdir, CONF);

	fs.appendFileSync(conf, '# mine\n');
	assert.match(make('install', destdir), /sced\.conf has been changed and/);
	assert.match(fs.readFileSync(conf, 'utf8'), /# mine/);
	assert.doesNotMatch(fs.readFileSync(`${conf}.new`, 'utf8'), /# mine/);
	assert.match(make('uninstall', destdir), /sced\.conf has been changed/);
	assert.deepEqual(tree(destdir), [CONF]);
});

test('a configuration of an older version, unchanged, is replaced', () => {
	const destdir = fresh('older');
	const conf = path.join(destdir, CONF);
	const manifest = path.join(destdir,
	    'usr/local/share/safe-code-executor/manifest');
	const sum = () => must_run('sha256sum', [conf]).split(' ')[0];
	const now = sum();

	fs.appendFileSync(conf, '# an older one\n');
	fs.writeFileSync(manifest, fs.readFileSync(manifest, 'utf8')
	    .replaceAll(now, sum()));
	make('install', destdir);
	assert.equal(sum(), now);
	assert.deepEqual(tree(destdir), EXPECTED);
});

test('what an older version put there and this one does not is gone', () => {
	const destdir = fresh('gone');
	const old = path.join(destdir, 'usr/local/sbin/sce-old');
	const manifest = path.join(destdir,
	    'usr/local/share/safe-code-executor/manifest');

	fs.writeFileSync(old, 'old\n');
	const [sum] = must_run('sha256sum', [old]).split(' ');

	fs.appendFileSync(manifest, `file ${sum} /usr/local/sbin/sce-old\n`);
	make('install', destdir);
	assert.deepEqual(tree(destdir), EXPECTED);
});

test('a program that somebody else has replaced stays', () => {
	const destdir = fresh('replaced');
	const sced = 'usr/local/sbin/sced';

	fs.writeFileSync(path.join(destdir, sced), 'mine\n');
	assert.match(make('uninstall', destdir), /sbin\/sced has been changed/);
	assert.deepEqual(tree(destdir), [sced]);
});

/* Else nginx would not start again, for all sites of the host. */
for (const target of ['../sites-available/safe-code-executor',
	'/etc/nginx/sites-available/safe-code-executor']) {
	test(`no dangling link to ${target} is left`, () => {
		const destdir = fresh(`link${target.length}`);
		const enabled = path.join(destdir, 'etc/nginx/sites-enabled');
		const link = path.join(enabled, 'safe-code-executor');

		fs.mkdirSync(enabled, { recursive: true });
		fs.symlinkSync(target, link);
		assert.match(make('uninstall', destdir), /link .*removed/);
		assert.throws(() => fs.lstatSync(link));
	});
}

for (const prefix of ['relative', '~/sce', '/a,b', '/a/../b']) {
	test(`PREFIX=${prefix} is refused`, () => {
		const done = run('make', ['install', `PREFIX=${prefix}`,
			`DESTDIR=${dir}/refused`]);

		assert.notEqual(done.status, 0);
		assert.match(done.stderr, /SBINDIR=\S+ must be an absolute/);
		assert.ok(!fs.existsSync(path.join(dir, 'refused')));
	});
}

test('PREFIX and the others are heeded', () => {
	const destdir = path.join(dir, 'prefix');

	make('install', destdir, { PREFIX: '/opt/sce', SYSCONFDIR: '/opt/etc',
		UNITDIR: '/units' });
	assert.deepEqual([...new Set(tree(destdir)
	    .map((file) => file.split('/').slice(0, 2).join('/')))].sort(),
	    ['opt/etc', 'opt/sce', 'units/sce-image.service',
		'units/sced.service', 'units/sced.socket']);
	assert.match(fs.readFileSync(path.join(destdir, 'units/sced.service'),
	    'utf8'), /^ExecStart=\/opt\/sce\/sbin\/sced -c \/opt\/etc\/safe/m);
});

test('uninstall without an install says that there is nothing', () => {
	const done = run('make', ['uninstall', `DESTDIR=${dir}/empty`]);

	assert.equal(done.status, 0);
	assert.match(done.stdout, /Nothing to remove/);
});
