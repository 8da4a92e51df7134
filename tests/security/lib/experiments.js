/* SPDX-License-Identifier: MIT */
/*
 * The experiments with which people first try such a service: not attacks
 * that find a hole, but questions whose answers belong into a report.
 */
const EXPERIMENTS = [
	{
		name: 'infinite loop',
		code: 'while True:\n    pass\n',
		expect: {
			error: '/Execution timed out after [0-9.]+ seconds?/',
		},
		finding: 'The run is ended at its time limit.',
	},
	{
		name: 'memory hog',
		code: 'data = []\nwhile True:\n' +
		    '    data.append("x" * 1000000)\n',
		expect: {
			error: '/Memory limit exceeded \\([0-9]+ [KMG]B\\)/',
		},
		finding: 'The run is ended at its memory limit.',
	},
	{
		name: 'network',
		code: 'import urllib.request\n' +
		    'print(urllib.request.urlopen(' +
		    '"http://example.com").read())\n',
		expect: {
			error: '/[^]*Temporary failure in name resolution>/',
			exit_code: 1,
		},
		finding: 'There is no network, not even a name is found.',
	},
	{
		name: 'read /etc/passwd',
		code: 'print(open("/etc/passwd").read())\n',
		expect: { output: '/root:x:0:0:[^]*/' },
		finding: "It is the image's own, with no account of the host.",
	},
	{
		name: 'write to /tmp',
		code: 'open("/tmp/note", "w").write("hello")\n' +
		    'print(open("/tmp/note").read())\n',
		expect: { output: 'hello' },
		finding: 'Allowed: in memory, bounded, gone with the run.',
	},
	{
		name: 'write elsewhere',
		code: 'open("/etc/note", "w").write("hello")\n',
		expect: {
			error: '/[^]*(PermissionError|OSError): [^]*/',
			exit_code: 1,
		},
		finding: 'The file system is read-only, nothing in it is ours.',
	},
];

/* In the form of attacks, as lib/attacks.js has them. */
function
experiments()
{
	return EXPERIMENTS.map(({ name, code, expect, finding }) => ({
		group: 'experiment',
		name,
		attack: name,
		protection: finding,
		parts: [{ code, expect, members: {}, head: {} }],
		times: 1,
		landlock: 0,
	}));
}

export { experiments };
