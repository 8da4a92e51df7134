/* SPDX-License-Identifier: MIT */
/*
 * Owns what a body may ask for: JSON in, a request or a refusal out. json-c
 * is given only what json_check has passed.
 */
#include "responder/request.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "responder/json_check.h"

#define MEMBERS_KNOWN "use code, stdin and timeout"
#define OBJECT_EXAMPLE "an object such as {\"code\": \"print(1)\"}"

#define NOT_JSON "Body is not valid JSON: send " OBJECT_EXAMPLE

/* What is shown of a name that we do not know: bytes with the NUL. */
#define NAME_SHOWN_BYTES 64

static int
refuse_for_memory(struct refusal *refusal)
{
	refusal_set(refusal, 503, "Out of memory: try again in a second");
	refusal->retry_after_s = 1;
	return -1;
}

/* Of what json_check passed: some byte of it is not white space. */
static bool
is_object(const uint8_t *json)
{
	return json[strspn((const char *)json, " \t\n\r")] == '{';
}

static int
check_json(const uint8_t *body, size_t body_len, struct refusal *refusal)
{
	switch (json_check(body, body_len)) {
	case JSON_CHECK_OK:
		if (is_object(body))
			return 0;
		return refusal_set(
		    refusal, 400, "Body must be " OBJECT_EXAMPLE);
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
		    "Unknown member with \\u0000 in its name: " MEMBERS_KNOWN);
	case JSON_CHECK_DEPTH:
		return refusal_set(refusal, 400,
		    "JSON nested deeper than %d levels: send " OBJECT_EXAMPLE,
		    JSON_DEPTH_MAX);
	case JSON_CHECK_SYNTAX:
		break;
	}
	return refusal_set(refusal, 400, NOT_JSON);
}

/* json-c 0.18 in strict mode refuses every byte above 0x7f (its issue 875). */
static int
tokener_flags(void)
{
	bool is_0_18 = json_c_version_num() >> 8 == 18;

	return is_0_18 ? 0 : JSON_TOKENER_STRICT;
}

/* What check_json passed -> *object, for json_object_put by the caller. */
static int
parse_object(const uint8_t *body, size_t body_len, struct json_object **object,
    struct refusal *refusal)
{
	/* json-c counts the value in the innermost level as one more. */
	struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH_MAX + 1);
	enum json_tokener_error error;

	if (tokener == NULL)
		return refuse_for_memory(refusal);
	json_tokener_set_flags(tokener, tokener_flags());
	*object = json_tokener_parse_ex(
	    tokener, (const char *)body, (int)body_len);
	error = json_tokener_get_error(tokener);
	json_tokener_free(tokener);
	if (*object != NULL)
		return 0;
	if (error == json_tokener_success)
		return refuse_for_memory(refusal);
	return refusal_set(refusal, 400, NOT_JSON);
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
static void
escape_name(char out[NAME_SHOWN_BYTES], const char *name)
{
	const size_t len_max = NAME_SHOWN_BYTES - sizeof("\\u001f...");
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

static int
check_names(struct json_object *object, struct refusal *refusal)
{
	struct json_object_iterator it = json_object_iter_begin(object);
	struct json_object_iterator end = json_object_iter_end(object);
	char shown[NAME_SHOWN_BYTES];

	for (; !json_object_iter_equal(&it, &end); json_object_iter_next(&it)) {
		const char *name = json_object_iter_peek_name(&it);

		if (strcmp(name, "code") == 0 || strcmp(name, "stdin") == 0 ||
		    strcmp(name, "timeout") == 0)
			continue;
		escape_name(shown, name);
		return refusal_set(refusal, 400,
		    "Unknown member \"%s\": " MEMBERS_KNOWN, shown);
	}
	return 0;
}

/* A copy with a NUL behind it, which is not counted. */
static int
copy_string(const char *name, struct json_object *value, uint8_t **data,
    size_t *len, struct refusal *refusal)
{
	if (!json_object_is_type(value, json_type_string))
		return refusal_set(
		    refusal, 400, "\"%s\" must be a string", name);
	*len = (size_t)json_object_get_string_len(value);
	*data = malloc(*len + 1);
	if (*data == NULL)
		return refuse_for_memory(refusal);
	memcpy(*data, json_object_get_string(value), *len);
	(*data)[*len] = '\0';
	return 0;
}

static int
read_code(struct json_object *object, const struct request_limits *limits,
    struct request *request, struct refusal *refusal)
{
	struct json_object *value;
	size_t code_points;

	if (!json_object_object_get_ex(object, "code", &value))
		return refusal_set(refusal, 400,
		    "Member \"code\" missing: send " OBJECT_EXAMPLE);
	if (copy_string("code", value, &request->code, &request->code_len,
		refusal) == -1)
		return -1;
	if (request->code_len == 0)
		return refusal_set(refusal, 400, "\"code\" must not be empty");
	if (memchr(request->code, '\0', request->code_len) != NULL)
		return refusal_set(
		    refusal, 400, "\"code\" must not contain a NUL character");
	if (!utf8_check(request->code, request->code_len, &code_points))
		return refusal_set(
		    refusal, 400, "\"code\" must be valid Unicode");
	if (code_points > limits->code_points_max)
		return refusal_set(refusal, 400,
		    "Code too long: %zu characters, the limit is %u",
		    code_points, (unsigned)limits->code_points_max);
	return 0;
}

static int
read_stdin(struct json_object *object, struct request *request,
    struct refusal *refusal)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, "stdin", &value))
		return 0;
	return copy_string(
	    "stdin", value, &request->stdin_data, &request->stdin_len, refusal);
}

static int
read_timeout(struct json_object *object, const struct request_limits *limits,
    struct request *request, struct refusal *refusal)
{
	const double min_s = WALL_MS_MIN / 1000.0;
	const double max_s = limits->wall_max_ms / 1000.0;
	struct json_object *value;
	double timeout_s;

	request->wall_limit_ms = limits->wall_default_ms;
	if (!json_object_object_get_ex(object, "timeout", &value))
		return 0;
	if (!json_object_is_type(value, json_type_int) &&
	    !json_object_is_type(value, json_type_double))
		return refusal_set(
		    refusal, 400, "\"timeout\" must be a number of seconds");
	timeout_s = json_object_get_double(value);
	/* Written so that NaN is out of range too. */
	if (!(timeout_s >= min_s && timeout_s <= max_s))
		return refusal_set(refusal, 400,
		    "timeout must be between %g and %g seconds", min_s, max_s);
	request->wall_limit_ms = (uint32_t)(timeout_s * 1000 + 0.5);
	return 0;
}

int
request_parse_body(const uint8_t *body, size_t body_len,
    const struct request_limits *limits, struct request *request,
    struct refusal *refusal)
{
	struct json_object *object = NULL;
	int rc = -1;

	request_init(request);
	if (body_len > BODY_BYTES_MAX) /* json-c counts in int */
		return refusal_set(refusal, 413, "Request body too long");
	if (check_json(body, body_len, refusal) == -1)
		return -1;
	if (parse_object(body, body_len, &object, refusal) == -1)
		goto out;
	if (check_names(object, refusal) == -1)
		goto out;
	if (read_code(object, limits, request, refusal) == -1)
		goto out;
	if (read_stdin(object, request, refusal) == -1)
		goto out;
	rc = read_timeout(object, limits, request, refusal);
out:
	if (rc == -1)
		request_finish(request);
	json_object_put(object);
	return rc;
}

void
request_init(struct request *request)
{
	memset(request, 0, sizeof(*request));
}

void
request_finish(struct request *request)
{
	free(request->code);
	free(request->stdin_data);
	request_init(request);
}
