/* SPDX-License-Identifier: MIT */
/*
 * A body becomes a request within the limits or a refusal that can be sent;
 * and what json_check passes, json-c in strict mode takes to the last byte.
 */
#include <assert.h>
#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/languages_support.h"
#include "common/args_and_files.h"
#include "common/utf8.h"
#include "responder/api/piston/piston.h"
#include "responder/api/run/body.h"
#include "responder/job/request.h"
#include "responder/json/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct request_limits limits = {
	.code_points_max = 50, /* within the reach of a fuzzer */
	.body_bytes_max = BODY_BYTES_DEFAULT,
	.languages = &table,
	.files_bytes_max = 64,
};

static void
assert_request(const struct request *request)
{
	const struct language *language = request->language;
	size_t code_points;

	assert(language == &table.rows[language->index]);
	assert(language->index < table.count);
	assert(request->code_len > 0);
	assert(strlen((char *)request->code) == request->code_len);
	assert(utf8_check(request->code, request->code_len, &code_points));
	assert(code_points <= limits.code_points_max);
	assert(request->wall_limit_ms >= 1);
	assert(request->cpu_limit_ms <= language->wall_max_ms);
	assert(request->memory_bytes <= language->memory_bytes);
	assert(request->files_len <= limits.files_bytes_max);
	assert(extras_are_valid(request->extras.data, request->extras.len));
	/* Nothing stands for main.py, so that another name is said. */
	assert(request->extras.len > 0 ||
	       strcmp(language->file, EXTRAS_SCRIPT) == 0);
	assert(request->wall_limit_ms <= language->wall_max_ms);
	assert(request->compile_wall_limit_ms <=
	       (language->compiles ? language->wall_max_ms : 0));
	if (request->stdin_data != NULL)
		assert(
		    utf8_check(request->stdin_data, request->stdin_len, NULL));
	else
		assert(request->stdin_len == 0);
}

static void
assert_refusal(const struct refusal *refusal, const struct dialect *dialect)
{
	struct reply reply;

	assert(refusal->http_status == 400);
	assert(refusal->message[0] != '\0');
	assert(reply_set_sentence(&reply, refusal->http_status,
		   dialect->refusal, refusal->message) == 0);
	assert(
	    json_check((uint8_t *)reply.body, reply.body_len) == JSON_CHECK_OK);
	reply_finish(&reply);
}

static void
try_body(const struct dialect *dialect, const uint8_t *data, size_t size)
{
	struct request request;
	struct refusal refusal;
	struct body body = { &limits, &request, &refusal, NULL };

	if (request_parse(
		&body, data, size, &dialect->words, dialect->read_members) == 0)
		assert_request(&request);
	else
		assert_refusal(&refusal, dialect);
	request_finish(&request);
}

/* The NUL behind the body is how json-c learns that a lone 12 is complete. */
static void
assert_json_c_agrees(const uint8_t *data, size_t size)
{
	struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH_MAX + 1);
	char *text = calloc(1, size + 1);
	struct json_object *value;

	assert(tokener != NULL && text != NULL);
	memcpy(text, data, size);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	value = json_tokener_parse_ex(tokener, text, (int)size + 1);
	assert(json_tokener_get_error(tokener) == json_tokener_success);
	assert(json_tokener_get_parse_end(tokener) == size);
	json_object_put(value);
	free(text);
	json_tokener_free(tokener);
}

/* A program writes any bytes: the answer must be JSON all the same. */
static void
try_reply(const uint8_t *data, size_t size)
{
	struct result result = { .wall_limit_ms = 5000 };
	struct reply reply;

	result.verdict.kind = VERDICT_EXITED;
	result.verdict.status = size % 2;
	result.verdict.truncated = size / 2 % 4;
	result.stdout_data = data;
	result.stdout_len = size / 2;
	result.stderr_data = data + size / 2;
	result.stderr_len = size - size / 2;
	assert(reply_format_result(&result, &reply) == 0);
	assert(
	    json_check((uint8_t *)reply.body, reply.body_len) == JSON_CHECK_OK);
	reply_finish(&reply);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (json_check(data, size) == JSON_CHECK_OK)
		assert_json_c_agrees(data, size);
	try_body(&dialect_run, data, size);
	try_body(&dialect_piston, data, size);
	try_reply(data, size);
	return 0;
}
