/* SPDX-License-Identifier: MIT */
/* Owns the history of what ran: one line a run. libmd digests programs. */
#include "responder/run/run.h"

#include <errno.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "responder/json/write.h"

static const char *
verdict_name(enum verdict_kind kind)
{
	switch (kind) {
	case VERDICT_EXITED:
		return "exited";
	case VERDICT_SIGNALED:
		return "signaled";
	case VERDICT_TIMED_OUT:
		return "timed_out";
	case VERDICT_OUT_OF_MEMORY:
		return "out_of_memory";
	case VERDICT_SANDBOX_FAILED:
		break;
	}
	return "sandbox_failed";
}

/* A guest that was taken over can send any number, and none may wrap. */
static void
add_number(struct json_out *line, const char *name, uint64_t number)
{
	json_add_number(
	    line, NULL, name, number > INT64_MAX ? INT64_MAX : (int64_t)number);
}

static void
add_time(struct json_out *line, const struct timespec *time)
{
	char text[48];
	struct tm tm;
	size_t n;

	(void)gmtime_r(&time->tv_sec, &tm);
	n = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(
	    text + n, sizeof(text) - n, ".%03ldZ", time->tv_nsec / 1000000);
	json_add_string(line, NULL, "time", text);
}

static void
add_code(struct json_out *line, const struct request *request, bool with_code)
{
	char digest[SHA256_DIGEST_STRING_LENGTH];

	(void)SHA256Data(request->code, request->code_len, digest);
	add_number(line, "code_bytes", request->code_len);
	json_add_string(line, NULL, "code_sha256", digest);
	if (with_code)
		json_add_text(line, NULL, "code",
		    &(struct text){ (char *)request->code, request->code_len });
}

static void
add_result(struct json_out *line, const struct result *result)
{
	const struct verdict *verdict = &result->verdict;
	uint64_t output_bytes;

	json_add_string(line, NULL, "verdict",
	    result->abandoned ? "abandoned" : verdict_name(verdict->kind));
	if (verdict->kind == VERDICT_EXITED)
		add_number(line, "exit_code", verdict->status);
	else
		json_add_null(line, NULL, "exit_code");
	if (verdict->kind == VERDICT_SIGNALED)
		json_add_string(
		    line, NULL, "signal", signal_name(verdict->status));
	if (result->is_compiler)
		json_add_string(line, NULL, "stage", "compile");
	json_add_ms(line, NULL, "wall_ms", verdict->wall_us);
	json_add_ms(line, NULL, "cpu_ms", verdict->cpu_us);
	add_number(line, "peak_memory_bytes", verdict->peak_memory_bytes);
	if (__builtin_add_overflow(
		verdict->stdout_bytes, verdict->stderr_bytes, &output_bytes))
		output_bytes = UINT64_MAX;
	add_number(line, "output_bytes", output_bytes);
}

char *
execlog_format(const struct execlog_entry *entry, size_t *len)
{
	struct json_out line = json_out_object();

	add_time(&line, &entry->time);
	json_add_string(&line, NULL, "id", entry->request_id);
	json_add_string(&line, NULL, "trace", entry->trace);
	json_add_string(&line, NULL, "client", entry->client);
	add_code(&line, entry->request, entry->with_code);
	add_result(&line, entry->result);
	json_add_ms(&line, NULL, "queue_ms", entry->queue_us);
	return json_out_finish(&line, len);
}

int
execlog_write(int fd, bool *torn, const struct execlog_entry *entry)
{
	size_t len = 0;
	char *line = execlog_format(entry, &len);
	struct iovec parts[2];
	size_t total;
	ssize_t n;

	if (line == NULL) {
		errno = ENOMEM;
		return -1;
	}
	/* One write, so that lines of several responders never mix. After a
	 * line that a full disk has cut it begins with a newline. */
	parts[0] = (struct iovec){ .iov_base = (char[]){ '\n' },
		.iov_len = *torn ? 1 : 0 };
	parts[1] = (struct iovec){ .iov_base = line, .iov_len = len };
	total = parts[0].iov_len + len;
	n = writev(fd, parts, 2);
	free(line);
	if (n == (ssize_t)total) {
		*torn = false;
		return 0;
	}
	if (n > 0)
		*torn = true;
	if (n >= 0)
		errno = ENOSPC;
	return -1;
}
