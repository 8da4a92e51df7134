/* SPDX-License-Identifier: MIT */
/*
 * Whatever a verdict says and a program wrote, the answer is JSON with the
 * members of the contract, in its order and no others; whatever a sentence is
 * made of, a refusal is {"error": ...}.
 */
#include <assert.h>
#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "responder/api/run/body.h"
#include "responder/json/read.h"

/* Which verdict, how it is cut, where stderr begins; then the bytes. */
#define HEAD_LEN 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every verdict that a frame can carry. */
static void
make_verdict(const uint8_t *head, struct verdict *verdict)
{
	verdict->kind = VERDICT_EXITED +
			head[0] % (VERDICT_SANDBOX_FAILED - VERDICT_EXITED + 1);
	verdict->status = head[1];
	if (verdict->kind == VERDICT_SIGNALED)
		verdict->status = 1 + head[1] % 64;
	verdict->truncated = head[2] % 8;
	memset(&verdict->wall_us, head[3], sizeof(verdict->wall_us));
	memset(&verdict->stdout_bytes, head[4], sizeof(verdict->stdout_bytes));
	memset(&verdict->stderr_bytes, head[5], sizeof(verdict->stderr_bytes));
}

static struct json_object *
parse(const struct reply *reply)
{
	struct json_object *object;

	assert(reply->body[reply->body_len] == '\0');
	assert(reply->body[reply->body_len - 1] == '\n');
	assert(memchr(reply->body, '\n', reply->body_len) ==
	       reply->body + reply->body_len - 1);
	assert(json_check((uint8_t *)reply->body, reply->body_len) ==
	       JSON_CHECK_OK);
	object = json_tokener_parse(reply->body);
	assert(json_object_is_type(object, json_type_object));
	return object;
}

static void
assert_order(struct json_object *object)
{
	static const char *const names[] = { "output", "error", "stderr",
		"exit_code", "signal", "truncated", "stage", "files" };
	enum { COUNT = sizeof(names) / sizeof(*names) };
	size_t next = 0;

	json_object_object_foreach(object, name, value)
	{
		assert(value != NULL);
		while (next < COUNT && strcmp(names[next], name) != 0)
			next++;
		assert(next < COUNT);
		next++;
	}
}

/* Is there more than newlines in a stream that was not cut? */
static bool
says_something(const uint8_t *data, size_t len)
{
	while (len > 0 && data[len - 1] == '\n')
		len--;
	return len > 0;
}

static bool
has(struct json_object *object, const char *name)
{
	return json_object_object_get_ex(object, name, NULL);
}

/* A text that is there is valid, and has no newline at its end. */
static void
assert_text(struct json_object *object, const char *name, size_t bytes)
{
	struct json_object *value;
	const char *text;
	size_t len;

	if (!json_object_object_get_ex(object, name, &value))
		return;
	assert(json_object_is_type(value, json_type_string));
	text = json_object_get_string(value);
	len = (size_t)json_object_get_string_len(value);
	assert(len <= bytes * UTF8_REPAIR_GROWTH || strcmp(name, "error") == 0);
	assert(utf8_check((const uint8_t *)text, len, NULL));
	assert(len == 0 || text[len - 1] != '\n');
}

/* As many files as there were, each of as many bytes. */
static void
assert_files(struct json_object *object, const struct returned *returned)
{
	struct json_object *files;
	struct json_object *content;
	size_t i;

	assert(has(object, "files") == (returned != NULL));
	if (returned == NULL)
		return;
	files = json_object_object_get(object, "files");
	assert(json_object_array_length(files) == returned->count);
	for (i = 0; i < returned->count; i++) {
		content = json_object_object_get(
		    json_object_array_get_idx(files, i), "content");
		assert((size_t)json_object_get_string_len(content) ==
		       (returned->files[i].len + 2) / 3 * 4);
	}
}

static void
assert_members(struct json_object *object, const struct result *result)
{
	const struct verdict *verdict = &result->verdict;
	bool exited = verdict->kind == VERDICT_EXITED;
	bool succeeded = exited && verdict->status == 0;

	assert_order(object);
	assert(has(object, "error") == !succeeded);
	assert(!succeeded || has(object, "output"));
	if ((verdict->truncated & ~VERDICT_TRUNCATED_FILES) == 0 && !succeeded)
		assert(has(object, "output") ==
		       says_something(result->stdout_data, result->stdout_len));
	assert(has(object, "exit_code") == (exited && !succeeded));
	assert(has(object, "signal") == (verdict->kind == VERDICT_SIGNALED));
	assert(has(object, "stage") == result->is_compiler);
	assert_files(object, result->files);
	assert(has(object, "truncated") == (verdict->truncated != 0));
	assert_text(object, "output", result->stdout_len);
	assert_text(object, "stderr", result->stderr_len);
	assert_text(object, "error", result->stderr_len);
}

static void
try_result(const struct result *result)
{
	struct json_object *object;
	struct reply reply;

	assert(reply_format_result(result, &reply) == 0);
	object = parse(&reply);
	if (result->verdict.kind == VERDICT_SANDBOX_FAILED) {
		assert(reply.http_status == 500);
		assert(json_object_object_length(object) == 1);
		assert(has(object, "error"));
	} else {
		assert(reply.http_status == 200);
		assert_members(object, result);
	}
	json_object_put(object);
	reply_finish(&reply);
}

/* The bytes as files, each of at most so many. */
static void
make_returned(
    const uint8_t *data, size_t size, size_t piece, struct returned *returned)
{
	memset(returned, 0, sizeof(*returned));
	returned->data = malloc(size + 1);
	assert(returned->data != NULL);
	memcpy(returned->data, data, size);
	while (returned->count < RETURN_FILES_MAX && returned->len < size) {
		struct returned_file *file = &returned->files[returned->count];

		file->path[0] = (char)('A' + returned->count++);
		file->at = returned->len;
		file->len = piece < size - file->at ? piece : size - file->at;
		returned->len += file->len;
	}
}

static void
try_refusal(const uint8_t *text, size_t len)
{
	struct json_object *object;
	struct refusal refusal;
	struct reply reply;

	if (len > INT16_MAX || !utf8_check(text, len, NULL))
		return;
	assert(refusal_set(
		   &refusal, 400, "x%.*s", (int)len, (const char *)text) == -1);
	assert(reply_set_sentence(&reply, refusal.http_status,
		   dialect_run.refusal, refusal.message) == 0);
	assert(reply.http_status == 400);
	object = parse(&reply);
	assert(json_object_object_length(object) == 1);
	assert(strcmp(json_object_get_string(
			  json_object_object_get(object, "error")),
		   refusal.message) == 0);
	json_object_put(object);
	reply_finish(&reply);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct result result = { .memory_limit_bytes = 128 << 20 };
	static struct returned returned;
	bool returns_files;
	size_t stdout_len;
	size_t piece;

	if (size < HEAD_LEN)
		return 0;
	returns_files = data[12] % 2 == 1;
	piece = 1 + data[13];
	make_verdict(data, &result.verdict);
	memcpy(&result.wall_limit_ms, data + 6, sizeof(result.wall_limit_ms));
	result.is_compiler = data[12] % 2 == 1;
	stdout_len = (size_t)(data[10] << 8 | data[11]);
	data += HEAD_LEN;
	size -= HEAD_LEN;
	if (stdout_len > size)
		stdout_len = size;
	result.stdout_data = data;
	result.stdout_len = stdout_len;
	result.stderr_data = data + stdout_len;
	result.stderr_len = size - stdout_len;
	if (returns_files) {
		make_returned(data, size, piece, &returned);
		result.files = &returned;
	}
	try_result(&result);
	returned_finish(&returned);
	try_refusal(data, size);
	return 0;
}
