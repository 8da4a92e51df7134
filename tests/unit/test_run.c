/* SPDX-License-Identifier: MIT */
/* A run and its leases, with a supervisor whose answers are there already. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/fdpass.h"
#include "common/frame.h"
#include "common/io.h"
#include "responder/run/run.h"

#define QUEUE_US 3000 /* for each lease */

struct bed {
	int supervisor_fd;
	struct link link;
	struct run run;
};

static int
set_up(void **state)
{
	static struct bed bed;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return -1;
	bed.supervisor_fd = pair[0];
	bed.link = (struct link){ .fd = pair[1], .log_fd = -1 };
	*state = &bed;
	return run_init(&bed.run, &bed.link, 1024);
}

static int
tear_down(void **state)
{
	struct bed *bed = *state;

	run_finish(&bed->run);
	close(bed->link.fd);
	close(bed->supervisor_fd);
	return 0;
}

static void
grant(const struct bed *bed, uint64_t lease_id, int sandbox_fd)
{
	const struct lease_reply reply = { .version = LEASE_PROTOCOL_VERSION,
		.kind = LEASE_GRANT,
		.lease_id = lease_id,
		.queue_us = QUEUE_US };

	assert_int_equal(
	    fdpass_send(bed->supervisor_fd, &reply, sizeof(reply), sandbox_fd),
	    0);
}

/* A guest that has taken the job, and said how the program ended. */
static int
answered_connection(int *guest_fd)
{
	const struct verdict verdict = { .kind = VERDICT_EXITED };
	uint8_t bytes[2 * FRAME_HEADER_LEN + FRAME_VERDICT_LEN];
	int pair[2];

	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	frame_encode_header(bytes, FRAME_STARTED, 0);
	frame_encode_header(
	    bytes + FRAME_HEADER_LEN, FRAME_VERDICT, FRAME_VERDICT_LEN);
	frame_encode_verdict(bytes + 2 * FRAME_HEADER_LEN, &verdict);
	assert_int_equal(
	    write(pair[0], bytes, sizeof(bytes)), (ssize_t)sizeof(bytes));
	*guest_fd = pair[0];
	return pair[1];
}

static enum run_outcome
execute(struct bed *bed, struct refusal *refusal)
{
	static uint8_t code[] = "print(1)";
	static const struct link_asker asker;
	static const struct language language;
	const struct request request = { .code = code,
		.code_len = sizeof(code) - 1,
		.language = &language,
		.wall_limit_ms = WALL_MS_MIN };

	return run_execute(&bed->run, &request, &asker, -1, refusal);
}

/* The supervisor was told this next. */
static void
expect(const struct bed *bed, enum lease_request_kind kind, uint64_t lease_id)
{
	struct lease_request request;
	int fd;

	assert_int_equal(
	    fdpass_recv(bed->supervisor_fd, &request, sizeof(request), &fd), 1);
	assert_int_equal(request.kind, kind);
	assert_int_equal(request.lease_id, lease_id);
}

static void
expect_nothing(const struct bed *bed)
{
	struct lease_request request;

	assert_int_equal(
	    recv(bed->supervisor_fd, &request, sizeof(request), MSG_DONTWAIT),
	    -1);
}

/* Its sandbox has died between READY and the grant. */
static void
a_lease_without_a_sandbox_is_followed_by_another(void **state)
{
	struct bed *bed = *state;
	struct refusal refusal;
	int guest_fd;
	int sandbox_fd = answered_connection(&guest_fd);

	grant(bed, 7, -1);
	grant(bed, 8, sandbox_fd);
	close(sandbox_fd);
	assert_int_equal(execute(bed, &refusal), RUN_DONE);
	assert_int_equal(bed->run.result.verdict.kind, VERDICT_EXITED);
	assert_int_equal(bed->run.queue_us, 2 * QUEUE_US);
	expect(bed, LEASE_ACQUIRE, 0);
	expect(bed, LEASE_RELEASE, 7);
	expect(bed, LEASE_ACQUIRE, 0);
	expect(bed, LEASE_RELEASE, 8);
	expect_nothing(bed);
	close(guest_fd);
}

static void
a_second_one_is_the_last(void **state)
{
	struct bed *bed = *state;
	struct refusal refusal;

	grant(bed, 7, -1);
	grant(bed, 8, -1);
	assert_int_equal(execute(bed, &refusal), RUN_REFUSED);
	assert_int_equal(refusal.http_status, 503);
	assert_int_equal(refusal.retry_after_s, 1);
	expect(bed, LEASE_ACQUIRE, 0);
	expect(bed, LEASE_RELEASE, 7);
	expect(bed, LEASE_ACQUIRE, 0);
	expect(bed, LEASE_RELEASE, 8);
	expect_nothing(bed);
}

static void
a_refusal_is_not_asked_about_again(void **state)
{
	struct bed *bed = *state;
	const struct lease_reply reply = { .version = LEASE_PROTOCOL_VERSION,
		.kind = LEASE_REFUSE,
		.reason = LEASE_QUEUE_FULL,
		.retry_after_s = 3 };
	struct refusal refusal;

	assert_int_equal(
	    fdpass_send(bed->supervisor_fd, &reply, sizeof(reply), -1), 0);
	assert_int_equal(execute(bed, &refusal), RUN_REFUSED);
	assert_int_equal(refusal.retry_after_s, 3);
	expect(bed, LEASE_ACQUIRE, 0);
	expect_nothing(bed);
}

#define LARGE (512 * 1024)

/* As a guest that reads the job to its end before it says that it has it. */
static int
take_job(int fd, const struct request *expected)
{
	static uint8_t bytes[FRAME_HEADER_LEN + FRAME_JOB_MAX];
	const uint64_t deadline_us = io_now_us() + 10 * 1000 * 1000;
	uint8_t *payload = bytes + FRAME_HEADER_LEN;
	struct frame_header header;
	struct job job;

	if (io_read_all(fd, bytes, FRAME_HEADER_LEN, deadline_us) == -1 ||
	    frame_decode_header(
		bytes, FRAME_HEADER_LEN, FRAME_JOB_MAX, &header) != FRAME_OK ||
	    io_read_all(fd, payload, header.len, deadline_us) == -1 ||
	    frame_decode_job(payload, header.len, &job) != FRAME_OK)
		return 1;
	frame_encode_header(bytes, FRAME_STARTED, 0);
	return job.code_len == expected->code_len &&
		       job.stdin_len == expected->stdin_len &&
		       memcmp(job.code, expected->code, job.code_len) == 0 &&
		       memcmp(job.stdin_data, expected->stdin_data,
			   job.stdin_len) == 0 &&
		       io_write_all(fd, bytes, FRAME_HEADER_LEN, deadline_us) ==
			   0
		   ? 0
		   : 1;
}

/* The job is sent bit by bit, from where it lies. */
static void
a_job_larger_than_the_socket_arrives_whole(void **state)
{
	static uint8_t code[] = "print(1)";
	static uint8_t stdin_data[LARGE];
	static const struct link_asker asker;
	static const struct language language;
	struct bed *bed = *state;
	const struct request request = { .code = code,
		.code_len = sizeof(code) - 1,
		.stdin_data = stdin_data,
		.stdin_len = LARGE,
		.language = &language,
		.wall_limit_ms = WALL_MS_MIN };
	struct refusal refusal;
	int status = -1;
	int pair[2];
	pid_t pid;
	size_t i;

	for (i = 0; i < LARGE; i++)
		stdin_data[i] = (uint8_t)(i * 31 >> 3);
	assert_int_equal(
	    socketpair(
		AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair),
	    0);
	pid = fork();
	if (pid == 0)
		_exit(take_job(pair[0], &request));
	close(pair[0]);
	grant(bed, 7, pair[1]);
	close(pair[1]);
	/* The guest ends without a verdict. */
	assert_int_equal(
	    run_execute(&bed->run, &request, &asker, -1, &refusal), RUN_DONE);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(bed->run.result.verdict.kind, VERDICT_SANDBOX_FAILED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_lease_without_a_sandbox_is_followed_by_another, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    a_second_one_is_the_last, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_refusal_is_not_asked_about_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_job_larger_than_the_socket_arrives_whole, set_up,
		    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
