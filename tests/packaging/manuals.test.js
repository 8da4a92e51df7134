/* SPDX-License-Identifier: MIT */
/* The manuals say what the programs say of themselves. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { must_run, ROOT, temporary } from './lib/install.js';

const DERIVED = ['log_dir', 'responder', 'guest', 'seccomp_profile',
	'seccomp_fork_profile', 'gate', 'docker_cli'];
const SCED = path.join(process.env.BUILD ?? '', 'sced');

let dir = null;

before(() => {
	dir = temporary('manuals');
});

after(() => fs.rmSync(dir, { recursive: true }));

/* { section: { key: { type, text, preset } } } of sced.conf(5) */
function
manual()
{
	const text = fs.readFileSync(
	    path.join(ROOT, 'fcgi/supervisor/sced.conf.5'), 'utf8');
	const sections = {};

	for (const part of text.split(/^\.Ss Section /m).slice(1)) {
		const [, title] = part.match(/^\[([\w ]+)\]/);
		/* Of the runtimes there is one without a file. */
		const name = title.replace('NAME', 'python');

		sections[name] = {};
		for (const item of part.split(/^\.It Ic /m).slice(1)) {
			const [, key, type] = item.match(/^(\w+) Pq (\w+)\n/);
			const [, mark, value] = item.match(
			    /\nDefault:\n\.(Ql|Em) (\S+) \.\n/);

			sections[name][key] = { type, text: item,
				preset: mark === 'Ql' || value === 'inherited' ?
				    value : '' };
		}
	}
	return sections;
}

function
settings()
{
	const sections = {};
	let section = null;

	for (const line of must_run(SCED, ['--check-config']).split('\n')) {
		const head = line.match(/^\[([\w ]+)\]$/);
		const pair = line.match(/^(\w+) = (.*)$/);

		if (head !== null)
			section = sections[head[1]] = {};
		else if (pair !== null)
			section[pair[1]] = pair[2];
	}
	return sections;
}

test('sced.conf(5) has every key of sced, in order, with its default', () => {
	const said = manual();
	const found = settings();
	const presets = Object.fromEntries(Object.entries(said)
	    .map(([section, keys]) => [section, Object.fromEntries(
		Object.entries(keys).map(([key, { preset }]) =>
		    [key, preset]))]));

	/* Printed as what they come to. */
	for (const section of Object.values(found)) {
		for (const key of DERIVED) {
			if (key in section)
				section[key] = '';
		}
	}
	for (const [key, preset] of Object.entries(presets['runtime python'])) {
		if (preset === 'inherited')
			found['runtime python'][key] = preset;
	}
	/* 60s is printed as 1m. */
	assert.equal(found.pool.sweep_interval, '1m');
	found.pool.sweep_interval = '60s';
	assert.equal(JSON.stringify(presets, null, 1),
	    JSON.stringify(found, null, 1));
});

const HUGE = { integer: '99999999999', size: '99999999g', cores: '9999',
	duration: '9999h' };

test('sced.conf(5) has the range of every number', () => {
	const file = path.join(dir, 'huge.conf');

	for (const [section, keys] of Object.entries(manual())) {
		for (const [key, { type, text }] of Object.entries(keys)) {
			if (!(type in HUGE))
				continue;
			fs.writeFileSync(file,
			    `[${section}]\n${key} = ${HUGE[type]}\n`);
			const { stderr } = spawnSync(SCED,
			    ['--check-config', '-c', file],
			    { encoding: 'utf8' });
			const [, min, max] = stderr.match(
			    /must be between (\S+) and (\S+)"\n/);

			assert.ok(text.includes(` from ${min} to ${max}.`),
			    `${key}: ${min} to ${max}`);
		}
	}
});

test('sced(8) has every option of --help', () => {
	const text = fs.readFileSync(
	    path.join(ROOT, 'fcgi/supervisor/sced.8'), 'utf8');
	const help = must_run(SCED, ['--help']);

	for (const [, option] of help.matchAll(/ --([a-z-]+)/g))
		assert.ok(text.includes(`Fl -${option}`), option);
});

test('mandoc renders all of them', () => {
	for (const part of ['supervisor', 'responder', 'engine', 'guest',
		'package']) {
		const folder = path.join(ROOT, 'fcgi', part);
		const pages = fs.readdirSync(folder)
		    .filter((name) => /\.[58]$/.test(name));

		assert.notEqual(pages.length, 0, part);
		for (const page of pages) {
			assert.match(must_run('mandoc', ['-T', 'ascii',
				path.join(folder, page)]), /SEE.* ALSO|S.*E.*E/);
		}
	}
});
