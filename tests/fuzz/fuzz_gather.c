/* SPDX-License-Identifier: MIT */
/*
 * Whatever a guest sends, and however it is cut into reads: what is kept
 * stays below the limits, a whole frame always finds room, the pieces do not
 * change the outcome, and an answer can be made of it. Then the same over a
 * real socket through run_execute, with a lease from a supervisor of ours.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/bytes.h"
#include "common/fdpass.h"
#include "responder/api/run/body.h"
#include "responder/json/read.h"
#include "responder/run/run.h"

/* How long the pieces are and how much is kept; then what the guest sends. */
#define HEAD_LEN 4
#define LEASE_ID 7
#define STREAM_MAX (512 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t stream[STREAM_MAX];

/* The head of a file with a name of one letter: this piece is half of it. */
static void
put_head(uint8_t *at, uint8_t name, uint32_t len)
{
	bytes_put_u32(at, 2 * len);
	bytes_put_u32(at + 4, 1);
	at[8] = name;
}

/* A fuzzer does not find frames of 64 KiB: here four bytes stand for one, its
 * kind, its length and the byte to fill it with. */
static size_t
expand(const uint8_t *data, size_t size)
{
	size_t len = 0;

	for (; size >= 4 && STREAM_MAX - len > INBOX_BYTES; data += 4) {
		uint32_t payload = (uint32_t)(data[1] << 8 | data[2]);

		size -= 4;
		/* The largest, and now and then one that is too large. */
		payload += payload == 0xffff ? data[3] % 2 + 1 : 0;
		frame_encode_header(
		    stream + len, (enum frame_kind)data[0], payload);
		len += FRAME_HEADER_LEN;
		if ((data[0] == FRAME_VERDICT || data[0] == FRAME_COMPILED) &&
		    size >= FRAME_VERDICT_LEN)
			memcpy(stream + len, data + 4, FRAME_VERDICT_LEN);
		else
			memset(stream + len, data[3], payload);
		if (data[0] == FRAME_FILE && data[3] > ' ' && payload > 9)
			put_head(stream + len, data[3], payload - 9);
		len += payload;
	}
	return len;
}

/* Has the language a compiler, and does somebody want files? */
struct kind {
	bool compiles;
	bool returns_files;
};

/* The buffers are of exactly their size, for ASan to see. */
static void
start(struct run *run, uint32_t output_limit_bytes, struct kind kind)
{
	const struct language language = { .compiles = kind.compiles };
	const struct request request = { .language = &language,
		.returns_files = kind.returns_files };

	assert(run_init(run, NULL, output_limit_bytes) == 0);
	run_begin(run, &request);
}

static void
assert_kept(const struct run *run, size_t sent)
{
	const struct result *result = &run->result;
	const struct result *compiler = &run->compiler;

	assert(result->stdout_len <= run->output_limit_bytes);
	assert(result->stderr_len <= run->output_limit_bytes);
	assert(compiler->stdout_len <= run->output_limit_bytes);
	assert(compiler->stderr_len <= run->output_limit_bytes);
	/* The outcome of a compiler that has failed stands in both. */
	assert(result->is_compiler ||
	       result->stdout_len + result->stderr_len + compiler->stdout_len +
		       compiler->stderr_len + run->returned.len <=
		   sent);
	assert(run->returned.count <= RETURN_FILES_MAX);
	assert(run->returned.len + run->returned.missing <= RETURN_BYTES_MAX);
	assert(run->returned.count == 0 || result->files != NULL);
}

static void
assert_answer(const struct run *run)
{
	const struct result *result = run->is_compiling ? &run->compiler
							: &run->result;
	struct reply reply;

	/* A success is the program's alone. */
	assert(!result->is_compiler || !verdict_is_success(&result->verdict));
	assert(reply_format_result(result, &reply) == 0);
	assert(
	    json_check((uint8_t *)reply.body, reply.body_len) == JSON_CHECK_OK);
	reply_finish(&reply);
}

/* As the reads of a socket would give it, in pieces of at most so many. */
static enum run_step
feed(struct run *run, const uint8_t *data, size_t size, size_t piece_max)
{
	enum run_step step = RUN_STEP_ON;
	size_t sent = 0;
	size_t n;

	while (step == RUN_STEP_ON && sent < size) {
		n = INBOX_BYTES - run->inbox_len;
		assert(n > 0);
		n = n < piece_max ? n : piece_max;
		n = n < size - sent ? n : size - sent;
		memcpy(run->inbox + run->inbox_len, data + sent, n);
		run->inbox_len += n;
		sent += n;
		step = gather_frames(run);
		assert(step == RUN_STEP_ON || step == RUN_STEP_VERDICT ||
		       step == RUN_STEP_BROKEN);
		assert_kept(run, sent);
		/* Less than a frame is left, so the next one fits. */
		assert(step != RUN_STEP_ON ||
		       run->inbox_len < FRAME_HEADER_LEN + FRAME_PAYLOAD_MAX);
	}
	return step;
}

static void
assert_same(const struct run *a, const struct run *b)
{
	assert(a->started == b->started);
	assert(a->is_compiling == b->is_compiling);
	assert(a->compiler_ended == b->compiler_ended);
	assert(a->compiler.stdout_len == b->compiler.stdout_len);
	assert(memcmp(a->output[true][ORDER_STDOUT],
		   b->output[true][ORDER_STDOUT], a->compiler.stdout_len) == 0);
	assert(a->result.stdout_len == b->result.stdout_len);
	assert(a->result.stderr_len == b->result.stderr_len);
	assert(memcmp(a->output[false][ORDER_STDOUT],
		   b->output[false][ORDER_STDOUT], a->result.stdout_len) == 0);
	assert(memcmp(a->output[false][ORDER_STDERR],
		   b->output[false][ORDER_STDERR], a->result.stderr_len) == 0);
	assert(a->returned.count == b->returned.count);
	assert(a->returned.len == b->returned.len);
	assert(
	    a->returned.len == 0 ||
	    memcmp(a->returned.data, b->returned.data, a->returned.len) == 0);
	assert(a->result.verdict.kind == b->result.verdict.kind);
	assert(a->result.verdict.status == b->result.verdict.status);
}

/* True if the guest said that it has the job. */
static bool
try_gather(const uint8_t *data, size_t size, size_t piece_max,
    uint32_t output_limit_bytes, struct kind kind)
{
	struct run whole;
	struct run pieces;
	enum run_step step;
	bool started;

	start(&whole, output_limit_bytes, kind);
	start(&pieces, output_limit_bytes, kind);
	step = feed(&whole, data, size, SIZE_MAX);
	assert(feed(&pieces, data, size, piece_max) == step);
	assert_same(&whole, &pieces);
	if (step == RUN_STEP_VERDICT)
		assert_answer(&pieces);
	started = whole.started;
	run_finish(&whole);
	run_finish(&pieces);
	return started;
}

/* A lease that is granted before it is asked for: what was sent is waiting. */
static void
grant(int supervisor_fd, int sandbox_fd)
{
	struct lease_reply reply = { .version = LEASE_PROTOCOL_VERSION,
		.kind = LEASE_GRANT,
		.lease_id = LEASE_ID };

	assert(
	    fdpass_send(supervisor_fd, &reply, sizeof(reply), sandbox_fd) == 0);
}

static void
expect_request(int supervisor_fd, enum lease_request_kind kind)
{
	struct lease_request request;
	int fd;

	assert(fdpass_recv(supervisor_fd, &request, sizeof(request), &fd) == 1);
	assert(request.version == LEASE_PROTOCOL_VERSION);
	assert(request.kind == kind && fd == -1);
	assert(kind != LEASE_RELEASE || request.lease_id == LEASE_ID);
	assert(request.verdict <= VERDICT_SANDBOX_FAILED);
}

/* Both streams were told, but for half a character where one was cut. */
static void
assert_told(const struct run *run, struct order *order)
{
	const struct result *result = &run->result;
	struct order_piece piece;
	struct reply event;

	while (order_next(order, result, true, &piece)) {
		assert(reply_format_event(&piece, &event) == 0);
		assert(event.body_len == strlen(event.body));
		assert(strncmp(event.body, "event: std", 10) == 0);
		assert(strcmp(event.body + event.body_len - 4, "\"}\n\n") == 0);
		reply_finish(&event);
	}
	assert(!order->pending);
	assert(result->stdout_len - order->told[ORDER_STDOUT] <= 3);
	assert(result->stderr_len - order->told[ORDER_STDERR] <= 3);
	assert(reply_format_last_events(result, 1, 2, &event) == 0);
	reply_finish(&event);
}

/* Runs a program that the guest answers with these bytes. */
static void
execute(struct run *run, int supervisor_fd, bool started, struct kind kind)
{
	static uint8_t code[] = "print(1)";
	static const struct link_asker asker;
	const struct language language = { .compiles = kind.compiles };
	struct request request = { .code = code,
		.language = &language,
		.code_len = sizeof(code) - 1,
		.wall_limit_ms = WALL_MS_MIN,
		.returns_files = kind.returns_files };
	struct run_watcher watcher = { .has_begun = false };
	struct refusal refusal;
	enum run_outcome outcome;

	run->watcher = &watcher;
	outcome = run_execute(run, &request, &asker, -1, &refusal);
	run->watcher = NULL;
	assert(outcome == (started ? RUN_DONE : RUN_REFUSED));
	assert(run->started == started);
	expect_request(supervisor_fd, LEASE_ACQUIRE);
	if (outcome == RUN_DONE) {
		expect_request(supervisor_fd, LEASE_RELEASE);
		assert_answer(run);
		/* Nothing is told of a compiler. */
		if (!run->result.is_compiler)
			assert_told(run, &watcher.order);
		else
			assert(watcher.order.count == 0);
	} else {
		assert(refusal.http_status == 503);
	}
	run_watcher_finish(&watcher);
}

static void
try_execute(const uint8_t *data, size_t size, uint32_t output_limit_bytes,
    bool started, struct kind kind)
{
	struct link link = { .log_fd = -1 };
	struct run run;
	int lease[2];
	int guest[2];

	assert(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, lease) == 0);
	assert(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, guest) == 0);
	link.fd = lease[0];
	assert(run_init(&run, &link, output_limit_bytes) == 0);
	grant(lease[1], guest[0]);
	close(guest[0]);
	/* Without a word of the guest's it would wait for a second lease. */
	if (!started)
		assert(shutdown(lease[1], SHUT_WR) == 0);
	if (send(guest[1], data, size, MSG_DONTWAIT | MSG_NOSIGNAL) ==
	    (ssize_t)size) {
		assert(shutdown(guest[1], SHUT_WR) == 0);
		execute(&run, lease[1], started, kind);
		assert_kept(&run, size);
	}
	run_finish(&run);
	close(guest[1]);
	close(lease[0]);
	close(lease[1]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t output_limit_bytes;
	size_t piece_max;
	bool expanded;
	struct kind kind;
	bool started;

	if (size < HEAD_LEN)
		return 0;
	piece_max = 1 + (size_t)(data[0] << 4);
	output_limit_bytes = 1 + (uint32_t)(data[1] << (data[2] % 9));
	expanded = data[3] % 2 == 1;
	kind.compiles = data[3] / 2 % 2 == 1;
	kind.returns_files = data[3] / 4 % 2 == 1;
	data += HEAD_LEN;
	size -= HEAD_LEN;
	if (expanded) {
		size = expand(data, size);
		data = stream;
	}
	started = try_gather(data, size, piece_max, output_limit_bytes, kind);
	try_execute(data, size, output_limit_bytes, started, kind);
	return 0;
}
