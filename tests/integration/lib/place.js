/* SPDX-License-Identifier: MIT */
/*
 * Ports and uids for what runs beside others: nobody else of this run of the
 * tests gets the same. As a program it prints "PORT UID_BASE RESPONDER_UID".
 */
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/* Below the ports that the kernel gives to clients: one that is free now is
 * not taken by a connection that begins before its server does. */
const FIRST_PORT = 20000;
const PORTS = 12000;
/* Far from what useradd(8) gives to people, and from sced's defaults. */
const FIRST_UID = 1700000000;
const UIDS = 1000;
const RESPONDER = 990;

function
is_free(port)
{
	return new Promise((resolve) => {
		const server = net.createServer();

		server.on('error', () => resolve(false));
		server.listen(port, '127.0.0.1', () =>
			server.close(() => resolve(true)));
	});
}

/* A number that nobody has taken yet; making a folder is atomic. */
function
take_number(dir)
{
	fs.mkdirSync(dir, { recursive: true });
	for (let number = fs.readdirSync(dir).length; ; number++) {
		try {
			fs.mkdirSync(path.join(dir, String(number)));
			return number;
		} catch (error) {
			if (error.code !== 'EEXIST')
				throw error;
		}
	}
}

/* { port, uid_base, responder_uid }. Two runs of the tests begin at different
 * ports; who is there already is passed by. */
async function
take_place()
{
	const work = process.env.SCE_WORK;

	if (!work)
		throw new Error('SCE_WORK not set: run tests/run.sh');
	const { ino } = fs.statSync(work);

	for (;;) {
		const number = take_number(path.join(work, 'places'));
		const port = FIRST_PORT + (ino * 100 + number) % PORTS;
		const uid_base = FIRST_UID + UIDS * number;

		if (await is_free(port))
			return { port, uid_base,
				responder_uid: uid_base + RESPONDER };
	}
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const { port, uid_base, responder_uid } = await take_place();

	console.log(port, uid_base, responder_uid);
}

export { take_place };
