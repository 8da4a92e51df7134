/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "languages_support.h"

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
		assert_true(language_version_satisfies("3.11.2", holds[i]));
	for (i = 0; i < sizeof(fails) / sizeof(*fails); i++)
		assert_false(language_version_satisfies("3.11.2", fails[i]));
}

static void
below_one_the_second_part_counts(void **state)
{
	(void)state;
	assert_true(language_version_satisfies("0.3.5", "^0.3"));
	assert_false(language_version_satisfies("0.4.0", "^0.3"));
}

static void
versions_have_an_order(void **state)
{
	(void)state;
	assert_true(language_version_compare("3.11.2", "3.9.20") > 0);
	assert_true(language_version_compare("3.11.2", "3.11.10") < 0);
	assert_int_equal(language_version_compare("3.11", "3.11.0"), 0);
}

#define NUMBERS "\t0\t134217728\t5000\t10000\t1"
#define PYTHON "python\t3.11.2\tpy,python3\tmain.py" NUMBERS

/* Adds a copy, which is cut up, in a block of its own for a sanitizer to see.
 * The copy stays for as long as the table does. */
static const char *
add(struct languages *languages, const char *text)
{
	static char *copies[2 * LANGUAGES_MAX];
	static size_t next;
	char **copy = &copies[next++ % (2 * LANGUAGES_MAX)];

	free(*copy);
	*copy = strdup(text);
	assert_non_null(*copy);
	return languages_add(languages, *copy);
}

static void
a_row_has_what_it_says(void **state)
{
	struct languages found = { .count = 0 };
	const struct language *row = &found.rows[1];

	(void)state;
	assert_null(add(&found, PYTHON));
	assert_null(
	    add(&found, "c++\t12.2\t\tmain.cc\t1\t1073741824\t200\t300000\t0"));
	assert_int_equal(found.count, 2);
	assert_string_equal(found.rows[0].aliases[0], "py");
	assert_string_equal(found.rows[0].aliases[1], "python3");
	assert_null(found.rows[0].aliases[2]);
	assert_true(found.rows[0].is_python);
	assert_false(found.rows[0].compiles);
	assert_int_equal(row->index, 1);
	assert_string_equal(row->name, "c++");
	assert_string_equal(row->version, "12.2");
	assert_null(row->aliases[0]);
	assert_string_equal(row->file, "main.cc");
	assert_true(row->compiles);
	assert_false(row->is_python);
	assert_int_equal(row->memory_bytes, 1 << 30);
	assert_int_equal(row->wall_default_ms, 200);
	assert_int_equal(row->wall_max_ms, 300000);
}

static void
a_row_that_is_wrong_is_refused(void **state)
{
	static const char *const wrong[] = { "", "python", PYTHON "\t",
		"python\t3.11.2\tpy\tmain.py\t0\t134217728\t5000\t10000",
		"\t3.11.2\tpy\tmain.py" NUMBERS,
		"py thon\t3.11.2\tpy\tmain.py" NUMBERS,
		"python\t\tpy\tmain.py" NUMBERS,
		"python\tlatest\tpy\tmain.py" NUMBERS,
		"python\t3.11.2\tpy,\tmain.py" NUMBERS,
		"python\t3.11.2\t,py\tmain.py" NUMBERS,
		"python\t3.11.2\tp\001y\tmain.py" NUMBERS,
		"python\t3.11.2\ta,b,c,d,e,f,g,h,i\tmain.py" NUMBERS,
		"python\t3.11.2\tpy\t" NUMBERS,
		"python\t3.11.2\tpy\t../main.py" NUMBERS,
		"python\t3.11.2\tpy\tm.py\t2\t134217728\t5000\t10000\t1",
		"python\t3.11.2\tpy\tm.py\t0\t0\t5000\t10000\t1",
		"python\t3.11.2\tpy\tm.py\t0\t-1\t5000\t10000\t1",
		"python\t3.11.2\tpy\tm.py\t0\t99999999999999999999\t50\t100\t1",
		"python\t3.11.2\tpy\tm.py\t0\t134217728\t5000\t4999\t1",
		"python\t3.11.2\tpy\tm.py\t0\t134217728\t0\t10000\t1",
		"python\t3.11.2\tpy\tm.py\t0\t134217728\t5000\t300001\t1",
		"python\t3.11.2\tpy\tm.py\t0\t134217728\t5000\t10000\t2",
		"python\t3.11.2\tpy\tm.py\t0\t134217728\t5000\t10000\t",
		"a-name-that-is-longer-than-it-may-be\t3\t\tm.py" NUMBERS };
	struct languages found = { .count = 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		if (add(&found, wrong[i]) == NULL)
			fail_msg("taken: %s", wrong[i]);
		assert_int_equal(found.count, 0);
	}
}

static void
there_are_so_many_rows_and_no_more(void **state)
{
	struct languages found = { .count = 0 };
	int i;

	(void)state;
	for (i = 0; i < LANGUAGES_MAX; i++)
		assert_null(add(&found, PYTHON));
	assert_string_equal(add(&found, PYTHON), "there are too many");
	assert_int_equal(found.count, LANGUAGES_MAX);
}

static void
names_and_aliases(void **state)
{
	const struct language *python = &table.rows[ROW_PYTHON];
	const struct language *shell = &table.rows[ROW_SHELL];

	(void)state;
	assert_ptr_equal(language_find(&table, "python", "*"), python);
	assert_ptr_equal(language_find(&table, "py", "3.x"), python);
	assert_ptr_equal(language_find(&table, "python3", NULL), python);
	assert_ptr_equal(language_find(&table, "sh", NULL), shell);
	assert_ptr_equal(language_find(&table, "shell", "0.5"), shell);
	assert_null(language_find(&table, "Python", NULL));
	assert_null(language_find(&table, "", NULL));
	assert_null(language_find(&table, "python", "2"));
	assert_null(language_find(&table, "shell", "3"));
}

static void
of_several_the_newest_or_the_first(void **state)
{
	struct languages found = { .count = 0 };
	const struct language *rows = found.rows;

	(void)state;
	assert_null(add(&found, PYTHON));
	assert_null(add(&found, "python\t3.12.1\t\tmain.py" NUMBERS));
	assert_null(add(&found, "python\t3.9.20\t\tmain.py" NUMBERS));
	assert_ptr_equal(language_find(&found, "python", NULL), &rows[0]);
	assert_ptr_equal(language_find(&found, "python", "*"), &rows[1]);
	assert_ptr_equal(language_find(&found, "python", "<3.12"), &rows[0]);
	assert_ptr_equal(language_find(&found, "python", "~3.9"), &rows[2]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(selectors),
		cmocka_unit_test(below_one_the_second_part_counts),
		cmocka_unit_test(versions_have_an_order),
		cmocka_unit_test(a_row_has_what_it_says),
		cmocka_unit_test(a_row_that_is_wrong_is_refused),
		cmocka_unit_test(there_are_so_many_rows_and_no_more),
		cmocka_unit_test(names_and_aliases),
		cmocka_unit_test(of_several_the_newest_or_the_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
