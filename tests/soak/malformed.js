/* SPDX-License-Identifier: MIT */
/* Requests that are refused for what they are, with status and sentence. */
const JSON_TYPE = { 'Content-Type': 'application/json' };
const EXAMPLE = 'an object such as {"code": "print(1)"}';
const RESPONDER_BYTES = 256 * 1024;
const NGINX_BYTES = 1024 * 1024;

/* One whose body is wrong. */
function
body(name, value, sentence)
{
	const text = typeof value === 'string' || Buffer.isBuffer(value) ?
	    value : JSON.stringify(value);

	return { name, status: 400, sentence,
		request: { body: text, headers: JSON_TYPE } };
}

/* One that is wrong before its body is looked at. */
function
head(name, status, sentence, request, allow = undefined)
{
	return { name, status, sentence, request, allow };
}

const MALFORMED = [
	body('no JSON', '{"code": "print(1)"',
	    `Body is not valid JSON: send ${EXAMPLE}`),
	body('no object', '["print(1)"]', `Body must be ${EXAMPLE}`),
	body('no UTF-8', Buffer.from('{"code": "\xff"}', 'latin1'),
	    'Body is not UTF-8: send JSON in UTF-8 without a byte order mark'),
	body('a wrong type', { code: 1 }, '"code" must be a string'),
	body('no code', { stdin: 'x' },
	    `Member "code" missing: send ${EXAMPLE}`),
	body('an unknown member', { code: 'pass', tiemout: 1 },
	    'Unknown member "tiemout": use code, stdin, timeout, memory, args, files, return_files, language and version'),
	body('a timeout too long', { code: 'pass', timeout: 11 },
	    'timeout must be between 0.1 and 10 seconds'),
	body('code too long', { code: '#'.repeat(5001) },
	    'Code too long: 5001 characters, the limit is 5000'),
	head('a wrong method', 405, 'Method not allowed: use POST',
	    { method: 'GET' }, 'POST'),
	head('a wrong content type', 415,
	    'Content-Type must be application/json',
	    { body: '{"code": "pass"}',
		    headers: { 'Content-Type': 'text/plain' } }),
	head('a large body', 413,
	    `Request body too long: the limit is ${RESPONDER_BYTES} bytes`,
	    { body: 'x'.repeat(RESPONDER_BYTES + 1), headers: JSON_TYPE }),
	head('a huge body', 413,
	    'The request body is too large; send less than 1 MiB.',
	    { body: 'x'.repeat(NGINX_BYTES + 1), headers: JSON_TYPE }),
	head('a wrong address', 404,
	    'There is nothing at this address; programs go to POST /run.',
	    { method: 'GET', path: '/nowhere' }),
];

export { MALFORMED };
