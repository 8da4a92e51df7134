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

/* A site for this text of sced.conf. */
function
site_for(text)
{
	const conf = path.join(dir, 'own.conf');

	fs.writeFileSync(conf, text);
	return must_run('bash', [path.join(root, 'usr/sbin/sce-make-site'),
		'-c', conf],
	    { env: { ...process.env, SCED: path.join(root, 'usr/sbin/sced'),
		FILES: path.join(root, 'usr/share/safe-code-executor') } });
}

test('a longer queue_wait makes nginx wait longer', () => {
	assert.match(site_for('[pool]\nqueue_wait = 60s\n'),
	    /^\tfastcgi_read_timeout 75s;$/m);
});

test('a language that takes longer makes nginx wait longer', () => {
	assert.match(site_for('[language a]\ntimeout_max = 60s\n' +
	    'compile = cc\n'), /^\tfastcgi_read_timeout 135s;$/m);
});

test('lists on several lines reach nginx', () => {
	const networks = Array.from({ length: 200 }, (_, i) => `10.1.${i}.0/24`);
	const site = site_for(`[clients]\nproxies =\n\t${networks.join('\n\t')}` +
	    '\nmetrics = 127.0.0.1 ; here\n# a comment\n  10.0.0.1, ::1\n' +
	    '[piston]\norigins = https://a.example\n https://b.example\n');
	const found = (pattern) => [...site.matchAll(pattern)]
	    .map(([, word]) => word);

	check(site);
	assert.deepEqual(found(/set_real_ip_from (\S+);/g), networks);
	assert.deepEqual(found(/\ballow (\S+);/g),
	    ['127.0.0.1', '10.0.0.1', '::1']);
	assert.deepEqual(found(/"~\^(https\S+)\$" \$http_origin/g),
	    ['https://a\\.example', 'https://b\\.example']);
});

/* As service.sh reads a user's own file, before there is a sced to ask. */
test('the scripts read a file as sced does', () => {
	const conf = path.join(dir, 'own.conf');
	const value = (section, key) => must_run('bash', ['-c',
		'. "$1" && ini_value "$2" "$3" "$4"', 'bash',
		path.join(root, 'usr/share/safe-code-executor/common.sh'),
		conf, section, key]).trimEnd();

	fs.writeFileSync(conf, '[clients]\nproxies = 10.0.0.1, ::1 ; two\n' +
	    '\t10.0.0.2 ; one\n# none\n\n  ; none\n 10.0.0.3\nburst = 7\n' +
	    'metrics =\r\n\t::1\r\n[language python]\nimage = a\n' +
	    '[runtime b]\nimage = b\n');
	assert.equal(value('clients', 'proxies'),
	    '10.0.0.1, ::1,10.0.0.2,10.0.0.3');
	assert.equal(value('clients', 'metrics'), '::1');
	assert.equal(value('clients', 'burst'), '7');
	assert.equal(value('clients', 'rate'), '');
	assert.equal(value('runtime python', 'image'), 'a');
	assert.equal(value('runtime b', 'image'), 'b');
});
