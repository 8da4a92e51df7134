/* SPDX-License-Identifier: MIT */
/* The site of Debian's nginx says what make up's own nginx.conf says. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { make, must_run, run, temporary } from './lib/install.js';

const EXAMPLE = 'usr/share/doc/safe-code-executor/examples/nginx-tls.conf';

let dir = null;
let root = null;

before(() => {
	dir = temporary('site');
	root = path.join(dir, 'root');
	make('install', root, { PREFIX: '/usr', SERVICE_LOG_DIR: dir });
});

after(() => fs.rmSync(dir, { recursive: true }));

/* In a configuration that has the lines of Debian's own. */
function
check(site)
{
	const file = path.join(dir, 'site.conf');
	const conf = path.join(dir, 'nginx.conf');
	const debian = fs.readFileSync('/etc/nginx/nginx.conf', 'utf8');
	const ours = debian.replace(/^\s*include \/etc\/nginx\/sites.*$/m,
	    `include ${file};`)
	    .replace(/^pid .*$/m, `pid ${dir}/nginx.pid;`)
	    .replaceAll('/var/log/nginx', dir);

	assert.notEqual(ours.indexOf(file), -1, debian);
	fs.writeFileSync(file, site);
	fs.writeFileSync(conf, ours);
	must_run('nginx', ['-t', '-q', '-c', conf, '-e', `${dir}/error.log`]);
}

test('nginx takes the site', () => {
	check(fs.readFileSync(path.join(root,
	    'etc/nginx/sites-available/safe-code-executor'), 'utf8'));
});

test('nginx takes the example with TLS', () => {
	const key = path.join(dir, 'key.pem');
	const certificate = path.join(dir, 'certificate.pem');
	const example = fs.readFileSync(path.join(root, EXAMPLE), 'utf8');

	must_run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
		'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1',
		'-subj', '/CN=code.example.org', '-keyout', key,
		'-out', certificate]);
	check(example
	    .replace('/etc/ssl/certs/code.example.org.pem', certificate)
	    .replace('/etc/ssl/private/code.example.org.key', key));
	assert.match(example, /^\tadd_header Strict-Transport-Security /m);
	/* In the one place where all headers are: none is dropped. */
	assert.doesNotMatch(example, /^\t\t+add_header/m);
});

/* As when somebody clears the folder for temporary files meanwhile. */
test('a site that could not be made whole is not made', () => {
	const bin = path.join(dir, 'bin');

	fs.mkdirSync(bin);
	fs.writeFileSync(path.join(bin, 'awk'), '#!/bin/sh\n' +
	    'case "$*" in *key=burst*) exit 2 ;; esac\n' +
	    'exec /usr/bin/awk "$@"\n', { mode: 0o755 });
	const done = run('bash', [path.join(root, 'usr/sbin/sce-make-site'),
		'-c', path.join(root, 'etc/safe-code-executor/sced.conf')],
	    { env: { PATH: `${bin}:${process.env.PATH}`,
		SCED: path.join(root, 'usr/sbin/sced'),
		FILES: path.join(root, 'usr/share/safe-code-executor') } });

	assert.notEqual(done.status, 0);
	assert.equal(done.stdout, '');
});

/* What is said, without comments and order. */
function
lines(text)
{
	return text.split('\n').map((line) => line.trim())
	    .filter((line) => line !== '' && !line.startsWith('#')).sort();
}

/* make up's nginx.conf and a site for the same configuration. */
function
both()
{
	const { SCE_RUN_DIR } = process.env;
	const full = fs.readFileSync(
	    path.join(SCE_RUN_DIR, 'nginx/nginx.conf'), 'utf8');
	const site = must_run('bash', [path.join(root, 'usr/sbin/sce-make-site'),
		'-c', path.join(SCE_RUN_DIR, 'sced.conf')],
	    { env: { ...process.env, SCED: path.join(root, 'usr/sbin/sced'),
		FILES: path.join(root, 'usr/share/safe-code-executor') } });

	return [full, site];
}

test('but for places, they say the same', () => {
	const [full, site] = both();
	const places = /^(listen|root) |_temp_path |^error_log /;
	const in_http = full.slice(full.indexOf('\nhttp {\n') + 8,
	    full.lastIndexOf('}'));

	assert.deepEqual(lines(site).filter((line) => !places.test(line)),
	    lines(in_http).filter((line) => !places.test(line)));
});

test('a longer queue_wait makes nginx wait longer', () => {
	const conf = path.join(dir, 'long.conf');

	fs.writeFileSync(conf, '[pool]\nqueue_wait = 60s\n');
	const site = must_run('bash', [path.join(root, 'usr/sbin/sce-make-site'),
		'-c', conf],
	    { env: { ...process.env, SCED: path.join(root, 'usr/sbin/sced'),
		FILES: path.join(root, 'usr/share/safe-code-executor') } });

	assert.match(site, /^\tfastcgi_read_timeout 75s;$/m);
});
