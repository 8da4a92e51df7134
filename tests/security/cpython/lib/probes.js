/* SPDX-License-Identifier: MIT */
/*
 * Calls whose arguments decide, as [name, arguments, profile, strict]: what
 * the container's profile answers, and what the guest's strict filter does.
 * 0 is "let through": the kernel then says whatever it likes but EPERM. One
 * argument has high bits set wherever the kernel looks at the low half alone.
 */
const EPERM = 1;
const EINVAL = 22;
const ENOTTY = 25;
const EAFNOSUPPORT = 97;
const EPROTONOSUPPORT = 93;
const HIGH = 1n << 32n;

const AF = { UNIX: 1n, INET: 2n, INET6: 10n };
const SOCK = { STREAM: 1n, DGRAM: 2n, RAW: 3n, SEQPACKET: 5n };
const CLOEXEC_AND_NONBLOCK = 0o2004000n;
const PROTOCOL = { TCP: 6n, UDP: 17n };
const SIGCHLD = 17n;

/* AF_NETLINK, AF_PACKET, AF_ALG, AF_VSOCK, AF_XDP, AF_BLUETOOTH, AF_TIPC,
 * AF_CAN, AF_KCM, AF_QIPCRTR, AF_SMC */
const REFUSED_FAMILIES = [16n, 17n, 38n, 40n, 44n, 31n, 30n, 29n, 41n, 42n,
	43n];
/* IPPROTO_ICMP, IGMP, DCCP, SCTP, UDPLITE, RAW, MPTCP */
const REFUSED_PROTOCOLS = [1n, 2n, 33n, 132n, 136n, 255n, 262n];
/* CLONE_NEW: NS, CGROUP, UTS, IPC, USER, PID, NET */
const NAMESPACES = [0x20000n, 0x2000000n, 0x4000000n, 0x8000000n,
	0x10000000n, 0x20000000n, 0x40000000n];
const KINDS_OF_NODE = {
	fifo: 0o10000n, socket: 0o140000n, file: 0o100000n, none: 0n,
};
const DEVICES = [0o20000n, 0o60000n];

function
socket_probes()
{
	const open = [];

	for (const family of [AF.INET, AF.INET6]) {
		for (const [type, protocol] of [
			[SOCK.STREAM, PROTOCOL.TCP], [SOCK.STREAM, 0n],
			[SOCK.DGRAM, PROTOCOL.UDP], [SOCK.DGRAM, 0n]])
			open.push([family, type, protocol],
			    [family, type | CLOEXEC_AND_NONBLOCK, protocol]);
	}
	return [
		['socket', [AF.UNIX, SOCK.STREAM, 0n], 0, 0],
		['socketpair', [AF.UNIX, SOCK.STREAM, 0n, 0n], 0, 0],
		...open.map((args) => ['socket', args, 0, 0]),
		...REFUSED_FAMILIES.flatMap((family) => [family, HIGH | family])
		    .map((family) => ['socket', [family, SOCK.DGRAM, 0n],
			    EPERM, EAFNOSUPPORT]),
		...[AF.UNIX, AF.INET].map((family) => ['socket',
			[HIGH | family, SOCK.STREAM, 0n], EPERM, EAFNOSUPPORT]),
		...[SOCK.RAW, SOCK.SEQPACKET, HIGH | SOCK.STREAM].map((type) =>
			['socket', [AF.INET, type, 0n], EPERM, EPERM]),
		...REFUSED_PROTOCOLS.map((protocol) => ['socket',
			[AF.INET, SOCK.STREAM, protocol],
			EPERM, EPROTONOSUPPORT]),
		['socket', [AF.INET, SOCK.STREAM, HIGH | PROTOCOL.TCP],
			EPERM, EPERM],
		['socketpair', [AF.INET, SOCK.STREAM, 0n, 0n],
			EPERM, EAFNOSUPPORT],
		['socketpair', [HIGH | 40n, SOCK.STREAM, 0n, 0n],
			EPERM, EAFNOSUPPORT],
	];
}

/* On oneself, on PID 1, and on oneself with a bit that the kernel drops. */
function
self_probes()
{
	const calls = ['prlimit64', 'sched_setaffinity', 'sched_setattr',
		'sched_setparam', 'sched_setscheduler'];

	return [
		...calls.flatMap((name) => [
			[name, [0n, 7n], 0, 0],
			[name, [1n, 7n], EPERM, EPERM],
			[name, [HIGH, 7n], EPERM, EPERM]]),
		['setpriority', [0n, 0n, 19n], 0, 0],
		...[[0n, 1n, 19n], [1n, 0n, 19n], [2n, 0n, 19n],
			[HIGH, 0n, 19n], [0n, HIGH, 19n]].map((args) =>
			['setpriority', args, EPERM, EPERM]),
	];
}

function
node_probes()
{
	return [['mknod', 1], ['mknodat', 2]].flatMap(([name, index]) => {
		const args = (mode) => [...Array(index).fill(0n), mode, 0n];

		return [
			...Object.values(KINDS_OF_NODE).map((kind) =>
				[name, args(kind | 0o644n), 0, 0]),
			...DEVICES.map((kind) =>
				[name, args(kind | 0o644n), EPERM, EPERM]),
			[name, args(HIGH | KINDS_OF_NODE.fifo), EPERM, EPERM],
		];
	});
}

function
clone_probes()
{
	return [
		['clone', [SIGCHLD], 0, 0],
		...NAMESPACES.map((bit) =>
			['clone', [SIGCHLD | bit], EPERM, EPERM]),
		['clone', [HIGH | SIGCHLD], EPERM, EPERM],
	];
}

/* What the container's profile leaves to the strict filter. */
function
strict_probes()
{
	/* F_SETOWN, F_SETSIG, F_SETLEASE, F_NOTIFY, F_SETPIPE_SZ */
	const commands = [8n, 10n, 1024n, 1026n, 1031n, HIGH | 1n];
	/* TIOCSTI, TIOCLINUX, TCSETS, FIOASYNC, FS_IOC_SETFLAGS */
	const requests = [0x5412n, 0x541cn, 0x5402n, 0x5452n, 0x40086602n,
		HIGH | 0x541bn];
	/* PR_SET_DUMPABLE, _SECCOMP, _TIMING, _PTRACER, _CHILD_SUBREAPER,
	 * _CAP_AMBIENT */
	const options = [4n, 22n, 14n, 0x59616d61n, 36n, 47n, HIGH | 15n];

	return [
		['fcntl', [0n, 1n], 0, 0],
		['ioctl', [0n, 0x541bn], 0, 0],
		['prctl', [16n], 0, 0],
		...commands.map((c) => ['fcntl', [0n, c], 0, EPERM]),
		...requests.map((r) => ['ioctl', [0n, r], 0, ENOTTY]),
		...options.map((o) => ['prctl', [o], 0, EINVAL]),
	];
}

const PROBES = [...socket_probes(), ...self_probes(), ...node_probes(),
	...clone_probes(), ...strict_probes()];

export { PROBES };
