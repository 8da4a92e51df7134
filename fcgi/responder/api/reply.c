/* SPDX-License-Identifier: MIT */
/* Owns the bodies of answers, and the sentences on how a run can end. */
#include "responder/api/reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
reply_set(struct reply *reply, int http_status, struct json_out *out)
{
	*reply = (struct reply){ .http_status = http_status };
	reply->body = json_out_finish(out, &reply->body_len);
	return reply->body == NULL ? -1 : 0;
}

int
reply_set_sentence(struct reply *reply, int http_status, const char *member,
    const char *sentence)
{
	struct json_out out = json_out_object();

	json_add_string(&out, NULL, member, sentence);
	return reply_set(reply, http_status, &out);
}

int
reply_set_text(struct reply *reply, int http_status, char *text, int len)
{
	*reply = (struct reply){ .http_status = http_status };
	if (len == -1)
		return -1;
	reply->body = text;
	reply->body_len = (size_t)len;
	return 0;
}

void
reply_finish(struct reply *reply)
{
	free(reply->body);
	memset(reply, 0, sizeof(*reply));
}

void
reply_describe_end(
    const struct result *result, char sentence[SENTENCE_BYTES_MAX])
{
	const struct verdict *verdict = &result->verdict;
	const size_t size = SENTENCE_BYTES_MAX;
	const char *subject = result->is_compiler ? "Compiler" : "Program";

	sentence[0] = '\0';
	switch (verdict->kind) {
	case VERDICT_EXITED:
		snprintf(sentence, size, "%s exited with status %u", subject,
		    (unsigned)verdict->status);
		break;
	case VERDICT_SIGNALED:
		snprintf(sentence, size, "%s killed by signal %s", subject,
		    signal_name(verdict->status));
		break;
	case VERDICT_TIMED_OUT:
		snprintf(sentence, size, "%s timed out after %g second%s",
		    result->is_compiler ? "Compilation" : "Execution",
		    result->wall_limit_ms / 1000.0,
		    result->wall_limit_ms == 1000 ? "" : "s");
		break;
	case VERDICT_OUT_OF_MEMORY:
		snprintf(sentence, size, "Memory limit exceeded (%llu MB)",
		    (unsigned long long)(result->memory_limit_bytes >> 20));
		break;
	case VERDICT_SANDBOX_FAILED:
		snprintf(sentence, size,
		    "The sandbox ended without a result: "
		    "the program may have run in part");
		break;
	}
}
