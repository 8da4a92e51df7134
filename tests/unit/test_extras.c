/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/args_and_files.h"

#define BYTES(literal) (const uint8_t *)(literal), sizeof(literal) - 1

/* run.py a "" and a file d/x of three bytes, and an empty one. */
static const char sample[] = "\0\0\0\3\0\0\0\6run.py\0\0\0\0\1a\0\0\0\0\0\0"
			     "\0\0\0\2\0\0\0\3d/x\0\0\0\0\3\1\0\2"
			     "\0\0\0\1e\0\0\0\0\0";

/* A block of exactly len bytes: a sanitizer sees one byte too far. */
static bool
is_valid(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len + 1);
	bool valid;

	assert_non_null(copy);
	memcpy(copy + 1, bytes, len);
	valid = extras_are_valid(copy + 1, len);
	free(copy);
	return valid;
}

static void
what_is_there_is_found(void **state)
{
	const char *argv[EXTRAS_ARGS_MAX + 2];
	struct extras_cursor cursor;
	struct extras_file file;

	(void)state;
	assert_true(is_valid(BYTES(sample)));
	assert_int_equal(extras_argv(BYTES(sample), argv), 3);
	assert_string_equal(argv[0], "run.py");
	assert_string_equal(argv[1], "a");
	assert_string_equal(argv[2], "");
	assert_null(argv[3]);
	extras_files(&cursor, BYTES(sample));
	assert_true(extras_next(&cursor, &file));
	assert_string_equal(file.path, "d/x");
	assert_int_equal(file.len, 3);
	assert_memory_equal(file.data, "\1\0\2", 3);
	assert_true(extras_next(&cursor, &file));
	assert_string_equal(file.path, "e");
	assert_int_equal(file.len, 0);
	assert_false(extras_next(&cursor, &file));
}

static void
nothing_is_main_py_alone(void **state)
{
	const char *argv[EXTRAS_ARGS_MAX + 2];
	struct extras_cursor cursor;
	struct extras_file file;

	(void)state;
	assert_true(extras_are_valid(NULL, 0));
	assert_int_equal(extras_argv(NULL, 0, argv), 1);
	assert_string_equal(argv[0], "main.py");
	assert_null(argv[1]);
	extras_files(&cursor, NULL, 0);
	assert_false(extras_next(&cursor, &file));
}

static void
what_is_cut_or_goes_on_is_refused(void **state)
{
	uint8_t longer[sizeof(sample)] = { 0 };
	size_t len;

	(void)state;
	for (len = 1; len < sizeof(sample) - 1; len++)
		assert_false(is_valid((const uint8_t *)sample, len));
	memcpy(longer, sample, sizeof(sample) - 1);
	assert_false(is_valid(longer, sizeof(longer)));
}

static void
lengths_that_lie_are_refused(void **state)
{
	(void)state;
	/* No name; too many; a length that wraps; a NUL within or missing. */
	assert_false(is_valid(BYTES("\0\0\0\0\0\0\0\0")));
	assert_false(is_valid(BYTES("\0\0\0\102\0\0\0\1m\0")));
	assert_false(is_valid(BYTES("\0\0\0\1\377\377\377\377m\0")));
	assert_false(is_valid(BYTES("\0\0\0\1\0\0\0\3a\0b\0\0\0\0\0")));
	assert_false(is_valid(BYTES("\0\0\0\1\0\0\0\1ab\0\0\0\0")));
	assert_false(is_valid(BYTES("\0\0\0\1\0\0\0\1m\0\0\0\0\101")));
	assert_false(is_valid(
	    BYTES("\0\0\0\1\0\0\0\1m\0\0\0\0\1\0\0\0\1f\0\377\377\377\377")));
	/* Neither the program nor a file may be outside. */
	assert_false(is_valid(BYTES("\0\0\0\1\0\0\0\2..\0\0\0\0\0")));
	assert_false(
	    is_valid(BYTES("\0\0\0\1\0\0\0\1m\0\0\0\0\1\0\0\0\2/f\0\0\0\0\0")));
}

static void
paths_stay_below(void **state)
{
	static const char *const safe[] = { "a", "a/b", ".a", "..a", "a..",
		"...", "a/.b/c", "1/2/3/4/5/6/7/8", "a b", "\xff" };
	static const char *const unsafe[] = { "", ".", "..", "/", "/a", "a/",
		"a//b", "./a", "../a", "a/..", "a/../b", "a/.", "a/./b",
		"1/2/3/4/5/6/7/8/9" };
	char name[EXTRAS_PATH_MAX + 2];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(safe) / sizeof(*safe); i++)
		assert_true(extras_path_is_safe(safe[i]));
	for (i = 0; i < sizeof(unsafe) / sizeof(*unsafe); i++)
		assert_false(extras_path_is_safe(unsafe[i]));
	memset(name, 'x', sizeof(name));
	name[EXTRAS_NAME_MAX] = '\0';
	assert_true(extras_path_is_safe(name));
	name[EXTRAS_NAME_MAX] = 'x';
	name[EXTRAS_NAME_MAX + 1] = '\0';
	assert_false(extras_path_is_safe(name));
	for (i = 0; i < sizeof(name); i++)
		name[i] = i % 200 == 199 ? '/' : 'x';
	name[EXTRAS_PATH_MAX] = '\0';
	assert_true(extras_path_is_safe(name));
	name[EXTRAS_PATH_MAX] = 'x';
	name[EXTRAS_PATH_MAX + 1] = '\0';
	assert_false(extras_path_is_safe(name));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_there_is_found),
		cmocka_unit_test(nothing_is_main_py_alone),
		cmocka_unit_test(what_is_cut_or_goes_on_is_refused),
		cmocka_unit_test(lengths_that_lie_are_refused),
		cmocka_unit_test(paths_stay_below),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
