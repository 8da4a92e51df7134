/* SPDX-License-Identifier: MIT */
/*
 * Owns what an answer looks like: which member says what, and the sentences.
 * What a program wrote becomes valid UTF-8 before json-c sees it, because
 * json-c writes whatever bytes it is given.
 */
#include "responder/api/run/body.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "responder/json/member.h"
#include "responder/json/text.h"
#include "responder/json/write.h"

static int
add_sentence(struct json_object *object, const struct result *result)
{
	char sentence[SENTENCE_BYTES_MAX];

	reply_describe_end(result, sentence);
	return json_member_add_string(object, "error", sentence);
}

/* Members error and stderr: a traceback is the error, a sentence else. */
static int
add_complaint(struct json_object *object, const struct result *result,
    const struct text *stderr_text)
{
	const struct verdict *verdict = &result->verdict;
	bool failed = !verdict_is_success(verdict);

	if (failed && verdict->kind == VERDICT_EXITED && stderr_text->len > 0)
		return json_member_add_text(object, "error", stderr_text);
	if (failed && add_sentence(object, result) == -1)
		return -1;
	if (stderr_text->len > 0)
		return json_member_add_text(object, "stderr", stderr_text);
	return 0;
}

static int
add_end(struct json_object *object, const struct verdict *verdict)
{
	if (verdict->kind == VERDICT_EXITED && verdict->status != 0)
		return json_member_add_number(
		    object, "exit_code", verdict->status);
	if (verdict->kind == VERDICT_SIGNALED)
		return json_member_add_string(
		    object, "signal", reply_signal_name(verdict->status));
	return 0;
}

static int
add_truncated(struct json_object *object, uint32_t truncated)
{
	struct json_object *parts;

	if (truncated == 0)
		return 0;
	parts = json_object_new_array();
	if (json_member_add(object, "truncated", parts) == -1)
		return -1;
	if ((truncated & VERDICT_TRUNCATED_STDOUT) != 0 &&
	    json_array_add_string(parts, "stdout") == -1)
		return -1;
	if ((truncated & VERDICT_TRUNCATED_STDERR) != 0 &&
	    json_array_add_string(parts, "stderr") == -1)
		return -1;
	if ((truncated & VERDICT_TRUNCATED_FILES) != 0 &&
	    json_array_add_string(parts, "files") == -1)
		return -1;
	return 0;
}

/* The members in the order of the contract. */
static int
add_result(struct json_object *object, const struct result *result,
    const struct text *stdout_text, const struct text *stderr_text)
{
	const struct verdict *verdict = &result->verdict;

	if (verdict_is_success(verdict) || stdout_text->len > 0) {
		if (json_member_add_text(object, "output", stdout_text) == -1)
			return -1;
	}
	if (add_complaint(object, result, stderr_text) == -1)
		return -1;
	if (add_end(object, verdict) == -1 ||
	    add_truncated(object, verdict->truncated) == -1)
		return -1;
	if (result->is_compiler &&
	    json_member_add_string(object, "stage", "compile") == -1)
		return -1;
	return reply_add_files(object, result->files);
}

int
reply_set(struct reply *reply, int http_status, struct json_object *object)
{
	reply->http_status = http_status;
	reply->body = json_text_line(object, &reply->body_len);
	return reply->body == NULL ? -1 : 0;
}

int
reply_format_sentence(int http_status, const char *member, const char *sentence,
    struct reply *reply)
{
	struct json_object *object = json_object_new_object();
	int rc = -1;

	memset(reply, 0, sizeof(*reply));
	if (object == NULL)
		goto out;
	if (json_member_add_string(object, member, sentence) == -1)
		goto out;
	rc = reply_set(reply, http_status, object);
out:
	json_object_put(object);
	if (rc == -1)
		errno = ENOMEM;
	return rc;
}

static int
reply_init_run(struct reply *reply, const struct result *result)
{
	const uint32_t truncated = result->verdict.truncated;
	struct text stdout_text = { NULL, 0 };
	struct text stderr_text = { NULL, 0 };
	struct json_object *object = json_object_new_object();
	int rc = -1;

	if (object == NULL)
		goto out;
	if (text_init(&stdout_text, result->stdout_data, result->stdout_len,
		(truncated & VERDICT_TRUNCATED_STDOUT) != 0) == -1)
		goto out;
	if (text_init(&stderr_text, result->stderr_data, result->stderr_len,
		(truncated & VERDICT_TRUNCATED_STDERR) != 0) == -1)
		goto out;
	if (add_result(object, result, &stdout_text, &stderr_text) == -1)
		goto out;
	rc = reply_set(reply, 200, object);
out:
	text_finish(&stderr_text);
	text_finish(&stdout_text);
	json_object_put(object);
	return rc;
}

int
reply_format_result(const struct result *result, struct reply *reply)
{
	char sentence[SENTENCE_BYTES_MAX];
	int rc;

	if (result->verdict.kind == VERDICT_SANDBOX_FAILED) {
		reply_describe_end(result, sentence);
		return reply_format_sentence(500, "error", sentence, reply);
	}
	memset(reply, 0, sizeof(*reply));
	rc = reply_init_run(reply, result);
	if (rc == -1)
		errno = ENOMEM;
	return rc;
}

/* A complaint that is more than line ends was told as stderr. */
static bool
has_complained(const struct result *result)
{
	size_t i;

	for (i = 0; i < result->stderr_len; i++) {
		if (result->stderr_data[i] != '\n')
			return result->verdict.kind == VERDICT_EXITED;
	}
	return false;
}

static int
reply_init_ending(struct reply *reply, const struct result *result)
{
	const struct verdict *verdict = &result->verdict;
	struct json_object *object = json_object_new_object();
	bool failed = !verdict_is_success(verdict);
	int rc = -1;

	if (object == NULL)
		goto out;
	if (failed && !has_complained(result) &&
	    add_sentence(object, result) == -1)
		goto out;
	if (add_end(object, verdict) == -1 ||
	    add_truncated(object, verdict->truncated) == -1 ||
	    reply_add_files(object, result->files) == -1)
		goto out;
	rc = reply_set(reply, 200, object);
out:
	json_object_put(object);
	return rc;
}

int
reply_format_ending(const struct result *result, struct reply *reply)
{
	memset(reply, 0, sizeof(*reply));
	if (result->is_compiler)
		return reply_init_run(reply, result);
	return reply_init_ending(reply, result);
}

int
reply_format_text(const uint8_t *data, size_t len, struct reply *reply)
{
	struct json_object *object = json_object_new_object();
	struct text text = { NULL, 0 };
	int rc = -1;

	memset(reply, 0, sizeof(*reply));
	if (object == NULL || text_repair(&text, data, len, false) == -1)
		goto out;
	if (json_member_add_text(object, "text", &text) == -1)
		goto out;
	rc = reply_set(reply, 200, object);
out:
	text_finish(&text);
	json_object_put(object);
	return rc;
}

int
reply_format_refusal(const struct refusal *refusal, struct reply *reply)
{
	return reply_format_sentence(
	    refusal->http_status, "error", refusal->message, reply);
}

void
reply_finish(struct reply *reply)
{
	free(reply->body);
	memset(reply, 0, sizeof(*reply));
}
