/* SPDX-License-Identifier: MIT */
/* LISTEN: one more address to be reached at. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { run } from './lib/http.js';
import { start_instance } from './lib/instance.js';

const OTHER = '127.0.0.2';

let own = null;

before(async () => {
	own = await start_instance('listen', {
		pool: { ready: 1, running: 1 },
	});
});

after(async () => {
	if (own !== null)
		assert.deepEqual(await own.stop(), []);
});

function
ask(address)
{
	return run('print(1)', {}, { base: `http://${address}:${own.port}` });
}

test('without it there is loopback alone', async () => {
	assert.deepEqual(await ask('127.0.0.1'), { output: '1' });
	await assert.rejects(ask(OTHER), { code: 'ECONNREFUSED' });
	assert.doesNotMatch(own.status(), /^also/m);
});

test('it adds an address, and status tells it', async () => {
	own.listen = OTHER;
	assert.match(own.up(), new RegExp(`at ${OTHER}:${own.port}$`, 'm'));
	for (const address of [OTHER, '127.0.0.1'])
		assert.deepEqual(await ask(address), { output: '1' });
	await assert.rejects(ask('127.0.0.3'), { code: 'ECONNREFUSED' });
	assert.match(own.status(),
	    new RegExp(`^also +${OTHER}:${own.port}$`, 'm'));
});

for (const wrong of ['localhost', '256.0.0.1', '127.0.0.1:80', '[::1]', '*',
	'127.0.0.1;', '::1; deny all', '1.2.3', ' ', '/run/x']) {
	test(`no address, no change: "${wrong}"`, async () => {
		const pid = own.sced_pid();

		own.listen = wrong;
		assert.throws(own.up, /must be an IPv4 or IPv6 address/);
		assert.equal(own.sced_pid(), pid);
	});
}

/* 192.0.2.0/24 and 2001:db8::/32 are for documentation: no host has them. The
 * last one looks like an address, and is none. */
for (const useless of ['192.0.2.1', '2001:db8::1', ':::1']) {
	test(`nginx does not take it, no change: ${useless}`, async () => {
		const pid = own.sced_pid();

		own.listen = useless;
		assert.throws(own.up, /nginx refuses its configuration/);
		assert.equal(own.sced_pid(), pid);
		assert.match(own.status(), new RegExp(`^also +${OTHER}`, 'm'));
		assert.deepEqual(await ask(OTHER), { output: '1' });
	});
}
