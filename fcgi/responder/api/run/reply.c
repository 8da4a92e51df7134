/* SPDX-License-Identifier: MIT */
/* Owns what an answer of /run looks like: which member says what. */
#include <inttypes.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "responder/api/run/body.h"

/* --- members -------------------------------------------------------------- */

static void
add_sentence(struct json_out *out, const struct result *result)
{
	char sentence[SENTENCE_BYTES_MAX];

	reply_describe_end(result, sentence);
	json_add_string(out, NULL, "error", sentence);
}

/* Members error and stderr: a traceback is the error, a sentence else. */
static void
add_complaint(struct json_out *out, const struct result *result,
    const struct text *stderr_text)
{
	const struct verdict *verdict = &result->verdict;
	bool failed = !verdict_is_success(verdict);
	bool is_told = failed && verdict->kind == VERDICT_EXITED &&
		       stderr_text->len > 0;

	if (failed && !is_told)
		add_sentence(out, result);
	if (stderr_text->len > 0)
		json_add_text(
		    out, NULL, is_told ? "error" : "stderr", stderr_text);
}

static void
add_end(struct json_out *out, const struct verdict *verdict)
{
	if (verdict->kind == VERDICT_EXITED && verdict->status != 0)
		json_add_number(out, NULL, "exit_code", verdict->status);
	if (verdict->kind == VERDICT_SIGNALED)
		json_add_string(
		    out, NULL, "signal", signal_name(verdict->status));
}

static void
add_truncated(struct json_out *out, uint32_t truncated)
{
	struct json_object *parts;

	if (truncated == 0)
		return;
	parts = json_add_array(out, NULL, "truncated");
	if ((truncated & VERDICT_TRUNCATED_STDOUT) != 0)
		json_add_string(out, parts, NULL, "stdout");
	if ((truncated & VERDICT_TRUNCATED_STDERR) != 0)
		json_add_string(out, parts, NULL, "stderr");
	if ((truncated & VERDICT_TRUNCATED_FILES) != 0)
		json_add_string(out, parts, NULL, "files");
}

/* Base64, with the NUL that b64_ntop puts behind it. */
static void
add_content(struct json_out *out, struct json_object *file, const uint8_t *data,
    size_t len)
{
	const size_t size = (len + 2) / 3 * 4 + 1;
	struct text text = { malloc(size), 0 };
	int n = -1;

	if (text.data != NULL)
		n = b64_ntop(data, len, text.data, size);
	if (n == -1)
		out->failed = true;
	else
		text.len = (size_t)n;
	json_add_text(out, file, "content", &text);
	text_finish(&text);
}

/* Adds each file as a request has it, so that it can be sent back. NULL: the
 * request asked for none. */
static void
add_files(struct json_out *out, const struct returned *returned)
{
	struct json_object *files;
	struct json_object *object;
	size_t i;

	if (returned == NULL)
		return;
	files = json_add_array(out, NULL, "files");
	for (i = 0; i < returned->count; i++) {
		const struct returned_file *file = &returned->files[i];

		object = json_add_object(out, files, NULL);
		json_add_string(out, object, "name", file->path);
		add_content(out, object, returned->data + file->at, file->len);
		json_add_string(out, object, "encoding", "base64");
	}
}

/* --- answers -------------------------------------------------------------- */

/* The members in the order of the contract. */
static int
format_members(const struct result *result, struct reply *reply)
{
	const struct verdict *verdict = &result->verdict;
	struct json_out out = json_out_object();
	struct text stdout_text;
	struct text stderr_text;

	text_init(&out, &stdout_text, result->stdout_data, result->stdout_len,
	    (verdict->truncated & VERDICT_TRUNCATED_STDOUT) != 0);
	text_init(&out, &stderr_text, result->stderr_data, result->stderr_len,
	    (verdict->truncated & VERDICT_TRUNCATED_STDERR) != 0);
	if (verdict_is_success(verdict) || stdout_text.len > 0)
		json_add_text(&out, NULL, "output", &stdout_text);
	add_complaint(&out, result, &stderr_text);
	add_end(&out, verdict);
	add_truncated(&out, verdict->truncated);
	if (result->is_compiler)
		json_add_string(&out, NULL, "stage", "compile");
	add_files(&out, result->files);
	text_finish(&stderr_text);
	text_finish(&stdout_text);
	return reply_set(reply, 200, &out);
}

int
reply_format_result(const struct result *result, struct reply *reply)
{
	char sentence[SENTENCE_BYTES_MAX];

	if (result->verdict.kind != VERDICT_SANDBOX_FAILED)
		return format_members(result, reply);
	reply_describe_end(result, sentence);
	return reply_set_sentence(reply, 500, "error", sentence);
}

/* --- events --------------------------------------------------------------- */

/* Was the complaint told as stderr? It was if it is more than line ends. */
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

int
reply_format_ending(const struct result *result, struct reply *reply)
{
	const struct verdict *verdict = &result->verdict;
	struct json_out out;

	if (result->is_compiler)
		return format_members(result, reply);
	out = json_out_object();
	if (!verdict_is_success(verdict) && !has_complained(result))
		add_sentence(&out, result);
	add_end(&out, verdict);
	add_truncated(&out, verdict->truncated);
	add_files(&out, result->files);
	return reply_set(reply, 200, &out);
}

int
reply_format_event(const struct order_piece *piece, struct reply *reply)
{
	struct json_out out = json_out_object();
	struct reply data;
	char *text = NULL;
	int len;

	json_add_bytes(&out, NULL, "text", piece->data, piece->len, false);
	if (reply_set(&data, 200, &out) == -1)
		return -1;
	len = asprintf(&text, "event: %s\ndata: %s\n",
	    piece->stream == ORDER_STDOUT ? "stdout" : "stderr", data.body);
	reply_finish(&data);
	return reply_set_text(reply, 200, text, len);
}

int
reply_format_last_events(const struct result *result, uint64_t queue_us,
    uint64_t run_us, struct reply *reply)
{
	struct reply data;
	char *text = NULL;
	int len;

	if (reply_format_ending(result, &data) == -1)
		return -1;
	len = asprintf(&text,
	    "event: timing\ndata: {\"queue_ms\":%" PRIu64 ".%03" PRIu64
	    ",\"run_ms\":%" PRIu64 ".%03" PRIu64 "}\n\n"
	    "event: result\ndata: %s\n",
	    queue_us / 1000, queue_us % 1000, run_us / 1000, run_us % 1000,
	    data.body);
	reply_finish(&data);
	return reply_set_text(reply, 200, text, len);
}

static int
format_result(
    const struct run *run, const struct request *request, struct reply *reply)
{
	(void)request;
	return reply_format_result(&run->result, reply);
}

const struct dialect dialect_run = {
	.has_live = true,
	.wrong_type = "Content-Type must be application/json",
	.not_found = "Not found: send programs to /run",
	.refusal = "error",
	.words = { RUN_EXAMPLE, RUN_MEMBERS },
	.read_members = run_read_members,
	.format_result = format_result,
};
