/* SPDX-License-Identifier: MIT */
/* fault_proxy.js LISTEN TARGET: passes what comes to one unix socket on to
 * another. A process of its own, so that it can be killed, and so that it
 * works while a test waits for a program that needs it. */
import fs from 'node:fs';
import net from 'node:net';
import { pipeline } from 'node:stream';

const [, , LISTEN, TARGET] = process.argv;

const server = net.createServer({ allowHalfOpen: true }, (client) => {
	const docker = net.connect({ path: TARGET, allowHalfOpen: true });

	/* An error or a broken connection of one ends the other. */
	pipeline(client, docker, () => undefined);
	pipeline(docker, client, () => undefined);
});

/* Left by one that was killed. */
fs.rmSync(LISTEN, { force: true });
server.listen(LISTEN, () => console.log('listening'));
