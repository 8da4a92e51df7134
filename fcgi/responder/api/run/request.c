/* SPDX-License-Identifier: MIT */
/* Owns what a body of /run may ask for: JSON in, a request or a refusal out. */
#include "responder/job/request.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "responder/job/args_and_files.h"
#include "responder/json/read.h"

#define MEMBERS_KNOWN                                                          \
	"use code, stdin, timeout, memory, args, files, return_files, "        \
	"language and version"
#define OBJECT_EXAMPLE "an object such as {\"code\": \"print(1)\"}"

static const char *const members[] = { "code", "stdin", "timeout", "memory",
	"args", "files", "return_files", "language", "version", NULL };

static const struct request_words words = { OBJECT_EXAMPLE, MEMBERS_KNOWN };

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
request_show(char out[REQUEST_SHOWN_BYTES], const char *name)
{
	const size_t len_max = REQUEST_SHOWN_BYTES - sizeof("\\u001f...");
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
request_check_names(struct json_object *object, const char *const *known,
    const char *advice, struct refusal *refusal)
{
	struct json_object_iterator it = json_object_iter_begin(object);
	struct json_object_iterator end = json_object_iter_end(object);
	char shown[REQUEST_SHOWN_BYTES];

	for (; !json_object_iter_equal(&it, &end); json_object_iter_next(&it)) {
		const char *name = json_object_iter_peek_name(&it);

		if (is_known(name, known))
			continue;
		request_show(shown, name);
		return refusal_set(
		    refusal, 400, "Unknown member \"%s\": %s", shown, advice);
	}
	return 0;
}

int
request_take_string(const char *name, struct json_object *value, uint8_t **data,
    size_t *len, struct refusal *refusal)
{
	if (!json_object_is_type(value, json_type_string))
		return refusal_set(
		    refusal, 400, "\"%s\" must be a string", name);
	*len = (size_t)json_object_get_string_len(value);
	*data = malloc(*len + 1);
	if (*data == NULL)
		return request_json_no_memory(refusal);
	memcpy(*data, json_object_get_string(value), *len);
	(*data)[*len] = '\0';
	return 0;
}

int
request_take_code(struct json_object *value, const char *name,
    const struct request_limits *limits, struct request *request,
    struct refusal *refusal)
{
	size_t code_points;

	if (request_take_string(
		name, value, &request->code, &request->code_len, refusal) == -1)
		return -1;
	if (memchr(request->code, '\0', request->code_len) != NULL)
		return refusal_set(refusal, 400,
		    "\"%s\" must not contain a NUL character", name);
	if (!utf8_check(request->code, request->code_len, &code_points))
		return refusal_set(
		    refusal, 400, "\"%s\" must be valid Unicode", name);
	if (code_points > limits->code_points_max)
		return refusal_set(refusal, 400,
		    "Code too long: %zu characters, the limit is %u",
		    code_points, (unsigned)limits->code_points_max);
	return 0;
}

static int
read_code(struct json_object *object, const struct request_limits *limits,
    struct request *request, struct refusal *refusal)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, "code", &value))
		return refusal_set(refusal, 400,
		    "Member \"code\" missing: send " OBJECT_EXAMPLE);
	if (json_object_is_type(value, json_type_string) &&
	    json_object_get_string_len(value) == 0)
		return refusal_set(refusal, 400, "\"code\" must not be empty");
	return request_take_code(value, "code", limits, request, refusal);
}

static int
read_stdin(struct json_object *object, struct request *request,
    struct refusal *refusal)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, "stdin", &value))
		return 0;
	return request_take_string(
	    "stdin", value, &request->stdin_data, &request->stdin_len, refusal);
}

int
request_parse_body(const uint8_t *body, size_t body_len,
    const struct request_limits *limits, struct request *request,
    struct refusal *refusal)
{
	struct json_object *object = NULL;
	int rc = -1;

	request_init(request);
	if (request_json_parse(body, body_len, &words, &object, refusal) == -1)
		return -1;
	if (request_check_names(object, members, MEMBERS_KNOWN, refusal) == -1)
		goto out;
	if (read_code(object, limits, request, refusal) == -1)
		goto out;
	if (read_stdin(object, request, refusal) == -1)
		goto out;
	if (request_read_runtime(object, limits, request, refusal) == -1)
		goto out;
	rc = request_read_extras(object, limits, request, refusal);
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
	free(request->extras.data);
	request_init(request);
}
