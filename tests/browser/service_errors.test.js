// SPDX-License-Identifier: MIT
/*
 * The service's own failures, which must not look like a program's. Some are
 * played by the browser's end, as a healthy service does not show them.
 */
import assert from "node:assert/strict";

import { browserTest, FAILED_REQUEST, paneText, runProgram, takeScreenshot }
	from "./browser.js";

const json = (status, body, headers = {}) => ({ status, headers,
	contentType: "application/json", body: JSON.stringify(body) });

async function assertServiceError(page, expected) {
	const { state, sentence } = await runProgram(page, "print('hello')");
	assert.equal(state, "service");
	assert.equal(sentence, "No result.");
	const alert = page.getByRole("alert");
	assert.equal(await alert.getByRole("heading").textContent(),
	    "Message from the service");
	assert.equal(await alert.locator("p").textContent(), expected);
	assert.equal(await paneText(page, "output"), "");
	assert.equal(await paneText(page, "stderr"), null);
}

const PLAYED = {
	"a full queue, with how long to wait": [
		json(503, { error: "The queue is full." }, { "Retry-After": "7" }),
		"The queue is full. (HTTP status 503) Try again in 7 seconds."],
	"one second to wait is singular": [
		json(429, { error: "Too many." }, { "Retry-After": "1" }),
		"Too many. (HTTP status 429) Try again in 1 second."],
	"a date to wait for": [
		json(503, { error: "Closed." },
		    { "Retry-After": "Fri, 31 Dec 2027 23:59:59 GMT" }),
		"Closed. (HTTP status 503) " +
		"Try again after Fri, 31 Dec 2027 23:59:59 GMT."],
	"a proxy's page of HTML": [
		{ status: 502, contentType: "text/html",
			body: "<h1>502 Bad Gateway</h1>" },
		"The answer is not one that this page understands. " +
		"(HTTP status 502)"],
	"a success that is not JSON": [
		{ status: 200, contentType: "application/json", body: '{"outp' },
		"The answer is not one that this page understands. " +
		"(HTTP status 200)"],
	"a success of another shape": [
		json(200, null),
		"The answer is not one that this page understands. " +
		"(HTTP status 200)"],
	"markup in the service's sentence": [
		json(500, { error: "<img src=x onerror=alert(1)>" }),
		"<img src=x onerror=alert(1)> (HTTP status 500)"],
};

for (const [name, [answer, expected]] of Object.entries(PLAYED)) {
	browserTest(`service error: ${name}`, { expected: FAILED_REQUEST },
	    async (page) => {
		await page.route("**/run", (route) => route.fulfill(answer));
		await assertServiceError(page, expected);
	});
}

browserTest("service error: no network", { expected: FAILED_REQUEST },
    async (page) => {
	await page.route("**/run", (route) => route.abort("connectionrefused"));
	await assertServiceError(page, "The service could not be reached, or " +
	    "broke off. Check the connection and try again.");
	await takeScreenshot(page, "service-error");
});

browserTest("service error: it is down", { expected: FAILED_REQUEST,
	play: () => assert.fail("it is down") }, async (page, standIn) => {
	await standIn.close();
	await assertServiceError(page, "The service could not be reached, or " +
	    "broke off. Check the connection and try again.");
});

browserTest("service error: it breaks off before its answer",
    { expected: FAILED_REQUEST, play: ({ response }) => response.destroy() },
    async (page) => assertServiceError(page, "The service could not be " +
	"reached, or broke off. Check the connection and try again."));

browserTest("service error: no answer within a minute",
    { expected: FAILED_REQUEST }, async (page) => {
	await page.clock.install();
	await page.route("**/run", () => { /* never answered */ });
	await page.locator("#run").click();
	await page.clock.fastForward(61000);
	await page.getByText("No answer within 60 seconds.").waitFor();
	assert.equal(await page.locator("#run").textContent(), "Run");
});

browserTest("a refusal of the real service is shown as the service's",
    { expected: FAILED_REQUEST }, async (page) => {
	const { state } = await runProgram(page, "#".repeat(5213));
	assert.equal(state, "service");
	assert.equal(await page.getByRole("alert").locator("p").textContent(),
	    "Code too long: 5213 characters, the limit is 5000 " +
	    "(HTTP status 400)");
});

browserTest("a service error gives way to the next result",
    { expected: FAILED_REQUEST }, async (page) => {
	await page.route("**/run", (route) => route.abort(), { times: 1 });
	assert.equal((await runProgram(page, "print(1)")).state, "service");
	assert.equal((await runProgram(page, "print(2)")).state, "done");
	assert.equal(await page.getByRole("alert").textContent(), "");
	assert.equal(await paneText(page, "output"), "2\n");
});
