/* SPDX-License-Identifier: MIT */
/* Owns the bytes of a request, and what may be a program. */
#include "responder/job/request.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"

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

int
request_parse(struct body *body, const uint8_t *data, size_t len,
    const struct json_words *words, int (*read)(const struct body *body))
{
	int rc;

	request_init(body->request);
	if (json_read_object(data, len, words, &body->object, body->refusal) ==
	    -1)
		return -1;
	rc = read(body);
	if (rc == -1)
		request_finish(body->request);
	json_object_put(body->object);
	return rc;
}

int
request_take_code(
    const struct body *body, const char *name, struct json_object *value)
{
	struct request *request = body->request;
	size_t code_points;

	if (json_take_string(name, value, &request->code, &request->code_len,
		body->refusal) == -1)
		return -1;
	if (memchr(request->code, '\0', request->code_len) != NULL)
		return refusal_set(body->refusal, 400,
		    "\"%s\" must not contain a NUL character", name);
	if (!utf8_check(request->code, request->code_len, &code_points))
		return refusal_set(
		    body->refusal, 400, "\"%s\" must be valid Unicode", name);
	if (code_points > body->limits->code_points_max)
		return refusal_set(body->refusal, 400,
		    "Code too long: %zu characters, the limit is %u",
		    code_points, (unsigned)body->limits->code_points_max);
	return 0;
}
