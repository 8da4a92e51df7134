/* SPDX-License-Identifier: MIT */
/*
 * As much of FastCGI as nginx speaks to a responder: one request to a
 * connection. It talks to the service's socket itself, so that the moment at
 * which a connection ends is ours.
 */
import net from 'node:net';
import path from 'node:path';

const VERSION = 1;
const BEGIN_REQUEST = 1;
const END_REQUEST = 3;
const PARAMS = 4;
const STDIN = 5;
const STDOUT = 6;
const RESPONDER_ROLE = 1;
const REQUEST_ID = 1;
const HEADER_BYTES = 8;
const CONTENT_BYTES_MAX = 65535;
const LONG_LENGTH = 0x80000000;
const SHORT_LENGTH_MAX = 127;

function
record(type, content)
{
	const header = Buffer.alloc(HEADER_BYTES);

	header[0] = VERSION;
	header[1] = type;
	header.writeUInt16BE(REQUEST_ID, 2);
	header.writeUInt16BE(content.length, 4);
	return Buffer.concat([header, content]);
}

/* Records of a stream; its end, an empty one, is not among them. */
function
stream(type, content)
{
	const records = [];

	for (let at = 0; at < content.length; at += CONTENT_BYTES_MAX)
		records.push(record(type,
		    content.subarray(at, at + CONTENT_BYTES_MAX)));
	return Buffer.concat(records);
}

function
length_of(bytes)
{
	if (bytes.length <= SHORT_LENGTH_MAX)
		return Buffer.from([bytes.length]);
	const length = Buffer.alloc(4);

	length.writeUInt32BE(LONG_LENGTH + bytes.length);
	return length;
}

function
params(values)
{
	const pairs = Object.entries(values).map(([name, value]) => {
		const key = Buffer.from(name);
		const text = Buffer.from(String(value));

		return Buffer.concat([length_of(key), length_of(text), key,
			text]);
	});

	return stream(PARAMS, Buffer.concat(pairs));
}

/* Everything of POST /run up to the body. */
function
head(length, client, accept)
{
	const role = Buffer.alloc(8);

	role.writeUInt16BE(RESPONDER_ROLE, 0);
	return Buffer.concat([
		record(BEGIN_REQUEST, role),
		params({
			REQUEST_METHOD: 'POST',
			CONTENT_TYPE: 'application/json',
			CONTENT_LENGTH: length,
			REQUEST_URI: '/run',
			DOCUMENT_URI: '/run',
			REMOTE_ADDR: client,
			SERVER_PROTOCOL: 'HTTP/1.1',
			HTTP_ACCEPT: accept,
		}),
		record(PARAMS, Buffer.alloc(0)),
	]);
}

/* { stdout, ended } of what has come, up to the last whole record. */
function
parse_answer(bytes)
{
	const parts = [];
	let ended = false;
	let at = 0;

	while (bytes.length - at >= HEADER_BYTES) {
		const length = bytes.readUInt16BE(at + 4);
		const next = at + HEADER_BYTES + length + bytes[at + 6];

		if (next > bytes.length)
			break;
		if (bytes[at + 1] === STDOUT)
			parts.push(bytes.subarray(at + HEADER_BYTES,
			    at + HEADER_BYTES + length));
		ended ||= bytes[at + 1] === END_REQUEST;
		at = next;
	}
	return { stdout: Buffer.concat(parts).toString('utf8'), ended };
}

/* One connection, one POST /run. */
class FastCgiRun {
	constructor(run_dir, { client = '127.0.0.1', accept = '*/*' } = {})
	{
		this.client = client;
		this.accept = accept;
		this.bytes = Buffer.alloc(0);
		this.socket = net.connect(path.join(run_dir, 'fastcgi.sock'));
		this.closed = new Promise((resolve) => {
			this.socket.on('close', resolve);
		});
		this.socket.on('error', () => undefined); /* close follows */
		this.socket.on('data', (chunk) => {
			this.bytes = Buffer.concat([this.bytes, chunk]);
		});
	}

	/* The whole request. */
	send(body)
	{
		const bytes = Buffer.from(JSON.stringify(body));

		this.socket.write(Buffer.concat([
			head(bytes.length, this.client, this.accept), stream(STDIN, bytes),
			record(STDIN, Buffer.alloc(0)),
		]));
	}

	/* Only the head and so many bytes of a body that is longer. */
	send_part(length, bytes)
	{
		this.socket.write(Buffer.concat([head(length, this.client,
		    this.accept),
			stream(STDIN, bytes)]));
	}

	/* Waits for the end of the answer; status and JSON. */
	async answer()
	{
		await this.closed;
		const { stdout, ended } = parse_answer(this.bytes);
		const [lines, body] = stdout.split('\r\n\r\n');

		if (!ended)
			throw new Error(`no whole answer: ${stdout}`);
		return { status: Number(lines.match(/^Status: (\d+)/)[1]),
			json: JSON.parse(body) };
	}

	hang_up()
	{
		this.socket.destroy();
	}
}

export { FastCgiRun };
