/* SPDX-License-Identifier: MIT */
/*
 * One run, seen from the responder: its deadline lies a second behind the
 * guest's, so that it only counts when the guest has failed.
 */
#include "responder/run.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"

/* The responder's deadline behind the guest's: microseconds. */
#define DEADLINE_MARGIN_US (1000 * 1000)
#define SEND_PATIENCE_US (5 * 1000 * 1000)
#define OUTBOX_BYTES (FRAME_HEADER_LEN + FRAME_JOB_MAX)
#define INBOX_BYTES (2 * (FRAME_HEADER_LEN + FRAME_PAYLOAD_MAX))
/* A sandbox may die between READY and the job; then one more is tried. */
#define LEASES_PER_RUN 2

enum step { STEP_ON, STEP_VERDICT, STEP_TIMEOUT, STEP_BROKEN, STEP_GONE };

int
run_init(struct run *run, struct link *link, uint32_t output_limit_bytes,
    uint64_t memory_limit_bytes)
{
	memset(run, 0, sizeof(*run));
	run->link = link;
	run->output_limit_bytes = output_limit_bytes;
	run->memory_limit_bytes = memory_limit_bytes;
	run->outbox = malloc(OUTBOX_BYTES);
	run->inbox = malloc(INBOX_BYTES);
	run->stdout_data = malloc(output_limit_bytes);
	run->stderr_data = malloc(output_limit_bytes);
	if (run->outbox == NULL || run->inbox == NULL ||
	    run->stdout_data == NULL || run->stderr_data == NULL)
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
	memset(run, 0, sizeof(*run));
}

static void
clear_result(struct run *run, const struct request *request)
{
	struct result *result = &run->result;

	memset(result, 0, sizeof(*result));
	result->stdout_data = run->stdout_data;
	result->stderr_data = run->stderr_data;
	result->wall_limit_ms = request->wall_limit_ms;
	result->memory_limit_bytes = run->memory_limit_bytes;
	result->verdict.kind = VERDICT_SANDBOX_FAILED;
	run->inbox_len = 0;
	run->started = false;
}

static int
send_job(struct run *run, const struct request *request, int sandbox_fd)
{
	struct job job = { .wall_limit_ms = request->wall_limit_ms,
		.stdout_limit_bytes = run->output_limit_bytes,
		.stderr_limit_bytes = run->output_limit_bytes,
		.code = request->code,
		.code_len = (uint32_t)request->code_len,
		.stdin_data = request->stdin_data,
		.stdin_len = (uint32_t)request->stdin_len };
	uint8_t *at = run->outbox;
	size_t len = FRAME_JOB_HEADER_LEN + request->code_len +
		     request->stdin_len;

	frame_encode_header(at, FRAME_JOB, (uint32_t)len);
	frame_encode_job_header(at + FRAME_HEADER_LEN, &job);
	at += FRAME_HEADER_LEN + FRAME_JOB_HEADER_LEN;
	memcpy(at, request->code, request->code_len);
	if (request->stdin_len > 0)
		memcpy(at + request->code_len, request->stdin_data,
		    request->stdin_len);
	return io_write_all(sandbox_fd, run->outbox, FRAME_HEADER_LEN + len,
	    io_now_us() + SEND_PATIENCE_US);
}

/* The guest keeps to the limits; should it not, we do. */
static void
append(const struct run *run, const uint8_t *payload, uint32_t len,
    uint8_t *out, size_t *out_len)
{
	size_t room = run->output_limit_bytes - *out_len;

	if (len > room)
		len = (uint32_t)room;
	memcpy(out + *out_len, payload, len);
	*out_len += len;
}

static enum step
take_frame(
    struct run *run, const struct frame_header *header, const uint8_t *payload)
{
	struct result *result = &run->result;

	switch (header->kind) {
	case FRAME_STARTED:
		run->started = true;
		return STEP_ON;
	case FRAME_STDOUT:
		append(run, payload, header->len, run->stdout_data,
		    &result->stdout_len);
		return STEP_ON;
	case FRAME_STDERR:
		append(run, payload, header->len, run->stderr_data,
		    &result->stderr_len);
		return STEP_ON;
	case FRAME_VERDICT:
		if (frame_decode_verdict(
			payload, header->len, &result->verdict) == FRAME_OK)
			return STEP_VERDICT;
		return STEP_BROKEN;
	case FRAME_READY:
	case FRAME_SETUP_ERROR:
	case FRAME_JOB:
		return STEP_BROKEN;
	}
	return STEP_BROKEN;
}

static enum step
take_frames(struct run *run)
{
	struct frame_header header;
	enum frame_status status;
	enum step step = STEP_ON;
	size_t used = 0;
	size_t left;

	while (step == STEP_ON) {
		left = run->inbox_len - used;
		status = frame_decode_header(
		    run->inbox + used, left, FRAME_PAYLOAD_MAX, &header);
		if (status == FRAME_TOO_BIG || status == FRAME_BAD)
			return STEP_BROKEN;
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

static enum step
read_frames(struct run *run, int sandbox_fd)
{
	ssize_t n;

	/* A whole frame always fits, so there is room. */
	n = read(sandbox_fd, run->inbox + run->inbox_len,
	    INBOX_BYTES - run->inbox_len);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return STEP_ON;
	if (n <= 0)
		return STEP_BROKEN;
	run->inbox_len += (size_t)n;
	return take_frames(run);
}

static enum step
converse_step(
    struct run *run, int sandbox_fd, int client_fd, uint64_t deadline_us)
{
	struct pollfd fds[] = {
		{ .fd = sandbox_fd, .events = POLLIN },
		{ .fd = client_fd, .events = POLLRDHUP },
		{ .fd = run->link->lost ? -1 : run->link->fd,
		    .events = POLLIN },
	};
	int n = poll(fds, 3, io_left_ms(deadline_us));

	if (n == 0)
		return STEP_TIMEOUT;
	if (n == -1)
		return errno == EINTR ? STEP_ON : STEP_BROKEN;
	if (fds[1].revents != 0)
		return STEP_GONE;
	/* The run goes on without a supervisor: its own alarm ends it. */
	if (fds[2].revents != 0)
		link_on_idle_message(run->link);
	return fds[0].revents != 0 ? read_frames(run, sandbox_fd) : STEP_ON;
}

static enum step
converse(struct run *run, const struct request *request, int sandbox_fd,
    int client_fd)
{
	uint64_t deadline_us = io_now_us() +
			       (uint64_t)request->wall_limit_ms * 1000 +
			       DEADLINE_MARGIN_US;
	enum step step = STEP_ON;

	if (send_job(run, request, sandbox_fd) == -1)
		return STEP_BROKEN;
	while (step == STEP_ON)
		step = converse_step(run, sandbox_fd, client_fd, deadline_us);
	if (step == STEP_TIMEOUT)
		run->result.verdict.kind = VERDICT_TIMED_OUT;
	return step;
}

static enum run_outcome
refuse(const struct lease_reply *reply, struct refusal *refusal)
{
	switch ((enum lease_refusal)reply->reason) {
	case LEASE_QUEUE_FULL:
		(void)refusal_set(refusal, 503,
		    "All sandboxes are busy and the queue is full: try again "
		    "in a few seconds");
		break;
	case LEASE_QUEUE_TIMEOUT:
		(void)refusal_set(refusal, 503,
		    "No sandbox became free in time: try again in a few "
		    "seconds");
		break;
	case LEASE_NO_SANDBOX:
		(void)refusal_set(refusal, 503,
		    "No sandbox can be started just now: try again later");
		break;
	case LEASE_STOPPING:
	case LEASE_CANCELLED:
		(void)refusal_set(
		    refusal, 503, "The service is stopping: try again later");
		break;
	}
	refusal->retry_after_s = reply->retry_after_s;
	return RUN_REFUSED;
}

/* One lease. True if another should be tried: the job never got through. */
static bool
try_once(struct run *run, const struct request *request,
    const uint8_t client[16], int client_fd, struct refusal *refusal,
    enum run_outcome *outcome)
{
	struct lease_reply reply = { .reason = LEASE_STOPPING,
		.retry_after_s = 1 };
	int sandbox_fd = -1;
	enum step step;

	clear_result(run, request);
	switch (link_acquire(run->link, client, request->wall_limit_ms,
	    client_fd, &reply, &sandbox_fd)) {
	case LINK_GRANTED:
		break;
	case LINK_CLIENT_GONE:
		*outcome = RUN_CLIENT_GONE;
		return false;
	case LINK_REFUSED:
	case LINK_LOST:
		*outcome = refuse(&reply, refusal);
		return false;
	}
	run->queue_us += reply.queue_us;
	step = converse(run, request, sandbox_fd, client_fd);
	link_release(run->link, reply.lease_id,
	    step == STEP_VERDICT ? run->result.verdict.kind : 0);
	fd_close(&sandbox_fd);
	*outcome = step == STEP_GONE ? RUN_CLIENT_GONE : RUN_DONE;
	return step == STEP_BROKEN && !run->started;
}

enum run_outcome
run_execute(struct run *run, const struct request *request,
    const uint8_t client[16], int client_fd, struct refusal *refusal)
{
	enum run_outcome outcome = RUN_DONE;
	int lease;

	run->queue_us = 0;
	for (lease = 0; lease < LEASES_PER_RUN; lease++) {
		if (!try_once(
			run, request, client, client_fd, refusal, &outcome))
			break;
	}
	return outcome;
}
