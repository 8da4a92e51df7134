/* SPDX-License-Identifier: MIT */
/* Deadlines, whole reads and writes, descriptors given away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "common/io.h"

static void
time_left_is_rounded_up(void **state)
{
	uint64_t now_us = io_now_us();

	(void)state;
	assert_int_equal(io_left_ms(IO_FOREVER), -1);
	assert_int_equal(io_left_ms(0), 0);
	assert_int_equal(io_left_ms(now_us), 0);
	assert_true(io_left_ms(now_us + 3600ULL * 1000000) > 3599 * 1000);
	assert_true(io_left_ms(IO_FOREVER - 1) > 0);
}

static void
a_descriptor_is_given_away_once(void **state)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int taken;

	(void)state;
	taken = fd_take(&fd);
	assert_int_equal(fd, -1);
	assert_true(taken >= 0);
	errno = EXDEV;
	fd_close(&taken);
	fd_close(&taken);
	assert_int_equal(errno, EXDEV);
	assert_int_equal(taken, -1);
}

static void
a_full_pipe_times_out(void **state)
{
	static const char zeros[1 << 20];
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(
	    io_write_all(ends[1], zeros, sizeof(zeros), io_now_us() + 1000),
	    -1);
	assert_int_equal(errno, ETIMEDOUT);
	close(ends[0]);
	close(ends[1]);
}

static void
an_early_end_is_an_error(void **state)
{
	char got[4];
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(io_write_all(ends[1], "abcdef", 6, IO_FOREVER), 0);
	assert_int_equal(io_read_all(ends[0], got, 4, IO_FOREVER), 0);
	assert_memory_equal(got, "abcd", 4);
	close(ends[1]);
	assert_int_equal(io_read_all(ends[0], got, 4, IO_FOREVER), -1);
	assert_int_equal(errno, EPIPE);
	close(ends[0]);
}

static void
nothing_to_read_times_out(void **state)
{
	char got[1];
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(io_read_all(ends[0], got, 1, io_now_us() + 1000), -1);
	assert_int_equal(errno, ETIMEDOUT);
	close(ends[0]);
	close(ends[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_left_is_rounded_up),
		cmocka_unit_test(a_descriptor_is_given_away_once),
		cmocka_unit_test(a_full_pipe_times_out),
		cmocka_unit_test(an_early_end_is_an_error),
		cmocka_unit_test(nothing_to_read_times_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
