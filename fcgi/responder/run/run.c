/* SPDX-License-Identifier: MIT */
/*
 * Owns one run as the responder sees it. Its deadline comes a second after the
 * guest's, so that it only counts when the guest has failed.
 */
#include "responder/run/run.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"

/* From the guest's deadline to the responder's: microseconds. */
#define DEADLINE_MARGIN_US (1000 * 1000)
#define SEND_PATIENCE_US (5 * 1000 * 1000)
/* A sandbox may die between READY and the job; then one more is tried. */
#define LEASES_PER_RUN 2

int
run_init(struct run *run, struct link *link, uint32_t output_limit_bytes)
{
	size_t i;

	memset(run, 0, sizeof(*run));
	run->link = link;
	run->output_limit_bytes = output_limit_bytes;
	run->inbox = malloc(INBOX_BYTES);
	if (run->inbox == NULL)
		return -1;
	/* They take no memory before there is something to keep. */
	for (i = 0; i < 2 * ORDER_STREAMS; i++) {
		run->output[i / 2][i % 2] = malloc(output_limit_bytes);
		if (run->output[i / 2][i % 2] == NULL)
			return -1;
	}
	return 0;
}

void
run_finish(struct run *run)
{
	size_t i;

	for (i = 0; i < 2 * ORDER_STREAMS; i++)
		free(run->output[i / 2][i % 2]);
	free(run->inbox);
	returned_finish(&run->returned);
	memset(run, 0, sizeof(*run));
}

void
run_watcher_finish(struct run_watcher *watcher)
{
	order_finish(&watcher->order);
	order_finish(&watcher->compiler);
}

void
run_begin(struct run *run, const struct request *request)
{
	const struct language *language = request->language;
	struct result result = {
		.stdout_data = run->output[false][ORDER_STDOUT],
		.stderr_data = run->output[false][ORDER_STDERR],
		.wall_limit_ms = request->wall_limit_ms,
		.cpu_limit_ms = request->cpu_limit_ms,
		.memory_limit_bytes = request->memory_bytes > 0
					  ? request->memory_bytes
					  : language->memory_bytes,
		.verdict = { .kind = VERDICT_SANDBOX_FAILED }
	};

	returned_finish(&run->returned);
	result.files = request->returns_files ? &run->returned : NULL;
	run->result = run->compiler = result;
	run->compiler.is_compiler = true;
	run->compiler.stdout_data = run->output[true][ORDER_STDOUT];
	run->compiler.stderr_data = run->output[true][ORDER_STDERR];
	run->compiler.cpu_limit_ms = 0;
	if (request->compile_wall_limit_ms > 0)
		run->compiler.wall_limit_ms = request->compile_wall_limit_ms;
	run->inbox_len = 0;
	run->sent = run->started = run->compiler_ended = false;
	run->is_compiling = language->compiles;
	if (run->watcher != NULL) {
		order_reset(&run->watcher->order);
		order_reset(&run->watcher->compiler);
	}
}

/* --- a guest's frames, however hostile they are ----------------------------
 */

/* The result of the compiler or the program, whichever runs. */
static struct result *
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

/* --- the conversation ------------------------------------------------------
 */

static int
send_job(struct run *run, const struct request *request, int sandbox_fd)
{
	struct job job = { .wall_limit_ms = request->wall_limit_ms,
		.compile_wall_limit_ms = request->compile_wall_limit_ms,
		.cpu_limit_ms = request->cpu_limit_ms,
		.stdout_limit_bytes = run->output_limit_bytes,
		.stderr_limit_bytes = run->output_limit_bytes,
		.flags = (request->is_live ? JOB_UNBUFFERED : 0) |
			 (request->returns_files ? JOB_RETURN_FILES : 0),
		.code_len = (uint32_t)request->code_len,
		.stdin_len = (uint32_t)request->stdin_len,
		.extras_len = (uint32_t)request->extras.len };
	uint8_t head[FRAME_HEADER_LEN + FRAME_JOB_HEADER_LEN];
	const struct iovec parts[] = {
		{ .iov_base = head, .iov_len = sizeof(head) },
		{ .iov_base = request->code, .iov_len = request->code_len },
		{ .iov_base = request->stdin_data,
		    .iov_len = request->stdin_len },
		{ .iov_base = request->extras.data,
		    .iov_len = request->extras.len },
	};

	frame_encode_header(head, FRAME_JOB,
	    (uint32_t)(FRAME_JOB_HEADER_LEN + request->code_len +
		       request->stdin_len + request->extras.len));
	frame_encode_job_header(head + FRAME_HEADER_LEN, &job);
	return io_write_parts(sandbox_fd, parts,
	    sizeof(parts) / sizeof(parts[0]), io_now_us() + SEND_PATIENCE_US);
}

static enum run_step
read_frames(struct run *run, int sandbox_fd)
{
	ssize_t n;

	/* A whole frame always fits, so there is room. */
	n = read(sandbox_fd, run->inbox + run->inbox_len,
	    INBOX_BYTES - run->inbox_len);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return RUN_STEP_ON;
	if (n <= 0)
		return RUN_STEP_BROKEN;
	run->inbox_len += (size_t)n;
	return gather_frames(run);
}

/* Is there anything to tell the client now? */
static bool
has_news(const struct run *run)
{
	return run->watcher != NULL && run->watcher->send != NULL &&
	       run->started &&
	       (!run->watcher->has_begun || run->watcher->order.pending);
}

static enum run_step
converse_step(
    struct run *run, int sandbox_fd, int client_fd, uint64_t deadline_us)
{
	struct pollfd fds[] = {
		{ .fd = sandbox_fd, .events = POLLIN },
		{ .fd = client_fd, .events = POLLRDHUP },
		{ .fd = run->link->lost ? -1 : run->link->fd,
		    .events = POLLIN },
	};
	int left_ms = io_left_ms(deadline_us);
	int n;

	if (has_news(run))
		fds[1].events |= POLLOUT;
	/* The deadline is looked at first: a guest that never stops talking is
	 * late, too. */
	n = left_ms == 0 ? 0 : poll(fds, 3, left_ms);
	if (n == 0)
		return RUN_STEP_TIMEOUT;
	if (n == -1)
		return errno == EINTR ? RUN_STEP_ON : RUN_STEP_BROKEN;
	if ((fds[1].revents & ~POLLOUT) != 0)
		return RUN_STEP_GONE;
	if (fds[1].revents != 0 && run->watcher->send(run->watcher) == -1)
		return RUN_STEP_GONE;
	/* The run goes on without a supervisor: its own alarm ends it. */
	if (fds[2].revents != 0)
		link_on_idle_message(run->link);
	return fds[0].revents != 0 ? read_frames(run, sandbox_fd) : RUN_STEP_ON;
}

/* The guest has not said how it ended: fills in what we know ourselves. */
static void
judge(struct run *run, enum run_step step, uint64_t started_us)
{
	struct result *result = gather_result(run);

	if (step == RUN_STEP_TIMEOUT)
		result->verdict.kind = VERDICT_TIMED_OUT;
	result->abandoned = step == RUN_STEP_GONE;
	if (result->files != NULL) /* the guest might have had more */
		result->verdict.truncated |= VERDICT_TRUNCATED_FILES;
	returned_drop_part(&run->returned);
	result->verdict.wall_us = io_now_us() - started_us;
	result->verdict.stdout_bytes = result->stdout_len;
	result->verdict.stderr_bytes = result->stderr_len;
	if (result->stdout_len == run->output_limit_bytes)
		result->verdict.truncated |= VERDICT_TRUNCATED_STDOUT;
	if (result->stderr_len == run->output_limit_bytes)
		result->verdict.truncated |= VERDICT_TRUNCATED_STDERR;
}

static enum run_step
converse(struct run *run, const struct request *request, int sandbox_fd,
    int client_fd)
{
	uint64_t started_us = io_now_us();
	uint64_t deadline_us = started_us + DEADLINE_MARGIN_US +
			       (uint64_t)request_wall_ms(request) * 1000;
	enum run_step step = RUN_STEP_ON;

	run->sent = true;
	if (send_job(run, request, sandbox_fd) == -1)
		step = RUN_STEP_BROKEN;
	while (step == RUN_STEP_ON)
		step = converse_step(run, sandbox_fd, client_fd, deadline_us);
	if (step != RUN_STEP_VERDICT)
		judge(run, step, started_us);
	if (run->is_compiling)
		run->result = run->compiler;
	return step;
}

static void
release(struct run *run, uint64_t lease_id, enum run_step step)
{
	const struct verdict *verdict = &run->result.verdict;
	struct link_report report = { .outcome = LEASE_NEVER_STARTED };

	if (step == RUN_STEP_VERDICT)
		report.verdict = verdict->kind;
	if (step == RUN_STEP_GONE)
		report.outcome = LEASE_ABANDONED;
	else if (run->started)
		report.outcome = verdict->kind;
	report.truncated = verdict->truncated;
	link_release(run->link, lease_id, &report);
}

/* Tries one lease. False: the job never got through, and another should be
 * tried. */
static bool
try_once(struct run *run, const struct request *request,
    const struct link_asker *asker, int client_fd, struct lease_reply *reply,
    enum run_outcome *outcome)
{
	const struct link_wish wish = { .wall_limit_ms = request_wall_ms(
					    request),
		.language = request->language->index,
		.memory_kib = (uint32_t)(request->memory_bytes / 1024) };
	int sandbox_fd = -1;
	enum run_step step;

	run_begin(run, request);
	*outcome = RUN_REFUSED;
	switch (link_acquire(
	    run->link, asker, &wish, client_fd, reply, &sandbox_fd)) {
	case LINK_GRANTED:
		break;
	case LINK_BROKEN:
		run->queue_us += reply->queue_us;
		return false;
	case LINK_CLIENT_GONE:
		*outcome = RUN_CLIENT_GONE;
		return true;
	case LINK_REFUSED:
	case LINK_LOST:
		return true;
	}
	run->queue_us += reply->queue_us;
	step = converse(run, request, sandbox_fd, client_fd);
	release(run, reply->lease_id, step);
	fd_close(&sandbox_fd);
	if (step == RUN_STEP_GONE)
		*outcome = RUN_CLIENT_GONE;
	else if (run->started)
		*outcome = RUN_DONE;
	return step == RUN_STEP_GONE || run->started;
}

enum run_outcome
run_execute(struct run *run, const struct request *request,
    const struct link_asker *asker, int client_fd, struct refusal *refusal)
{
	enum run_outcome outcome = RUN_REFUSED;
	struct lease_reply reply = { .reason = LEASE_STOPPING,
		.retry_after_s = 1 };
	int lease;

	run->queue_us = 0;
	for (lease = 0; lease < LEASES_PER_RUN; lease++) {
		if (try_once(run, request, asker, client_fd, &reply, &outcome))
			break;
		/* If no sandbox takes the job, nothing has run. */
		reply.reason = LEASE_NO_SANDBOX;
		reply.retry_after_s = 1;
	}
	if (outcome == RUN_REFUSED) {
		(void)refusal_set(refusal, 503, "%s",
		    link_describe_refusal((enum lease_refusal)reply.reason));
		refusal->retry_after_s = reply.retry_after_s;
	}
	return outcome;
}
