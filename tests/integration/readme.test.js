/* SPDX-License-Identifier: MIT */
/*
 * README.md does what it says, and the documents name what there is.
 *
 * A ```sh block of README has commands, one a line. The ```text block right
 * behind it is what they print. A ```text block of its own has requests to
 * POST /run, each with its answer on the indented line below. In running text a
 * command is what stands in backticks and begins with one of PROGRAMS. Each
 * command is run: here, or by the file that ELSEWHERE names. One that is in
 * neither fails.
 *
 * Two things may differ from what is printed: the number of a member of VARIABLE,
 * and how often one stream's output was cut into events.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { base_url, post_run } from './lib/http.js';
import { ROOT, shared_instance } from './lib/instance.js';
import { SLOWNESS } from './lib/wait.js';

const DEADLINE_MS = Math.ceil(60000 * SLOWNESS);
const README_URL = 'http://127.0.0.1:5000';
const PROGRAMS = ['apt', 'apt-get', 'curl', 'docker', 'git', 'journalctl', 'make',
	'man', 'nginx', 'python3', 'python3.11', 'sce-docker', 'sce-make-image',
	'sce-make-site', 'sced', 'systemctl'];
const VARIABLE = ['memory', 'cpu_time', 'wall_time', 'queue_ms', 'run_ms',
	'ready', 'running', 'queued'];

/* What the instance is asked for in its folder: command, what it prints. */
const HERE = [
	['make status', /^sced +\d+\nnginx +\d+\nurl +http:.*\npool +\{"status":/],
	['make logs', /event=/],
];
/*
 * Command; what make runs for it, if it is make; the file of the tests that
 * runs the same; the text there by which it does.
 */
const ELSEWHERE = [
	['make up', 'fcgi/service.sh up',
		'tests/lib/service.sh', 'service "$MAIN" up'],
	['make up PORT=8080', 'fcgi/service.sh up',
		'tests/lib/service.sh', 'PORT="${1##*-}"'],
	['make up CONFIG=my.conf', 'fcgi/service.sh up',
		'tests/lib/service.sh', 'CONFIG="$config"'],
	['make down', 'fcgi/service.sh down',
		'tests/lib/service.sh', 'service "$1" down'],
	['make test', 'tests/run.sh test', '.ci/run', ' make test\n'],
	['make test-all', 'tests/run.sh all', '.ci/run', 'tests/run.sh rest\n'],
	['make deb', 'fcgi/package/make_deb.sh',
		'tests/packaging/deb.test.js', "must_run('make', ['deb',"],
	['make install', 'fcgi/package/install.sh install',
		'tests/packaging/install.test.js', "make('install', installed)"],
	['make verify', 'tests/security/verify.sh',
		'tests/security/verify.test.js', "'verify'"],
	['make verify REPORT=findings.md',
		'tests/security/verify.sh --report findings.md',
		'tests/security/verify.test.js', '`REPORT=${report}`'],
	['sced --print-run-command', null,
		'tests/integration/run_command.test.js', "'--print-run-command'"],
	['python3.11 -c', null, 'tests/bench/lib/baseline.js', "[PYTHON, '-c',"],
	['docker run', null,
		'tests/bench/lib/baseline.js', "docker_cli(), 'run', '--rm',"],
];

/* Made while the service runs or is built, so not in the repository. */
const NOT_KEPT = /^(build|bin|logs)\//;

function
read(file)
{
	return fs.readFileSync(path.join(ROOT, file), 'utf8');
}

/* --- what README has -------------------------------------------------------- */

/* { kind, text, at, end } of each block between ``` lines. */
function
blocks_of(text)
{
	return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map((found) => ({
		kind: found[1], text: found[2], at: found.index,
		end: found.index + found[0].length }));
}

/* The lines of an sh block, without comments. */
function
commands_in(block)
{
	return block.text.split('\n').map((line) => line.replace(/ +# .*$/, ''))
	    .filter((line) => line !== '');
}

/* Blocks of commands, each with the block of what it prints, or null. */
function
sessions_of(text)
{
	const blocks = blocks_of(text);

	return blocks.filter(({ kind }) => kind === 'sh').map((block) => ({
		commands: commands_in(block),
		printed: blocks.find(({ kind, at }) => kind === 'text' &&
			text.slice(block.end, at) === '\n\n')?.text ?? null }));
}

/* [request, answer] of each pair. */
function
pairs_of(text)
{
	return [...text.matchAll(/^(\{.*\})\n {4}(\{.*\})$/gm)]
	    .map(([, request, answer]) => [request, answer]);
}

/* What stands in backticks, blocks left out that have a kind. */
function
spans_of(text)
{
	return [...text.replace(/^```\w+\n.*?^```$/gms, '').replace(/^```$/gm, '')
	    .matchAll(/`([^`\n]+)`/g)].map(([, span]) => span);
}

function
is_command(span)
{
	const [program] = span.replace(/^([A-Z_]+=\S+ )+/, '').split(' ');

	return PROGRAMS.includes(program) && span !== program;
}

const text = read('README.md');
const sessions = sessions_of(text);
const pairs = pairs_of(text);
const commands = [...new Set([
	...sessions.flatMap((session) => session.commands),
	...spans_of(text).filter(is_command)])];

/* --- running it ---------------------------------------------------------------- */

function
steady(printed)
{
	const numbers = new RegExp(`("(?:${VARIABLE.join('|')})":)[\\d.]+`, 'g');

	return printed.trimEnd().replace(numbers, '$10').replace(
	    /"\}\n\nevent: (stdout|stderr)\ndata: \{"text":"/g,
	    (between, stream, at, all) => all.slice(0, at).match(
		/.*event: (\w+)\n/s)[1] === stream ? '' : between);
}

function
shell(command)
{
	const done = spawnSync('bash', ['-c', command], { encoding: 'utf8',
		cwd: ROOT, timeout: DEADLINE_MS, env: { ...process.env,
			RUN_DIR: shared_instance().run_dir, LISTEN: '',
			CONFIG: '', PORT: new URL(base_url()).port } });

	assert.equal(done.status, 0, `${command}\n${done.stdout}${done.stderr}`);
	return done.stdout;
}

function
is_curl(command)
{
	return /^curl /.test(command);
}

for (const { commands: list, printed } of sessions) {
	if (!list.every(is_curl))
		continue;
	test(`it prints what README says: ${list.join(' ')}`, () => {
		assert.notEqual(printed, null, 'README does not say what');
		assert.equal(steady(list.map((command) => {
			assert.ok(command.includes(README_URL));
			return shell(command.replace(README_URL, base_url()));
		}).join('')), steady(printed));
	});
}

for (const [request, answer] of pairs) {
	test(`it is answered as README says: ${request}`, async () => {
		const got = await post_run(request);

		assert.equal(got.status, 200);
		assert.equal(got.text.trimEnd(), answer);
	});
}

for (const [command, pattern] of HERE) {
	test(`it runs: ${command}`, () =>
		assert.match(shell(command.replace(/^make /,
		    'make --no-print-directory ')), pattern));
}

for (const [command, does, file, by] of ELSEWHERE) {
	test(`${file} runs it: ${command}`, () => {
		assert.ok(read(file).includes(by), `${file} has no ${by}`);
		if (does === null)
			return;
		const [, ...words] = command.split(' ');

		assert.ok(shell(`make --dry-run ${words.join(' ')}`)
		    .includes(does));
	});
}

test('every command in README is run', () => {
	const known = [...HERE, ...ELSEWHERE].map(([command]) => command);
	const asked = commands.filter((command) => !is_curl(command));

	assert.deepEqual(asked.filter((command) => !known.includes(command)), []);
	assert.deepEqual(known.filter((command) => !asked.includes(command)), []);
});

test('there are commands and answers in README, and all are found', () => {
	const kinds = blocks_of(text).map(({ kind }) => kind);

	assert.ok(commands.filter(is_curl).length >= 4);
	assert.ok(pairs.length >= 8);
	assert.ok(kinds.every((kind) => ['', 'sh', 'text'].includes(kind)));
	/* A text block is what is printed, or pairs from its begin to its end. */
	for (const { kind, text: block } of blocks_of(text)) {
		if (kind !== 'text' ||
		    sessions.some(({ printed }) => printed === block))
			continue;
		assert.equal(2 * pairs_of(block).length,
		    block.trimEnd().split('\n').length);
	}
	/* A curl that stands elsewhere is not run. */
	assert.deepEqual(spans_of(text).filter(is_curl), []);
});

/* --- the documents ------------------------------------------------------------- */

/* All files and folders, as paths from the top; folders end with a slash. */
function
tree(below = '')
{
	return fs.readdirSync(path.join(ROOT, below), { withFileTypes: true })
	    .filter(({ name }) => !['.git', 'node_modules', 'build'].includes(name))
	    .flatMap((entry) => entry.isDirectory() ?
		[`${below}${entry.name}/`, ...tree(`${below}${entry.name}/`)] :
		[`${below}${entry.name}`]);
}

const there = tree();
const documents = there.filter((file) => file.endsWith('.md'));
const tops = there.filter((file) => /^[^/]+\/$/.test(file));

/* Does a span name a file or folder of the repository? */
function
is_place(span)
{
	if (!/^[\w.*-]+(\/[\w.*-]+)*\/?$/.test(span) || NOT_KEPT.test(span))
		return false;
	return tops.some((top) => span.startsWith(top)) || span.endsWith('/') ||
	    /\.(js|c|h|md|test\.js)$/.test(span) || /\/.*\.(py|sh|json)$/.test(span);
}

/* A * stands for anything in one name. */
function
is_there(span)
{
	const pattern = new RegExp(`(^|/)${span.replace(/\./g, '\\.')
	    .replace(/\*/g, '[^/]*')}/?$`);

	return there.some((file) => pattern.test(file));
}

for (const document of documents) {
	test(`${document}: its links lead to files`, () => {
		const links = [...read(document)
		    .matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
		    .map(([, link]) => link)
		    .filter((link) => !/^https?:/.test(link));

		for (const link of links) {
			assert.ok(fs.existsSync(path.join(ROOT,
			    path.dirname(document), link)), link);
		}
	});

	test(`${document}: the files that it names are there`, () => {
		assert.deepEqual(spans_of(read(document)).filter(is_place)
		    .filter((span) => !is_there(span)), []);
	});
}

test('the index names every document, and the README is short', () => {
	const index = read('fcgi/doc/index.md');

	for (const document of documents.filter((file) =>
		!['README.md', 'fcgi/doc/index.md'].includes(file))) {
		assert.ok(index.includes(
		    `](${path.relative('fcgi/doc', document)})`), document);
	}
	assert.ok(text.split('\n').length <= 221);
});
