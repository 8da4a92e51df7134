/* SPDX-License-Identifier: MIT */
/* Commands of the configuration, as the guest takes them apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/words.h"

/* In a block of its very length, which is the caller's to free. */
static int
split(const char *text, char **copy, char *words[WORDS_MAX + 1])
{
	*copy = strdup(text);
	assert_non_null(*copy);
	return words_split(*copy, words);
}

static void
commands_are_words(void **state)
{
	char *words[WORDS_MAX + 1];
	char *copy;

	(void)state;
	assert_int_equal(split("python3.11 -m py_compile", &copy, words), 3);
	assert_string_equal(words[0], "python3.11");
	assert_string_equal(words[1], "-m");
	assert_string_equal(words[2], "py_compile");
	assert_null(words[3]);
	free(copy);
	assert_int_equal(split("sh", &copy, words), 1);
	assert_string_equal(words[0], "sh");
	assert_null(words[1]);
	free(copy);
}

static void
nothing_is_no_command(void **state)
{
	char *words[WORDS_MAX + 1];
	char *copy;

	(void)state;
	assert_int_equal(split("", &copy, words), 0);
	assert_null(words[0]);
	free(copy);
}

static void
blanks_that_part_nothing_are_refused(void **state)
{
	static const char *const wrong[] = { " ", " a", "a ", "a  b", "  " };
	char *words[WORDS_MAX + 1];
	char *copy;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		assert_int_equal(split(wrong[i], &copy, words), -1);
		free(copy);
	}
}

static void
so_many_words_and_no_more(void **state)
{
	char text[2 * (WORDS_MAX + 1)];
	char *words[WORDS_MAX + 1];
	char *copy;

	(void)state;
	memset(text, ' ', sizeof(text));
	for (size_t i = 0; i <= WORDS_MAX; i++)
		text[2 * i] = 'w';
	text[2 * WORDS_MAX - 1] = '\0';
	assert_int_equal(split(text, &copy, words), WORDS_MAX);
	assert_null(words[WORDS_MAX]);
	free(copy);
	text[2 * WORDS_MAX - 1] = ' ';
	text[2 * WORDS_MAX + 1] = '\0';
	assert_int_equal(split(text, &copy, words), -1);
	free(copy);
}

static void
python_is_known_by_its_name(void **state)
{
	(void)state;
	assert_true(words_name_python("python3"));
	assert_true(words_name_python("python3.11"));
	assert_true(words_name_python("/usr/bin/python3.11"));
	assert_false(words_name_python("python"));
	assert_false(words_name_python("python2"));
	assert_false(words_name_python("sh"));
	assert_false(words_name_python("/python3/sh"));
	assert_false(words_name_python(""));
	assert_true(words_name_python("/usr/bin/python3 -u"));
	assert_false(words_name_python("env python3"));
	assert_false(words_name_python("node /python3"));
	assert_false(words_name_python("/opt/python3/bin/node"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_are_words),
		cmocka_unit_test(nothing_is_no_command),
		cmocka_unit_test(blanks_that_part_nothing_are_refused),
		cmocka_unit_test(so_many_words_and_no_more),
		cmocka_unit_test(python_is_known_by_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
