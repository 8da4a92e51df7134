/* SPDX-License-Identifier: MIT */
/* Takes a guest's frames apart, however hostile they are. */
#include "responder/gather.h"

#include <string.h>

/* The guest keeps to the limits; should it not, we do. */
static enum run_step
append(const struct run *run, enum events_stream stream, const uint8_t *payload,
    uint32_t len, uint8_t *out, size_t *out_len)
{
	size_t room = run->output_limit_bytes - *out_len;

	if (len > room)
		len = (uint32_t)room;
	memcpy(out + *out_len, payload, len);
	*out_len += len;
	if (run->watcher != NULL &&
	    events_note(&run->watcher->events, stream, len) == -1)
		return RUN_STEP_BROKEN;
	return RUN_STEP_ON;
}

/* Only who was asked returns files. */
static enum run_step
take_file(struct run *run, const uint8_t *payload, uint32_t len)
{
	if (run->result.files == NULL ||
	    returned_take(&run->returned, payload, len) == -1)
		return RUN_STEP_BROKEN;
	return RUN_STEP_ON;
}

static enum run_step
take_verdict(struct run *run, const uint8_t *payload, uint32_t len)
{
	struct verdict verdict;

	if (frame_decode_verdict(payload, len, &verdict) != FRAME_OK)
		return RUN_STEP_BROKEN;
	if (run->result.files == NULL &&
	    (verdict.truncated & VERDICT_TRUNCATED_FILES) != 0)
		return RUN_STEP_BROKEN;
	run->result.verdict = verdict;
	return RUN_STEP_VERDICT;
}

static enum run_step
take_frame(
    struct run *run, const struct frame_header *header, const uint8_t *payload)
{
	struct result *result = &run->result;

	/* Before it has the job a guest has nothing to say of it. */
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
		return append(run, EVENTS_STDOUT, payload, header->len,
		    run->stdout_data, &result->stdout_len);
	case FRAME_STDERR:
		return append(run, EVENTS_STDERR, payload, header->len,
		    run->stderr_data, &result->stderr_len);
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
