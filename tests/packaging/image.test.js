/* SPDX-License-Identifier: MIT */
/* sce-make-image, installed below a prefix of its own. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { docker } from '../integration/lib/docker.js';
import { shared_instance } from '../integration/lib/instance.js';
import { make, must_run, run, temporary } from './lib/install.js';

/* Of no instance. */
const IMAGE = `sce-test/image-${process.pid}:1`;

let prefix = null;
let base = null;

before(() => {
	prefix = temporary('image');
	make('install', '', { PREFIX: prefix, SYSCONFDIR: `${prefix}/etc` });
	const conf = path.join(prefix, 'etc/safe-code-executor/sced.conf');
	const text = fs.readFileSync(conf, 'utf8');
	const config = shared_instance().config();

	base = config.docker.image;
	fs.writeFileSync(conf, text
	    .replace(/^image = .*$/m, `image = ${IMAGE}`));
});

after(() => {
	docker('image', 'rm', IMAGE);
	must_run('make', ['uninstall', `PREFIX=${prefix}`,
		`SYSCONFDIR=${prefix}/etc`]);
	fs.rmSync(prefix, { recursive: true });
});

function
sce_make_image(...args)
{
	return run(path.join(prefix, 'sbin/sce-make-image'), args);
}

function
id(image)
{
	return docker('image', 'inspect', '--format', '{{.Id}}', image).trim();
}

test('sce-make-image makes the image that sced.conf names', () => {
	const done = sce_make_image('--if-missing', '--base', base);

	assert.equal(done.status, 0, done.stderr);
	assert.match(done.stdout, /made from/);
	assert.match(id(IMAGE), /^sha256:/);
});

test('with --if-missing what is there stays', () => {
	const before_id = id(IMAGE);
	const done = sce_make_image('--if-missing');

	assert.equal(done.status, 0, done.stderr);
	assert.match(done.stdout, /is there/);
	assert.equal(id(IMAGE), before_id);
});

test('without it, the image is made anew', () => {
	const before_id = id(IMAGE);
	const done = sce_make_image('--base', base);

	assert.equal(done.status, 0, done.stderr);
	assert.notEqual(id(IMAGE), before_id);
});

test('--kind names the image, not sced.conf', () => {
	const before_id = id(IMAGE);
	const done = sce_make_image('--if-missing', '--kind', 'python');

	assert.equal(done.status, 0, done.stderr);
	assert.match(done.stdout, /safe-code-executor\/python:3\.11/);
	assert.equal(id(IMAGE), before_id);
});

test('it has the parts of what makes the kinds', () => {
	const build = path.join(prefix,
	    'libexec/safe-code-executor/build-image');
	const done = run(build, ['--kind', 'python-sci', '--base', base]);

	assert.notEqual(done.status, 0);
	/* Says python-sci.sh. */
	assert.match(done.stderr, /--base has its own packages/);
});

test('what no image can be is refused', () => {
	for (const args of [['--kind', 'perl'], ['--kind'],
		['--kind', 'python-sci', '--base', base]]) {
		const done = sce_make_image(...args);

		assert.notEqual(done.status, 0);
		assert.match(done.stderr, /no kind "perl"|usage:/);
	}
});

test('without Docker it says so', () => {
	const conf = path.join(prefix, 'no-docker.conf');

	fs.writeFileSync(conf,
	    '[docker]\ndocker_host = unix:///nonexistent/docker.sock\n');
	const done = sce_make_image('-c', conf);

	assert.notEqual(done.status, 0);
	assert.match(done.stderr, /Docker does not answer/);
});
