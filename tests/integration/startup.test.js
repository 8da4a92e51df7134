/* SPDX-License-Identifier: MIT */
/* sced refuses to start with one sentence, rather than half start. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { containers } from './lib/docker.js';
import { health } from './lib/http.js';
import { config_text, ROOT, shared_instance } from './lib/instance.js';

const START_DEADLINE_MS = 60000;

let service = null;
let sced = null;
let dir = null;

before(() => {
	service = shared_instance();
	sced = path.join(service.run_dir, 'bin/sced');
	dir = fs.mkdtempSync(path.join(process.env.SCE_WORK, 'startup.'));
});

after(() => fs.rmSync(dir, { recursive: true }));

function
start(...args)
{
	return spawnSync(sced, args,
	    { encoding: 'utf8', timeout: START_DEADLINE_MS });
}

/* The shared instance's configuration in a run directory of our own. */
function
changed_config(changes)
{
	const config = service.config();
	const run_dir = fs.mkdtempSync(path.join(dir, 'run.'));

	config.service.run_dir = run_dir;
	for (const [section, values] of Object.entries(changes))
		config[section] = { ...config[section], ...values };
	const file = path.join(run_dir, 'sced.ini');

	fs.writeFileSync(file, config_text(config));
	return { file, run_dir };
}

/* One sentence on stderr; what is before it is the line's level. */
function
assert_one_sentence(done, pattern)
{
	assert.equal(done.error, undefined, String(done.error));
	assert.equal(done.signal, null);
	assert.notEqual(done.status, 0, done.stdout);
	assert.match(done.stderr, /^[^\n]+\n$/);
	assert.match(done.stderr, pattern);
}

const REFUSALS = {
	'a missing image': [
		{ 'runtime python': { image: 'sce-test/no-such-image:none' } },
		/sce-test\/no-such-image:none/],
	'a Docker that does not answer': [
		{ docker: { docker_host: 'unix:///nonexistent/docker.sock' } },
		/[Dd]ocker/],
	'a missing docker client': [
		{ docker: { docker_cli: '/nonexistent/docker' } },
		/\/nonexistent\/docker/],
	'a missing guest': [
		{ paths: { guest: '/nonexistent/sce-guest' } },
		/\/nonexistent\/sce-guest/],
	'a missing responder': [
		{ paths: { responder: '/nonexistent/sce-responder' } },
		/\/nonexistent\/sce-responder/],
	'a missing seccomp profile': [
		{ paths: { seccomp_profile: '/nonexistent/seccomp.json' } },
		/\/nonexistent\/seccomp\.json/],
	'an unknown group': [
		{ service: { socket_group: 'sce-no-such-group' } },
		/sce-no-such-group/],
};

for (const [what, [changes, pattern]] of Object.entries(REFUSALS)) {
	test(`no start with ${what}`, () => {
		const { file, run_dir } = changed_config(changes);

		assert_one_sentence(start('-c', file), pattern);
		assert.deepEqual(containers(run_dir), []);
	});
}

test('no start without a run directory', () => {
	const { file } = changed_config(
	    { service: { run_dir: '/nonexistent/run' } });

	assert_one_sentence(start('-c', file), /\/nonexistent\/run/);
});

test('no second sced in a run directory', async () => {
	const { file } = changed_config(
	    { service: { run_dir: service.run_dir } });
	const pid = service.sced_pid();
	const before = service.containers().length;

	assert_one_sentence(start('-c', file), /./);
	assert.equal(service.sced_pid(), pid);
	assert.equal((await health()).http, 200);
	assert.ok(service.containers().length >= before);
});

const BAD_FILES = {
	'an unknown key': ['[pool]\n\nredy = 4\n', 3, /redy/],
	'an unknown section': ['# x\n[poool]\nready = 4\n', 2, /poool/],
	'a bad number': ['[pool]\nready = four\n', 2, /four|ready/],
	'a bad size': ['# x\n[limits]\nmemory = 128q\n', 3, /128q|memory/],
	'a value out of range': ['[pool]\nready = 0\n', 2, /ready/],
	'a line without sense': ['[pool]\nready = 4\nnonsense\n', 3, /./],
};

for (const [what, [text, line, pattern]] of Object.entries(BAD_FILES)) {
	test(`file and line of ${what}`, () => {
		const file = path.join(dir, 'bad.ini');

		fs.writeFileSync(file, text);
		for (const args of [['-c', file],
			['--check-config', '-c', file]]) {
			const done = start(...args);

			assert_one_sentence(done, pattern);
			assert.ok(done.stderr.includes(`${file}:${line}:`),
			    done.stderr);
		}
	});
}

test('a file that is not there is named', () => {
	assert_one_sentence(start('-c', '/nonexistent/sced.ini'),
	    /\/nonexistent\/sced\.ini/);
});

test('--check-config prints a file that it takes itself', () => {
	const { file } = changed_config({});
	const first = start('--check-config', '-c', file);

	assert.equal(first.status, 0, first.stderr);
	fs.writeFileSync(file, first.stdout);
	const second = start('--check-config', '-c', file);

	assert.equal(second.status, 0, second.stderr);
	assert.equal(second.stdout, first.stdout);
});

test('--version and --help', () => {
	const version = fs.readFileSync(
	    path.join(ROOT, 'fcgi/VERSION'), 'utf8').trim();
	const told = start('--version');
	const help = start('--help');

	assert.equal(told.status, 0, told.stderr);
	assert.ok(told.stdout.includes(version), told.stdout);
	assert.equal(help.status, 0, help.stderr);
	for (const option of ['-c', '--check-config', '--help', '--version'])
		assert.ok(help.stdout.includes(option), option);
});

test('an unknown option is refused', () => {
	const done = start('--no-such-option');

	assert.notEqual(done.status, 0);
	assert.notEqual(done.stderr, '');
});
