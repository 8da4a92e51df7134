/* SPDX-License-Identifier: MIT */
/* The host's processes, read from /proc. */
import fs from 'node:fs';

function
pids()
{
	return fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))
	    .map(Number);
}

/* A field of /proc/PID/status; null when the process is gone. */
function
status_field(pid, name)
{
	try {
		const text = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
		const match = text.match(new RegExp(`^${name}:\\s*(.*)$`, 'm'));

		return match === null ? null : match[1];
	} catch {
		return null;
	}
}

/* Those of /proc/PID/stat behind the name: proc_pid_stat(5) counts from 1, and
 * the first of these, the state, is its third. */
function
stat_fields(pid)
{
	const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');

	return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function
executable(pid)
{
	try {
		return fs.readlinkSync(`/proc/${pid}/exe`)
		    .replace(/ \(deleted\)$/, '');
	} catch {
		return null;
	}
}

/* What a process has open: how many of each kind, { 'socket': 3, ... }. */
function
descriptor_kinds(pid)
{
	const kinds = {};
	const dir = `/proc/${pid}/fd`;

	for (const number of fs.readdirSync(dir)) {
		const what = fs.readlinkSync(`${dir}/${number}`)
		    .replace(/:\[\d+\]$/, '');

		kinds[what] = (kinds[what] ?? 0) + 1;
	}
	return Object.fromEntries(Object.entries(kinds).sort());
}

/* The number that the next one that is opened gets. */
function
lowest_free_descriptor(pid)
{
	const used = new Set(fs.readdirSync(`/proc/${pid}/fd`).map(Number));
	let number = 0;

	while (used.has(number))
		number++;
	return number;
}

/* Processes, also zombies, whose real uid is in [first, first + count). */
function
of_uids(first, count)
{
	return pids().filter((pid) => {
		const uid = Number.parseInt(status_field(pid, 'Uid') ?? '', 10);

		return uid >= first && uid < first + count;
	});
}

function
command_line(pid)
{
	try {
		return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8')
		    .split('\0').slice(0, -1);
	} catch {
		return [];
	}
}

/* Processes that run the program at this very path. */
function
running(path)
{
	return pids().filter((pid) => executable(pid) === path);
}

function
children(parent)
{
	return pids().filter((pid) =>
		status_field(pid, 'PPid') === String(parent));
}

function
alive(pid)
{
	const state = status_field(pid, 'State');

	return state !== null && !state.startsWith('Z');
}

function
is_zombie(pid)
{
	return status_field(pid, 'State')?.startsWith('Z') ?? false;
}

/* The real one; NaN when the process is gone. */
function
status_uid(pid)
{
	return Number.parseInt(status_field(pid, 'Uid') ?? '', 10);
}

function
rss_kib(pid)
{
	return Number.parseInt(status_field(pid, 'VmRSS') ?? '0', 10);
}

function
open_descriptors(pid)
{
	try {
		return fs.readdirSync(`/proc/${pid}/fd`).length;
	} catch {
		return 0;
	}
}

export {
	stat_fields, running, children, alive, is_zombie, status_uid, rss_kib,
	open_descriptors, descriptor_kinds, lowest_free_descriptor, of_uids,
	command_line, executable, pids, status_field,
};
