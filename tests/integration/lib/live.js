/* SPDX-License-Identifier: MIT */
/* A client of POST /run that watches the run: server-sent events, as read. */
import http from 'node:http';

import { base_url } from './http.js';

/* "event: NAME\ndata: JSON", exactly: nothing else is ever sent. */
function
parse_event(block)
{
	const match = block.match(/^event: (\w+)\ndata: ([^\n]*)$/);

	if (match === null)
		throw new Error(`no event: ${JSON.stringify(block)}`);
	return { name: match[1], data: JSON.parse(match[2]),
		at: performance.now() };
}

/*
 * Starts a run. { events: those so far, done: resolves at the end of the
 * answer with { status, headers, text, events, whole }, hang_up, pause,
 * resume }. whole is false when the connection broke off.
 */
function
watch_run(code, members = {}, { base, from, headers = {} } = {})
{
	const body = JSON.stringify({ code, ...members });
	const events = [];
	let call = null;
	let answer = null;
	let paused = false;
	const done = new Promise((resolve, reject) => {
		call = http.request(base ?? base_url(), {
			path: '/run', method: 'POST', agent: false,
			localAddress: from,
			headers: { 'Content-Type': 'application/json',
				Accept: 'text/event-stream', ...headers },
		}, (response) => {
			let text = '';
			let rest = '';
			const finish = () => resolve({
				status: response.statusCode,
				headers: response.headers,
				text, events, whole: response.complete && rest === '',
			});

			answer = response;
			if (paused)
				response.pause();
			response.setEncoding('utf8');
			response.on('data', (chunk) => {
				text += chunk;
				if (!response.headers['content-type']
				    .startsWith('text/event-stream'))
					return;
				const blocks = (rest + chunk).split('\n\n');

				rest = blocks.pop();
				events.push(...blocks.map(parse_event));
			});
			response.on('end', finish);
			response.on('error', finish);
		});
		call.on('error', reject);
		call.end(body);
	});

	done.catch(() => undefined);
	return {
		events,
		done,
		hang_up: () => call.destroy(),
		pause: () => {
			paused = true;
			answer?.pause();
		},
		resume: () => {
			paused = false;
			answer?.resume();
		},
	};
}

/* The text of one stream. */
function
text_of(events, name)
{
	return events.filter((event) => event.name === name)
	    .map(({ data }) => data.text).join('');
}

export { watch_run, text_of };
