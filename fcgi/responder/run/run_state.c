/* SPDX-License-Identifier: MIT */
/* The buffers that a worker keeps, and a run's state before it begins. */
#include <stdlib.h>
#include <string.h>

#include "responder/run/run.h"

#define OUTBOX_BYTES (FRAME_HEADER_LEN + FRAME_JOB_MAX)

int
run_init(struct run *run, struct link *link, uint32_t output_limit_bytes)
{
	memset(run, 0, sizeof(*run));
	run->link = link;
	run->output_limit_bytes = output_limit_bytes;
	run->outbox = malloc(OUTBOX_BYTES);
	run->inbox = malloc(INBOX_BYTES);
	run->stdout_data = malloc(output_limit_bytes);
	run->stderr_data = malloc(output_limit_bytes);
	/* Takes no memory before there is something to keep. */
	run->compiler_stdout_data = malloc(output_limit_bytes);
	run->compiler_stderr_data = malloc(output_limit_bytes);
	if (run->outbox == NULL || run->inbox == NULL ||
	    run->stdout_data == NULL || run->stderr_data == NULL ||
	    run->compiler_stdout_data == NULL ||
	    run->compiler_stderr_data == NULL)
		return -1;
	return 0;
}

void
run_finish(struct run *run)
{
	free(run->outbox);
	free(run->inbox);
	free(run->stdout_data);
	free(run->stderr_data);
	free(run->compiler_stdout_data);
	free(run->compiler_stderr_data);
	run_forget_files(run);
	memset(run, 0, sizeof(*run));
}

void
run_forget_files(struct run *run)
{
	returned_finish(&run->returned);
}

void
run_begin(struct run *run, const struct request *request)
{
	const struct runtime *runtime = request->runtime;
	struct result result = { .stdout_data = run->stdout_data,
		.stderr_data = run->stderr_data,
		.wall_limit_ms = request->wall_limit_ms,
		.cpu_limit_ms = request->cpu_limit_ms,
		.memory_limit_bytes = request->memory_bytes > 0
					  ? request->memory_bytes
					  : runtime->memory_bytes,
		.verdict = { .kind = VERDICT_SANDBOX_FAILED } };

	run_forget_files(run);
	result.files = request->returns_files ? &run->returned : NULL;
	run->result = run->compiler = result;
	run->compiler.is_compiler = true;
	run->compiler.stdout_data = run->compiler_stdout_data;
	run->compiler.stderr_data = run->compiler_stderr_data;
	run->compiler.cpu_limit_ms = 0;
	if (request->compile_wall_limit_ms > 0)
		run->compiler.wall_limit_ms = request->compile_wall_limit_ms;
	run->inbox_len = 0;
	run->sent = run->started = run->compiler_ended = false;
	run->is_compiling = runtime->compiles;
	if (run->watcher != NULL) {
		events_reset(&run->watcher->events);
		events_reset(&run->watcher->compiler);
	}
}
