/* SPDX-License-Identifier: MIT */
/* Requests as they are on the wire: raw bodies, own headers, no pooling. */
import http from 'node:http';

import { SLOWNESS } from './wait.js';

const RUN_HEADERS = { 'Content-Type': 'application/json' };
/* A request that hangs must fail its test, never hang the suite. */
const REQUEST_DEADLINE_MS = 60000 * SLOWNESS;

function
base_url()
{
	const url = process.env.SCE_URL;

	if (url === undefined || url === '')
		throw new Error('SCE_URL names no service: run tests/run.sh');
	return url;
}

/* Node turns a nul byte or a lone surrogate in a string into itself, so the
 * body may be a Buffer; a string travels as UTF-8. */
function
body_bytes(body)
{
	if (body === undefined)
		return undefined;
	return Buffer.isBuffer(body) ? body : Buffer.from(body, 'utf8');
}

function
response_of(status, headers, chunks)
{
	const text = Buffer.concat(chunks).toString('utf8');

	return {
		status,
		headers,
		text,
		get json() {
			return JSON.parse(text);
		},
	};
}

/*
 * options: base, method, path, headers, body, from (a loopback address: the
 * client as the service sees it), onSocket (gets the request, to abort it).
 * Answers { status, headers, text, json }; an answer that came although the
 * body could not be sent whole (413) counts.
 */
function
request(options)
{
	const body = body_bytes(options.body);
	const path = options.path ?? '/run'; /* as it stands, dots and all */
	const headers = { ...options.headers };

	if (body !== undefined && !options.chunked)
		headers['Content-Length'] = body.length;
	return new Promise((resolve, reject) => {
		let answered = false;
		const call = http.request(options.base ?? base_url(), {
			path,
			method: options.method ?? 'POST',
			headers,
			agent: false,
			localAddress: options.from,
			timeout: REQUEST_DEADLINE_MS,
		}, (answer) => {
			const chunks = [];

			answered = true;
			answer.on('data', (chunk) => chunks.push(chunk));
			answer.on('error', reject);
			answer.on('end', () => resolve(response_of(
			    answer.statusCode, answer.headers, chunks)));
		});

		call.on('timeout', () => call.destroy(
		    new Error(`no answer in ${REQUEST_DEADLINE_MS} ms`)));
		call.on('error', (error) => {
			if (!answered)
				reject(error);
		});
		if (options.onSocket !== undefined)
			options.onSocket(call);
		call.end(body);
	});
}

/* POST /run with a JSON body: a value to serialise, or text as it stands. */
function
post_run(body, options = {})
{
	const text = typeof body === 'string' || Buffer.isBuffer(body) ?
	    body : JSON.stringify(body);

	return request({
		headers: RUN_HEADERS,
		...options,
		body: text,
	});
}

/* Runs a program that is to be answered 200; its answer's members. */
async function
run(code, members = {}, options = {})
{
	const answer = await post_run({ code, ...members }, options);

	if (answer.status !== 200)
		throw new Error(`${answer.status}: ${answer.text}`);
	return answer.json;
}

/* Starts a run that is not waited for; gone() hangs up on it. */
function
start_run(code, members = {}, options = {})
{
	let call = null;
	const done = post_run({ code, ...members }, {
		...options,
		onSocket: (c) => {
			call = c;
		},
	});

	/* Whoever hangs up does not care how it fails. */
	done.catch(() => undefined);
	return { done, hang_up: () => call.destroy() };
}

async function
health(base)
{
	const answer = await request({ base, method: 'GET', path: '/healthz' });

	return { http: answer.status, ...answer.json };
}

export { base_url, request, post_run, run, start_run, health };
