/* SPDX-License-Identifier: MIT */
/* One JSON object a line, whatever the program was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "responder/run/run.h"

static uint8_t code[] = "print('a\n\"')";

static struct request request = { .code = code, .code_len = sizeof(code) - 1 };

static struct result result = {
	.verdict = { .kind = VERDICT_EXITED,
	    .status = 3,
	    .wall_us = 1500,
	    .cpu_us = 20,
	    .peak_memory_bytes = 4096,
	    .stdout_bytes = 5,
	    .stderr_bytes = 2 },
};

static struct execlog_entry
entry(bool with_code)
{
	return (
	    struct execlog_entry){ .time = { .tv_sec = 0, .tv_nsec = 7000000 },
		.request_id = "abc",
		.trace = "0123456789abcdef0123456789abcdef",
		.client = "::1",
		.request = &request,
		.result = &result,
		.queue_us = 250000,
		.with_code = with_code };
}

static void
all_fields(void **state)
{
	struct execlog_entry e = entry(false);
	size_t len = 0;
	char *line = execlog_format(&e, &len);

	(void)state;
	assert_non_null(line);
	assert_int_equal(len, strlen(line));
	assert_string_equal(line,
	    "{\"time\":\"1970-01-01T00:00:00.007Z\",\"id\":\"abc\","
	    "\"trace\":\"0123456789abcdef0123456789abcdef\","
	    "\"client\":\"::1\",\"code_bytes\":12,\"code_sha256\":"
	    "\"205070dc6c3e863e1b2f31e3cbc9c2fa60b7a91029e97eaf6bb3d16af4467847"
	    "\",\"verdict\":\"exited\",\"exit_code\":3,\"wall_ms\":1.500,"
	    "\"cpu_ms\":0.020,\"peak_memory_bytes\":4096,\"output_bytes\":7,"
	    "\"queue_ms\":250.000}\n");
	free(line);
}

static void
the_code_only_if_asked_for_and_escaped(void **state)
{
	struct execlog_entry e = entry(true);
	size_t len = 0;
	char *line = execlog_format(&e, &len);

	(void)state;
	assert_non_null(line);
	assert_non_null(strstr(line, "\"code\":\"print('a\\n\\\"')\""));
	assert_ptr_equal(strchr(line, '\n'), line + len - 1);
	free(line);
}

static void
a_full_disk_loses_the_line_only(void **state)
{
	struct execlog_entry e = entry(false);
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	bool torn = false;

	(void)state;
	assert_int_not_equal(fd, -1);
	assert_int_equal(execlog_write(fd, &torn, &e), -1);
	assert_int_equal(errno, ENOSPC);
	assert_false(torn);
	close(fd);
}

static void
a_cut_line_is_ended_by_the_next(void **state)
{
	struct execlog_entry e = entry(false);
	struct rlimit before;
	struct rlimit small;
	char got[2048];
	bool torn = false;
	ssize_t n;
	int fd = memfd_create("log", MFD_CLOEXEC);

	(void)state;
	assert_int_not_equal(fd, -1);
	/* A file that may not grow stands for a disk that cannot. */
	assert_ptr_not_equal(signal(SIGXFSZ, SIG_IGN), SIG_ERR);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 10;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(execlog_write(fd, &torn, &e), -1);
	assert_true(torn);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(execlog_write(fd, &torn, &e), 0);
	assert_false(torn);
	n = pread(fd, got, sizeof(got) - 1, 0);
	assert_true(n > 11);
	got[n] = '\0';
	assert_memory_equal(got, "{\"time\":\"1\n{\"time\":\"19", 20);
	close(fd);
}

static void
forged_numbers_do_not_wrap(void **state)
{
	struct execlog_entry e = entry(false);
	struct verdict honest = result.verdict;
	size_t len = 0;
	char *line;

	(void)state;
	result.verdict.stdout_bytes = UINT64_MAX - 1;
	result.verdict.stderr_bytes = 5;
	result.verdict.peak_memory_bytes = UINT64_MAX;
	line = execlog_format(&e, &len);
	result.verdict = honest;
	assert_non_null(line);
	assert_null(strstr(line, ":-"));
	assert_non_null(strstr(line, "\"output_bytes\":9223372036854775807"));
	assert_non_null(
	    strstr(line, "\"peak_memory_bytes\":9223372036854775807"));
	free(line);
}

static void
an_abandoned_run_is_said_to_be_one(void **state)
{
	struct execlog_entry e = entry(false);
	size_t len = 0;
	char *line;

	(void)state;
	result.abandoned = true;
	line = execlog_format(&e, &len);
	result.abandoned = false;
	assert_non_null(line);
	assert_non_null(strstr(line, "\"verdict\":\"abandoned\""));
	free(line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_fields),
		cmocka_unit_test(the_code_only_if_asked_for_and_escaped),
		cmocka_unit_test(a_full_disk_loses_the_line_only),
		cmocka_unit_test(a_cut_line_is_ended_by_the_next),
		cmocka_unit_test(forged_numbers_do_not_wrap),
		cmocka_unit_test(an_abandoned_run_is_said_to_be_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
