/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "responder/runtime.h"

static void
selectors(void **state)
{
	static const char *const holds[] = { "*", "x", "3", "3.x", "3.*", "v3",
		"3.11", "3.11.x", "3.11.2", "=3.11.2", "^3.10", "^3.11.2",
		"~3.11", "~3.11.1", ">=3.10", ">=3.10.0 <4", "> 3.10", "<=3.11",
		"<3.12", " 3.11 ", ">3.11.1" };
	static const char *const fails[] = { "", " ", "2", "4.x", "3.10",
		"3.11.1", "3.11.22", "^4", "^3.12", "~3.10", "~3.11.3",
		">=3.12", ">3.11", "<3.11", "<3.11.2", ">=3 <3.5", "latest",
		"3.", "3.11.2.1", "3.11rc1", "3||*", "-1", "^", "3..2",
		"99999999999999999999999999", "3,11" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(holds) / sizeof(*holds); i++)
		assert_true(runtime_version_satisfies("3.11.2", holds[i]));
	for (i = 0; i < sizeof(fails) / sizeof(*fails); i++)
		assert_false(runtime_version_satisfies("3.11.2", fails[i]));
}

static void
below_one_the_second_part_counts(void **state)
{
	(void)state;
	assert_true(runtime_version_satisfies("0.3.5", "^0.3"));
	assert_false(runtime_version_satisfies("0.4.0", "^0.3"));
}

static void
names_and_aliases(void **state)
{
	const struct runtime *python = runtime_find("python", "*");

	(void)state;
	assert_non_null(python);
	assert_string_equal(python->language, "python");
	assert_ptr_equal(runtime_find("py", "3.x"), python);
	assert_ptr_equal(runtime_find("python3", NULL), python);
	assert_null(runtime_find("Python", NULL));
	assert_null(runtime_find("", NULL));
	assert_null(runtime_find("python", "2"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(selectors),
		cmocka_unit_test(below_one_the_second_part_counts),
		cmocka_unit_test(names_and_aliases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
