/* SPDX-License-Identifier: MIT */
/* The sentences of the contract, on each way in which a run can end. */
#include <stdio.h>

#include "responder/api/run/body.h"

void
reply_describe_end(
    const struct result *result, char sentence[SENTENCE_BYTES_MAX])
{
	const struct verdict *verdict = &result->verdict;
	const size_t size = SENTENCE_BYTES_MAX;

	const char *who = result->is_compiler ? "Compiler" : "Program";

	sentence[0] = '\0';
	switch (verdict->kind) {
	case VERDICT_EXITED:
		snprintf(sentence, size, "%s exited with status %u", who,
		    (unsigned)verdict->status);
		break;
	case VERDICT_SIGNALED:
		snprintf(sentence, size, "%s killed by signal %s", who,
		    reply_signal_name(verdict->status));
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
