/* SPDX-License-Identifier: MIT */
/* One JSON object a line, whatever the program was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "responder/execlog.h"

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

	(void)state;
	assert_int_not_equal(fd, -1);
	assert_int_equal(execlog_write(fd, &e), -1);
	assert_int_equal(errno, ENOSPC);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_fields),
		cmocka_unit_test(the_code_only_if_asked_for_and_escaped),
		cmocka_unit_test(a_full_disk_loses_the_line_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
