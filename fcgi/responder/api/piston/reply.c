/* SPDX-License-Identifier: MIT */
/* Owns what an answer of Piston's API looks like. */
#include <stdio.h>
#include <stdlib.h>

#include "responder/api/piston/piston.h"
#include "responder/api/serve.h"

/* The end of a program in Piston's words, which are isolate's. */
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

/* A stream that was cut is told before all else, as Piston does. Piston ends
 * the program there and throws its output away; we do neither. */
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
		ending->signal = signal_name(verdict->status);
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

static void
add_string_or_null(struct json_out *out, struct json_object *parent,
    const char *name, const char *value)
{
	if (value == NULL || *value == '\0')
		json_add_null(out, parent, name);
	else
		json_add_string(out, parent, name, value);
}

/* Both streams, in the order in which they came. */
static void
add_output(struct json_out *out, struct json_object *stage,
    const struct result *result, const struct order *order)
{
	uint8_t *both = malloc(result->stdout_len + result->stderr_len + 1);
	size_t len;

	if (both == NULL) {
		out->failed = true;
		return;
	}
	len = order_join(order, result, both);
	json_add_bytes(
	    out, stage, "output", both, len, result->verdict.truncated != 0);
	free(both);
}

static int64_t
rounded_ms(uint64_t us)
{
	return (int64_t)((us + 500) / 1000);
}

/* All ten members, always, in Piston's order. */
static void
add_stage(struct json_out *out, const char *name, const struct result *result,
    const struct order *order)
{
	struct json_object *stage = json_add_object(out, NULL, name);
	const struct verdict *verdict = &result->verdict;
	struct ending ending;

	describe_end(result, &ending);
	add_string_or_null(out, stage, "signal", ending.signal);
	json_add_bytes(out, stage, "stdout", result->stdout_data,
	    result->stdout_len,
	    (verdict->truncated & VERDICT_TRUNCATED_STDOUT) != 0);
	json_add_bytes(out, stage, "stderr", result->stderr_data,
	    result->stderr_len,
	    (verdict->truncated & VERDICT_TRUNCATED_STDERR) != 0);
	if (ending.code == -1)
		json_add_null(out, stage, "code");
	else
		json_add_number(out, stage, "code", ending.code);
	add_output(out, stage, result, order);
	json_add_number(
	    out, stage, "memory", (int64_t)verdict->peak_memory_bytes);
	add_string_or_null(out, stage, "message", ending.message);
	add_string_or_null(out, stage, "status", ending.status);
	json_add_number(out, stage, "cpu_time", rounded_ms(verdict->cpu_us));
	json_add_number(out, stage, "wall_time", rounded_ms(verdict->wall_us));
}

int
piston_format_result(
    const struct run *run, const struct request *request, struct reply *reply)
{
	const struct language *language = request->language;
	const struct run_watcher *watcher = run->watcher;
	struct json_out out = json_out_object();

	if (language->compiles)
		add_stage(&out, "compile", &run->compiler, &watcher->compiler);
	/* A compiler that has failed stands in both places. */
	if (run->is_compiling)
		add_stage(&out, "run", &run->compiler, &watcher->compiler);
	else
		add_stage(&out, "run", &run->result, &watcher->order);
	json_add_string(&out, NULL, "language", language->name);
	json_add_string(&out, NULL, "version", language->version);
	return reply_set(reply, 200, &out);
}

int
piston_list_runtimes(struct service *service, struct answer *answer)
{
	const struct languages *languages = &service->options.languages;
	struct json_out out = json_out_array();
	const struct language *language;
	const char *const *alias;
	struct json_object *object;
	struct json_object *aliases;
	size_t i;

	for (i = 0; i < languages->count; i++) {
		language = &languages->rows[i];
		object = json_add_object(&out, NULL, NULL);
		json_add_string(&out, object, "language", language->name);
		json_add_string(&out, object, "version", language->version);
		aliases = json_add_array(&out, object, "aliases");
		for (alias = language->aliases; *alias != NULL; alias++)
			json_add_string(&out, aliases, NULL, *alias);
	}
	return reply_set(&answer->reply, 200, &out);
}

const struct dialect dialect_piston = {
	.takes_text = true,
	.wrong_type = "requests must be of type application/json",
	.not_found = "Not Found",
	.refusal = "message",
	.words = { "an object such as {\"language\": \"python\", \"version\": "
		   "\"*\", \"files\": [{\"content\": \"print(1)\"}]}",
	    "use language, version, files, stdin and args" },
	.read_members = piston_read_members,
	.format_result = piston_format_result,
};
