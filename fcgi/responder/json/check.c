/* SPDX-License-Identifier: MIT */
/*
 * Owns what counts as JSON here: RFC 8259 to the letter, checked by one
 * recursive descent. Nothing is stored; JSON_DEPTH_MAX bounds the stack.
 */
#include "responder/json/check.h"

#include <stdbool.h>
#include <string.h>

#include "common/bytes.h"
#include "common/limits.h"
#include "common/utf8.h"

struct scan {
	const uint8_t *at;
	const uint8_t *end;
	unsigned depth;
	bool nul_seen; /* an escape for U+0000 in the string read last */
};

static enum json_check scan_value(struct scan *scan);

static bool
is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

static bool
is_space(uint8_t byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static void
skip_space(struct scan *scan)
{
	while (scan->at < scan->end && is_space(*scan->at))
		scan->at++;
}

/* Steps over the byte if it is the next one. */
static bool
take(struct scan *scan, uint8_t byte)
{
	if (scan->at == scan->end || *scan->at != byte)
		return false;
	scan->at++;
	return true;
}

/* Steps over digits; false if there is none. */
static bool
take_digits(struct scan *scan)
{
	const uint8_t *start = scan->at;

	while (scan->at < scan->end && is_digit(*scan->at))
		scan->at++;
	return scan->at > start;
}

/* Four hexadecimal digits: one UTF-16 unit, or -1. */
static int
take_unit(struct scan *scan)
{
	int unit = 0;

	if (scan->end - scan->at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int value = hex_value((char)*scan->at++);

		if (value == -1)
			return -1;
		unit = unit << 4 | value;
	}
	return unit;
}

/* The rest of an escape, behind "\u". */
static enum json_check
scan_unicode_escape(struct scan *scan)
{
	int unit = take_unit(scan);

	if (unit == -1)
		return JSON_CHECK_SYNTAX;
	if (unit == 0)
		scan->nul_seen = true;
	if (unit < 0xd800 || unit > 0xdfff)
		return JSON_CHECK_OK;
	if (unit > 0xdbff || !take(scan, '\\') || !take(scan, 'u'))
		return JSON_CHECK_SURROGATE;
	unit = take_unit(scan);
	if (unit == -1)
		return JSON_CHECK_SYNTAX;
	if (unit < 0xdc00 || unit > 0xdfff)
		return JSON_CHECK_SURROGATE;
	return JSON_CHECK_OK;
}

/* The rest of an escape, behind the backslash. */
static enum json_check
scan_escape(struct scan *scan)
{
	if (take(scan, 'u'))
		return scan_unicode_escape(scan);
	if (scan->at == scan->end)
		return JSON_CHECK_SYNTAX;
	if (memchr("\"\\/bfnrt", *scan->at++, 8) == NULL)
		return JSON_CHECK_SYNTAX;
	return JSON_CHECK_OK;
}

static enum json_check
scan_string(struct scan *scan)
{
	enum json_check rc;

	scan->nul_seen = false;
	if (!take(scan, '"'))
		return JSON_CHECK_SYNTAX;
	while (!take(scan, '"')) {
		if (scan->at == scan->end)
			return JSON_CHECK_SYNTAX;
		if (*scan->at < 0x20)
			return JSON_CHECK_CONTROL;
		if (*scan->at++ != '\\')
			continue;
		rc = scan_escape(scan);
		if (rc != JSON_CHECK_OK)
			return rc;
	}
	return JSON_CHECK_OK;
}

static enum json_check
scan_number(struct scan *scan)
{
	take(scan, '-');
	if (!take(scan, '0') && !take_digits(scan))
		return JSON_CHECK_SYNTAX;
	if (take(scan, '.') && !take_digits(scan))
		return JSON_CHECK_SYNTAX;
	if (take(scan, 'e') || take(scan, 'E')) {
		if (!take(scan, '+'))
			take(scan, '-');
		if (!take_digits(scan))
			return JSON_CHECK_SYNTAX;
	}
	return JSON_CHECK_OK;
}

static enum json_check
scan_literal(struct scan *scan, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(scan->end - scan->at) < len)
		return JSON_CHECK_SYNTAX;
	if (memcmp(scan->at, word, len) != 0)
		return JSON_CHECK_SYNTAX;
	scan->at += len;
	return JSON_CHECK_OK;
}

/* A member's name and its colon. */
static enum json_check
scan_name(struct scan *scan)
{
	enum json_check rc;

	skip_space(scan);
	rc = scan_string(scan);
	if (rc != JSON_CHECK_OK)
		return rc;
	if (scan->nul_seen)
		return JSON_CHECK_NAME;
	skip_space(scan);
	return take(scan, ':') ? JSON_CHECK_OK : JSON_CHECK_SYNTAX;
}

/* The rest of a container, from behind its opening bracket to the closing one.
 */
static enum json_check
scan_members(struct scan *scan, bool named, uint8_t closing)
{
	enum json_check rc;

	skip_space(scan);
	if (take(scan, closing))
		return JSON_CHECK_OK;
	do {
		rc = named ? scan_name(scan) : JSON_CHECK_OK;
		if (rc == JSON_CHECK_OK)
			rc = scan_value(scan);
		if (rc != JSON_CHECK_OK)
			return rc;
	} while (take(scan, ','));
	return take(scan, closing) ? JSON_CHECK_OK : JSON_CHECK_SYNTAX;
}

static enum json_check
scan_container(struct scan *scan)
{
	bool named = *scan->at++ == '{';
	enum json_check rc;

	if (scan->depth == JSON_DEPTH_MAX)
		return JSON_CHECK_DEPTH;
	scan->depth++;
	rc = scan_members(scan, named, named ? '}' : ']');
	scan->depth--;
	return rc;
}

static enum json_check
scan_bare_value(struct scan *scan)
{
	if (scan->at == scan->end)
		return JSON_CHECK_SYNTAX;
	switch (*scan->at) {
	case '{':
	case '[':
		return scan_container(scan);
	case '"':
		return scan_string(scan);
	case 't':
		return scan_literal(scan, "true");
	case 'f':
		return scan_literal(scan, "false");
	case 'n':
		return scan_literal(scan, "null");
	}
	return scan_number(scan);
}

/* A value and the white space on both sides of it. */
static enum json_check
scan_value(struct scan *scan)
{
	enum json_check rc;

	skip_space(scan);
	rc = scan_bare_value(scan);
	skip_space(scan);
	return rc;
}

enum json_check
json_check(const uint8_t *buf, size_t len)
{
	struct scan scan = { .at = buf, .end = buf + len };
	enum json_check rc;

	if (!utf8_check(buf, len, NULL))
		return JSON_CHECK_UTF8;
	if (len >= 3 && memcmp(buf, "\xef\xbb\xbf", 3) == 0)
		return JSON_CHECK_UTF8;
	for (size_t i = 0; i < len; i++) {
		if (buf[i] < 0x20 && !is_space(buf[i]))
			return JSON_CHECK_CONTROL;
	}
	rc = scan_value(&scan);
	if (rc == JSON_CHECK_OK && scan.at != scan.end)
		return JSON_CHECK_SYNTAX;
	return rc;
}
