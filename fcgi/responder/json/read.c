/* SPDX-License-Identifier: MIT */
/*
 * Owns what counts as JSON here: RFC 8259 to the letter, checked by one
 * recursive descent that stores nothing; JSON_DEPTH_MAX bounds the stack. Then
 * its reading: json-c gets only text that json_check has passed.
 */
#include "responder/json/read.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/bytes.h"
#include "common/limits.h"
#include "common/utf8.h"

/* --- the check ------------------------------------------------------------ */

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

/* --- reading ---------------------------------------------------------------
 */

/* json_check has passed it, so that some byte is not white space. */
static bool
is_object(const uint8_t *json)
{
	return json[strspn((const char *)json, " \t\n\r")] == '{';
}

static int
refuse_syntax(const struct json_words *words, struct refusal *refusal)
{
	return refusal_set(
	    refusal, 400, "Body is not valid JSON: send %s", words->example);
}

static int
check_json(const uint8_t *body, size_t body_len, const struct json_words *words,
    struct refusal *refusal)
{
	switch (json_check(body, body_len)) {
	case JSON_CHECK_OK:
		if (is_object(body))
			return 0;
		return refusal_set(
		    refusal, 400, "Body must be %s", words->example);
	case JSON_CHECK_UTF8:
		return refusal_set(refusal, 400,
		    "Body is not UTF-8: send JSON in UTF-8 without a byte "
		    "order mark");
	case JSON_CHECK_CONTROL:
		return refusal_set(refusal, 400,
		    "Control character in the JSON: escape it, a newline as "
		    "\\n, others as \\u0000 to \\u001f");
	case JSON_CHECK_SURROGATE:
		return refusal_set(refusal, 400,
		    "Lone surrogate in the JSON: write \\ud800 to \\udfff "
		    "in pairs only");
	case JSON_CHECK_NAME:
		return refusal_set(refusal, 400,
		    "Unknown member with \\u0000 in its name: %s",
		    words->members);
	case JSON_CHECK_DEPTH:
		return refusal_set(refusal, 400,
		    "JSON nested deeper than %d levels: send %s",
		    JSON_DEPTH_MAX, words->example);
	case JSON_CHECK_SYNTAX:
		break;
	}
	return refuse_syntax(words, refusal);
}

int
json_read_object(const uint8_t *body, size_t body_len,
    const struct json_words *words, struct json_object **object,
    struct refusal *refusal)
{
	struct json_tokener *tokener;
	enum json_tokener_error error;

	if (body_len > BODY_BYTES_MAX) /* json-c counts in int */
		return refusal_set(refusal, 413, "Request body too long");
	if (check_json(body, body_len, words, refusal) == -1)
		return -1;
	/* json-c counts the value in the innermost level as one more. */
	tokener = json_tokener_new_ex(JSON_DEPTH_MAX + 1);
	if (tokener == NULL)
		return refusal_set_no_memory(refusal);
	/* json-c 0.18 in strict mode refuses every byte above 0x7f (its issue
	 * 875). */
	if (json_c_version_num() >> 8 != 18)
		json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	*object = json_tokener_parse_ex(
	    tokener, (const char *)body, (int)body_len);
	error = json_tokener_get_error(tokener);
	json_tokener_free(tokener);
	if (*object != NULL)
		return 0;
	if (error == json_tokener_success)
		return refusal_set_no_memory(refusal);
	return refuse_syntax(words, refusal);
}

/* One byte of a name as JSON has it. A NUL follows. Returns the length. */
static size_t
escape_byte(char out[sizeof("\\u001f")], unsigned char byte)
{
	int len;

	if (byte < 0x20 || byte == 0x7f)
		len = snprintf(out, sizeof("\\u001f"), "\\u%04x", byte);
	else if (byte == '"' || byte == '\\')
		len = snprintf(out, sizeof("\\\\"), "\\%c", byte);
	else
		len = snprintf(out, sizeof("x"), "%c", byte);
	return (size_t)len;
}

/* A name cut short ends at the edge of a character and in three dots. */
void
json_show(char out[JSON_SHOWN_BYTES], const char *name)
{
	const size_t len_max = JSON_SHOWN_BYTES - sizeof("\\u001f...");
	size_t len = 0;

	out[0] = '\0';
	for (; *name != '\0' && len <= len_max; name++)
		len += escape_byte(out + len, (unsigned char)*name);
	if (*name == '\0')
		return;
	while (!utf8_check((const uint8_t *)out, len, NULL))
		len--;
	memcpy(out + len, "...", sizeof("..."));
}

static bool
is_known(const char *name, const char *const *known)
{
	for (; *known != NULL; known++) {
		if (strcmp(name, *known) == 0)
			return true;
	}
	return false;
}

int
json_check_names(struct json_object *object, const char *const *known,
    const char *advice, struct refusal *refusal)
{
	char shown[JSON_SHOWN_BYTES];

	json_object_object_foreach(object, name, value)
	{
		(void)value;
		if (is_known(name, known))
			continue;
		json_show(shown, name);
		return refusal_set(
		    refusal, 400, "Unknown member \"%s\": %s", shown, advice);
	}
	return 0;
}

int
json_take_string(const char *name, struct json_object *value, uint8_t **data,
    size_t *len, struct refusal *refusal)
{
	if (!json_object_is_type(value, json_type_string))
		return refusal_set(
		    refusal, 400, "\"%s\" must be a string", name);
	*len = (size_t)json_object_get_string_len(value);
	*data = malloc(*len + 1);
	if (*data == NULL)
		return refusal_set_no_memory(refusal);
	memcpy(*data, json_object_get_string(value), *len);
	(*data)[*len] = '\0';
	return 0;
}

bool
json_has_nul(struct json_object *string)
{
	return strlen(json_object_get_string(string)) !=
	       (size_t)json_object_get_string_len(string);
}

int
json_read_name(struct json_object *object, const char *name,
    const char **string, struct refusal *refusal)
{
	struct json_object *value;

	*string = NULL;
	if (!json_object_object_get_ex(object, name, &value))
		return 0;
	if (!json_object_is_type(value, json_type_string))
		return refusal_set(
		    refusal, 400, "\"%s\" must be a string", name);
	*string = json_object_get_string(value);
	if (json_has_nul(value))
		return refusal_set(refusal, 400,
		    "\"%s\" must not contain a NUL character", name);
	return 0;
}
