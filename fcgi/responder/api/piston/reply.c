/* SPDX-License-Identifier: MIT */
/* Owns what an answer of Piston's API looks like. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "responder/api/piston/piston.h"
#include "responder/json/member.h"

/* How it ended, in Piston's words, which are isolate's. */
struct ending {
	const char *status; /* NULL: it went well */
	char message[SENTENCE_BYTES_MAX];
	const char *signal; /* NULL: none */
	int64_t code;       /* -1: none */
};

static void
describe_exit(const struct verdict *verdict, struct ending *ending)
{
	ending->code = verdict->status;
	if (verdict->status == 0)
		return;
	ending->status = "RE";
	(void)snprintf(ending->message, sizeof(ending->message),
	    "Exited with error status %u", (unsigned)verdict->status);
}

/* What there was too much of is told first, as Piston does; but there it is
 * the end of the program, whose output is thrown away. */
static void
describe_truncation(uint32_t truncated, struct ending *ending)
{
	bool of_stdout = (truncated & VERDICT_TRUNCATED_STDOUT) != 0;

	if (truncated == 0)
		return;
	ending->status = of_stdout ? "OL" : "EL";
	(void)snprintf(ending->message, sizeof(ending->message),
	    "%s length exceeded", of_stdout ? "stdout" : "stderr");
}

static bool
is_out_of_cpu(const struct result *result)
{
	return result->cpu_limit_ms > 0 &&
	       result->verdict.cpu_us >= (uint64_t)result->cpu_limit_ms * 1000;
}

static void
describe_end(const struct result *result, struct ending *ending)
{
	const struct verdict *verdict = &result->verdict;
	const size_t size = sizeof(ending->message);

	*ending = (struct ending){ .code = -1 };
	switch (verdict->kind) {
	case VERDICT_EXITED:
		describe_exit(verdict, ending);
		break;
	case VERDICT_SIGNALED:
		ending->status = "SG";
		ending->signal = reply_signal_name(verdict->status);
		(void)snprintf(ending->message, size, "Caught fatal signal %u",
		    (unsigned)verdict->status);
		break;
	case VERDICT_OUT_OF_MEMORY:
		ending->status = "SG";
		ending->signal = "SIGKILL";
		reply_describe_end(result, ending->message);
		break;
	case VERDICT_TIMED_OUT:
		ending->status = "TO";
		ending->signal = "SIGKILL";
		(void)snprintf(ending->message, size, "Time limit exceeded%s",
		    is_out_of_cpu(result) ? "" : " (wall clock)");
		return;
	case VERDICT_SANDBOX_FAILED:
		ending->status = "XX";
		reply_describe_end(result, ending->message);
		return;
	}
	describe_truncation(verdict->truncated, ending);
}

static int
add_string_or_null(
    struct json_object *object, const char *name, const char *value)
{
	if (value == NULL || *value == '\0')
		return json_member_add_null(object, name);
	return json_member_add_string(object, name, value);
}

static int
add_stream(struct json_object *object, const char *name, const uint8_t *data,
    size_t len, bool cut)
{
	struct text text;
	int rc;

	if (text_repair(&text, data, len, cut) == -1)
		return -1;
	rc = json_member_add_text(object, name, &text);
	text_finish(&text);
	return rc;
}

/* Both streams, in the order in which they came. */
static int
add_output(struct json_object *object, const struct result *result,
    const struct events *order)
{
	size_t len = result->stdout_len + result->stderr_len;
	uint8_t *both = malloc(len + 1);
	struct text text = { malloc(len * UTF8_REPAIR_GROWTH + 1), 0 };
	int rc = -1;

	if (both != NULL && text.data != NULL) {
		len = events_join(order, result, both);
		text.len = utf8_repair(both, len,
		    result->verdict.truncated != 0, (uint8_t *)text.data);
		rc = json_member_add_text(object, "output", &text);
	}
	text_finish(&text);
	free(both);
	return rc;
}

static int64_t
rounded_ms(uint64_t us)
{
	return (int64_t)((us + 500) / 1000);
}

static int
add_measures(struct json_object *run, const struct result *result,
    const struct ending *ending)
{
	const struct verdict *verdict = &result->verdict;

	if (json_member_add_number(
		run, "memory", (int64_t)verdict->peak_memory_bytes) == -1 ||
	    add_string_or_null(run, "message", ending->message) == -1 ||
	    add_string_or_null(run, "status", ending->status) == -1)
		return -1;
	if (json_member_add_number(
		run, "cpu_time", rounded_ms(verdict->cpu_us)) == -1)
		return -1;
	return json_member_add_number(
	    run, "wall_time", rounded_ms(verdict->wall_us));
}

/* All ten members, always, in Piston's order. */
static int
add_run(struct json_object *run, const struct result *result,
    const struct events *order)
{
	const uint32_t truncated = result->verdict.truncated;
	struct ending ending;

	describe_end(result, &ending);
	if (add_string_or_null(run, "signal", ending.signal) == -1)
		return -1;
	if (add_stream(run, "stdout", result->stdout_data, result->stdout_len,
		(truncated & VERDICT_TRUNCATED_STDOUT) != 0) == -1 ||
	    add_stream(run, "stderr", result->stderr_data, result->stderr_len,
		(truncated & VERDICT_TRUNCATED_STDERR) != 0) == -1)
		return -1;
	if ((ending.code == -1
		    ? json_member_add_null(run, "code")
		    : json_member_add_number(run, "code", ending.code)) == -1)
		return -1;
	if (add_output(run, result, order) == -1)
		return -1;
	return add_measures(run, result, &ending);
}

/* Takes the object. */
static int
finish(struct json_object *object, int rc, struct reply *reply)
{
	if (rc == 0)
		rc = reply_set(reply, 200, object);
	json_object_put(object);
	if (rc == -1)
		errno = ENOMEM;
	return rc;
}

static int
add_stage(struct json_object *object, const char *name,
    const struct piston_stage *stage)
{
	struct json_object *member;

	if (stage->result == NULL)
		return 0;
	member = json_object_new_object();
	if (json_member_add(object, name, member) == -1)
		return -1;
	return add_run(member, stage->result, stage->order);
}

int
piston_format_result(const struct piston_outcome *outcome, struct reply *reply)
{
	const struct runtime *runtime = outcome->runtime;
	struct json_object *object = json_object_new_object();
	int rc = -1;

	memset(reply, 0, sizeof(*reply));
	if (object == NULL)
		goto out;
	if (add_stage(object, "compile", &outcome->compile) == -1 ||
	    add_stage(object, "run", &outcome->run) == -1)
		goto out;
	if (json_member_add_string(object, "language", runtime->language) == -1)
		goto out;
	rc = json_member_add_string(object, "version", runtime->version);
out:
	return finish(object, rc, reply);
}

static int
add_aliases(struct json_object *object, const struct runtime *runtime)
{
	struct json_object *aliases = json_object_new_array();
	const char *const *alias;

	if (json_member_add(object, "aliases", aliases) == -1)
		return -1;
	for (alias = runtime->aliases; *alias != NULL; alias++) {
		if (json_array_add_string(aliases, *alias) == -1)
			return -1;
	}
	return 0;
}

static int
add_runtime(struct json_object *list, const struct runtime *runtime)
{
	struct json_object *object = json_object_new_object();

	if (json_array_add(list, object) == -1)
		return -1;
	if (json_member_add_string(object, "language", runtime->language) ==
		-1 ||
	    json_member_add_string(object, "version", runtime->version) == -1)
		return -1;
	return add_aliases(object, runtime);
}

int
piston_format_runtimes(const struct runtimes *runtimes, struct reply *reply)
{
	struct json_object *list = json_object_new_array();
	int rc = list == NULL ? -1 : 0;
	size_t i;

	memset(reply, 0, sizeof(*reply));
	for (i = 0; rc == 0 && i < runtimes->count; i++)
		rc = add_runtime(list, &runtimes->rows[i]);
	return finish(list, rc, reply);
}

int
piston_format_refusal(const struct refusal *refusal, struct reply *reply)
{
	return reply_format_sentence(
	    refusal->http_status, "message", refusal->message, reply);
}
