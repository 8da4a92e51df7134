/* SPDX-License-Identifier: MIT */
/* Files from a folder, as frames, to what a responder makes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

#include "common/io.h"
#include "guest/run/pump.h"
#include "responder/run/run.h"

static char home[] = "/tmp/test_return_files.XXXXXX";
static struct link link_unused;
static struct run run;
static uint8_t buffer[FRAME_HEADER_LEN + FRAME_PAYLOAD_MAX];
static const struct job job = { .wall_limit_ms = 5000 };

static int
begin(void **state)
{
	(void)state;
	strcpy(home + sizeof(home) - 7, "XXXXXX");
	if (mkdtemp(home) == NULL || chdir(home) == -1)
		return -1;
	if (run_init(&run, &link_unused, 1) == -1)
		return -1;
	run.started = true;
	run.result.files = &run.returned;
	return 0;
}

static int
end(void **state)
{
	static const char *const names[] = { "a", "b", "c", "frames" };
	size_t i;

	(void)state;
	run_finish(&run);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		(void)unlink(names[i]);
	return chdir("/") | rmdir(home);
}

/* So many bytes that tell their places apart. */
static void
put(const char *name, size_t len)
{
	uint8_t *data = malloc(len + 1);
	int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	size_t i;

	assert_non_null(data);
	for (i = 0; i < len; i++)
		data[i] = (uint8_t)(i * 31 + i / 251);
	assert_int_equal(io_write_all(fd, data, len, IO_FOREVER), 0);
	fd_close(&fd);
	free(data);
}

/* What the host gets, as the pieces of any stream. */
static void
gather(int fd)
{
	ssize_t n;

	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	while (
	    (n = read(fd, run.inbox + run.inbox_len, FRAME_PAYLOAD_MAX)) > 0) {
		run.inbox_len += (size_t)n;
		assert_int_equal(gather_frames(&run), RUN_STEP_ON);
	}
	assert_int_equal(run.inbox_len, 0);
	assert_int_equal(run.returned.missing, 0);
}

/* The verdict's word on what is left out. */
static uint32_t
send_all(uint64_t deadline_us)
{
	struct child child;
	struct pump pump = {
		.job = &job, .child = &child, .deadline_us = deadline_us
	};

	child_init(&child);
	/* A file without a name, else it would be one of them. */
	pump.host_fd = open("frames", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_not_equal(pump.host_fd, -1);
	assert_int_equal(unlink("frames"), 0);
	assert_int_equal(return_files(&pump, buffer), 0);
	gather(pump.host_fd);
	fd_close(&pump.host_fd);
	return pump.verdict.truncated;
}

static void
assert_file(size_t index, const char *name, size_t len)
{
	const struct returned_file *file = &run.returned.files[index];
	size_t i;

	assert_string_equal(file->path, name);
	assert_int_equal(file->len, len);
	for (i = 0; i < len; i++) {
		if (run.returned.data[file->at + i] !=
		    (uint8_t)(i * 31 + i / 251))
			fail_msg("%s: byte %zu is another", name, i);
	}
}

static void
files_of_one_frame_and_of_many(void **state)
{
	(void)state;
	put("a", 0);
	put("b", 3 * FRAME_PAYLOAD_MAX + 1);
	put("c", FRAME_PAYLOAD_MAX - 9); /* with its head one whole frame */
	assert_int_equal(send_all(io_now_us() + 5000000), 0);
	assert_int_equal(run.returned.count, 3);
	assert_file(0, "a", 0);
	assert_file(1, "b", 3 * FRAME_PAYLOAD_MAX + 1);
	assert_file(2, "c", FRAME_PAYLOAD_MAX - 9);
}

static void
what_has_no_room_is_left_out_whole(void **state)
{
	(void)state;
	put("a", 1);
	put("b", RETURN_BYTES_MAX);
	put("c", RETURN_BYTES_MAX - 1);
	assert_int_equal(
	    send_all(io_now_us() + 5000000), VERDICT_TRUNCATED_FILES);
	assert_int_equal(run.returned.count, 2);
	assert_file(0, "a", 1);
	assert_file(1, "c", RETURN_BYTES_MAX - 1);
}

static void
no_time_is_left(void **state)
{
	(void)state;
	put("a", 1);
	assert_int_equal(send_all(0), VERDICT_TRUNCATED_FILES);
	assert_int_equal(run.returned.count, 0);
}

/* Of a run whose host is gone. */
static struct pump
pump_without_host(struct child *child)
{
	child_init(child);
	return (struct pump){ .job = &job,
		.child = child,
		.host_fd = -1,
		.deadline_us = io_now_us() + 5000000 };
}

static void
a_host_that_is_gone(void **state)
{
	struct child child;
	struct pump pump = pump_without_host(&child);

	(void)state;
	assert_int_equal(return_files(&pump, buffer), 0); /* nothing to send */
	put("a", 1);
	assert_int_equal(return_files(&pump, buffer), -1);
}

static void
a_forked_run_without_a_directory(void **state)
{
	struct child child;
	struct pump pump = pump_without_host(&child);

	(void)state;
	child.report_fd = 0; /* it is the gate's */
	put("a", 1);
	assert_int_equal(return_files(&pump, buffer), 0);
	assert_int_equal(pump.verdict.truncated, VERDICT_TRUNCATED_FILES);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(files_of_one_frame_and_of_many),
		TEST(what_has_no_room_is_left_out_whole),
		TEST(no_time_is_left),
		TEST(a_host_that_is_gone),
		TEST(a_forked_run_without_a_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
