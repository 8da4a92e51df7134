// SPDX-License-Identifier: MIT
/*
 * A service that says what a test wants to be said, when it wants it: the page
 * and its headers are the real service's, POST /run is the test's, and the list
 * of languages if it has one.
 */
import http from "node:http";

/* Passes a request for the page on, and its answer back. */
function pass(request, response) {
	const onward = http.request(new URL(request.url, process.env.SCE_URL), {
		method: request.method,
		headers: request.headers,
		agent: false,
	}, (answer) => {
		response.writeHead(answer.statusCode, answer.headers);
		answer.pipe(response);
	});
	onward.on("error", () => response.destroy());
	request.pipe(onward);
}

async function readBody(request) {
	const parts = [];
	for await (const part of request)
		parts.push(part);
	return JSON.parse(Buffer.concat(parts));
}

export const event = (type, data) =>
    `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;

/* The head of a live answer; then as many events as the test writes. */
export function beginLive(response, queueMs = 0.25) {
	response.writeHead(200, {
		"Content-Type": "text/event-stream; charset=utf-8",
		"Server-Timing": `queue;dur=${queueMs}`,
	});
	response.flushHeaders();
}

export const ENDING = event("timing", { queue_ms: 0.25, run_ms: 41.75 });

/* play({ body, request, response }) answers POST /run. runtimes is what there is
 * to choose from, text as it stands; undefined: what the service says. */
export async function startStandIn(play, runtimes) {
	const server = http.createServer(async (request, response) => {
		if (request.url === "/api/v2/runtimes" && runtimes !== undefined) {
			response.writeHead(runtimes === null ? 500 : 200,
			    { "Content-Type": "application/json" });
			response.end(typeof runtimes === "string" ? runtimes :
			    JSON.stringify(runtimes));
			return;
		}
		if (request.url !== "/run" || request.method !== "POST")
			return pass(request, response);
		play({ body: await readBody(request), request, response });
	});
	await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${server.address().port}`,
		close() {
			server.closeAllConnections();
			return new Promise((resolve) => server.close(resolve));
		},
	};
}
