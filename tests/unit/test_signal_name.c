/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "responder/run/result.h"

static void
every_signal_has_a_name(void **state)
{
	(void)state;
	assert_string_equal(signal_name(1), "SIGHUP");
	assert_string_equal(signal_name(9), "SIGKILL");
	assert_string_equal(signal_name(31), "SIGSYS");
	assert_string_equal(signal_name(32), "32");
	assert_string_equal(signal_name(64), "64");
	assert_string_equal(signal_name(0), "unknown");
	assert_string_equal(signal_name(65), "unknown");
	assert_string_equal(signal_name(UINT32_MAX), "unknown");
	for (uint32_t number = 1; number <= 64; number++)
		assert_string_not_equal(signal_name(number), "unknown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_signal_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
