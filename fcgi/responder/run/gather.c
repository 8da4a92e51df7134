/* SPDX-License-Identifier: MIT */
/* Takes a guest's frames apart, however hostile they are. */
#include "responder/run/gather.h"

#include <string.h>

struct result *
gather_result(struct run *run)
{
	return run->is_compiling ? &run->compiler : &run->result;
}

/* Keeps to the limit of output, also if the guest does not. */
static enum run_step
append(struct run *run, enum order_stream stream, const uint8_t *payload,
    uint32_t len)
{
	struct result *result = gather_result(run);
	size_t *out_len = stream == ORDER_STDOUT ? &result->stdout_len
						 : &result->stderr_len;
	size_t room = run->output_limit_bytes - *out_len;
	struct run_watcher *watcher = run->watcher;

	if (len > room)
		len = (uint32_t)room;
	memcpy(run->output[run->is_compiling][stream] + *out_len, payload, len);
	*out_len += len;
	if (watcher != NULL &&
	    order_note(run->is_compiling ? &watcher->compiler : &watcher->order,
		stream, len) == -1)
		return RUN_STEP_BROKEN;
	return RUN_STEP_ON;
}

/* A guest returns files only if it was asked. */
static enum run_step
take_file(struct run *run, const uint8_t *payload, uint32_t len)
{
	if (run->result.files == NULL ||
	    returned_take(&run->returned, payload, len) == -1)
		return RUN_STEP_BROKEN;
	return RUN_STEP_ON;
}

/* Files can be missing only where some were asked for. */
static bool
decode_verdict(const struct run *run, const uint8_t *payload, uint32_t len,
    struct verdict *verdict)
{
	return frame_decode_verdict(payload, len, verdict) == FRAME_OK &&
	       (run->result.files != NULL ||
		   (verdict->truncated & VERDICT_TRUNCATED_FILES) == 0);
}

/* The guest says this once, if there is a compiler. The program runs after a
 * success. */
static enum run_step
take_compiled(struct run *run, const uint8_t *payload, uint32_t len)
{
	struct verdict *verdict = &run->compiler.verdict;

	if (!run->is_compiling || run->compiler_ended ||
	    !decode_verdict(run, payload, len, verdict))
		return RUN_STEP_BROKEN;
	run->compiler_ended = true;
	run->is_compiling = !verdict_is_success(verdict);
	return RUN_STEP_ON;
}

/* After a compiler that has failed, the verdict says nothing new. */
static enum run_step
take_verdict(struct run *run, const uint8_t *payload, uint32_t len)
{
	struct verdict verdict;

	if ((run->is_compiling && !run->compiler_ended) ||
	    !decode_verdict(run, payload, len, &verdict))
		return RUN_STEP_BROKEN;
	if (!run->is_compiling)
		run->result.verdict = verdict;
	return RUN_STEP_VERDICT;
}

static enum run_step
take_frame(
    struct run *run, const struct frame_header *header, const uint8_t *payload)
{
	/* A guest has nothing to say of a job before it has it. */
	if (!run->started && header->kind != FRAME_STARTED)
		return RUN_STEP_BROKEN;
	/* Nothing comes between the pieces of a file. */
	if (run->returned.missing > 0 && header->kind != FRAME_FILE)
		return RUN_STEP_BROKEN;
	switch (header->kind) {
	case FRAME_STARTED:
		run->started = true;
		return RUN_STEP_ON;
	case FRAME_STDOUT:
		return append(run, ORDER_STDOUT, payload, header->len);
	case FRAME_STDERR:
		return append(run, ORDER_STDERR, payload, header->len);
	case FRAME_COMPILED:
		return take_compiled(run, payload, header->len);
	case FRAME_VERDICT:
		return take_verdict(run, payload, header->len);
	case FRAME_FILE:
		return take_file(run, payload, header->len);
	case FRAME_READY:
	case FRAME_SETUP_ERROR:
	case FRAME_JOB:
	case FRAME_RUN:
		return RUN_STEP_BROKEN;
	}
	return RUN_STEP_BROKEN;
}

enum run_step
gather_frames(struct run *run)
{
	struct frame_header header;
	enum frame_status status;
	enum run_step step = RUN_STEP_ON;
	size_t used = 0;
	size_t left;

	while (step == RUN_STEP_ON) {
		left = run->inbox_len - used;
		status = frame_decode_header(
		    run->inbox + used, left, FRAME_PAYLOAD_MAX, &header);
		if (status == FRAME_TOO_BIG || status == FRAME_BAD)
			return RUN_STEP_BROKEN;
		if (status == FRAME_INCOMPLETE ||
		    left - FRAME_HEADER_LEN < header.len)
			break;
		step = take_frame(
		    run, &header, run->inbox + used + FRAME_HEADER_LEN);
		used += FRAME_HEADER_LEN + header.len;
	}
	memmove(run->inbox, run->inbox + used, run->inbox_len - used);
	run->inbox_len -= used;
	return step;
}
