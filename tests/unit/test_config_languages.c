/* SPDX-License-Identifier: MIT */
/* The table of languages, in the configuration. */
#include "config_testing.h"

#define SCI "[runtime python-sci]\n"

static void
python_is_always_there_and_first(void **state)
{
	struct config c = load_good("");

	(void)state;
	assert_int_equal(c.language_count, 1);
	assert_string_equal(c.languages[0].name, "python");
	assert_string_equal(c.languages[0].version, "3.11.2");
	assert_string_equal(
	    c.languages[0].aliases, "py,py3,python3,python3.11");
	assert_string_equal(c.languages[0].command, "python3.11");
	assert_string_equal(c.languages[0].file, "main.py");
	assert_string_equal(c.languages[0].compile, "");
	assert_string_equal(
	    c.languages[0].image, "safe-code-executor/python:3.11");
	assert_int_equal(c.languages[0].ready, 4);
	assert_int_equal(c.languages[0].ready_max, 8);
	c = load_good("[runtime a]\n[runtime python]\nversion = 3.11.9\n");
	assert_int_equal(c.language_count, 2);
	assert_string_equal(c.languages[0].name, "python");
	assert_string_equal(c.languages[0].version, "3.11.9");
	assert_string_equal(c.languages[1].name, "a");
}

static void
a_section_without_a_key_is_a_row(void **state)
{
	struct config c = load_good(SCI);

	(void)state;
	assert_int_equal(c.language_count, 2);
	assert_string_equal(c.languages[1].name, "python-sci");
	assert_string_equal(c.languages[1].aliases, "");
	assert_int_equal(c.languages[1].ready, 0);
	assert_int_equal(c.languages[1].ready_max, 0);
}

/* The order of sections does not count. */
static void
what_a_row_does_not_say_is_taken_from_elsewhere(void **state)
{
	struct config c = load_good(
	    SCI "ready = 2\nmemory = 256m\n"
		"[limits]\nmemory = 200m\ncpus = 2\npids = 9\n"
		"timeout = 3s\ntimeout_max = 4s\n[docker]\nimage = i\n"
		"[pool]\nready = 3\nready_max = 6\npreload = json\n");

	(void)state;
	assert_int_equal(c.languages[0].memory_bytes, 200 << 20);
	assert_int_equal(c.languages[1].memory_bytes, 256 << 20);
	assert_int_equal(c.languages[1].cpus_milli, 2000);
	assert_int_equal(c.languages[1].pids, 9);
	assert_int_equal(c.languages[1].timeout_ms, 3000);
	assert_int_equal(c.languages[1].timeout_max_ms, 4000);
	assert_string_equal(c.languages[1].image, "i");
	assert_int_equal(c.languages[0].ready, 3);
	assert_int_equal(c.languages[0].ready_max, 6);
	assert_string_equal(c.languages[0].preload, "json");
	assert_int_equal(c.languages[1].ready, 2);
	assert_int_equal(c.languages[1].ready_max, 2);
	assert_string_equal(c.languages[1].preload, "");
}

static void
a_row_may_take_back_what_it_would_be_given(void **state)
{
	struct config c = load_good("[pool]\npreload = json\nready_max = 8\n"
				    "[runtime python]\npreload =\naliases =\n"
				    "ready = 2\n");

	(void)state;
	assert_string_equal(c.languages[0].preload, "");
	assert_string_equal(c.languages[0].aliases, "");
	assert_int_equal(c.languages[0].ready_max, 2);
}

static void
names_are_of_few_characters(void **state)
{
	static const char bad[] = "t.conf:1: a runtime's name is of 1 to 31 of "
				  "a-z0-9.+_- and begins with a letter or a "
				  "digit";

	(void)state;
	load_good("[runtime c++_0.9-x]\n");
	load_good("[runtime a234567890123456789012345678901]\n");
	expect_error("[runtime a2345678901234567890123456789012]\n", bad);
	expect_error("[runtime ]\n", bad);
	expect_error("[runtime  a]\n", bad);
	expect_error("[runtime a b]\n", bad);
	expect_error("[runtime A]\n", bad);
	expect_error("[runtime -a]\n", bad);
	expect_error("[runtime a/b]\n", bad);
	expect_error("[runtime]\n", "t.conf:1: there is no section [runtime]");
	expect_error(
	    "[runtime a\n", "t.conf:1: the ] is missing after \"[runtime a\"");
}

/* [language NAME] is the older spelling of the same. */
static void
a_section_has_two_spellings(void **state)
{
	struct config c = load_good("[runtime a]\nready = 1\n"
				    "[language a]\naliases = b\n"
				    "[language python]\nready = 2\n"
				    "[language c]\n");
	char *text = print_and_load_again(&c);

	(void)state;
	assert_int_equal(c.language_count, 3);
	assert_int_equal(c.languages[0].ready, 2);
	assert_string_equal(c.languages[1].name, "a");
	assert_string_equal(c.languages[1].aliases, "b");
	assert_int_equal(c.languages[1].ready, 1);
	assert_string_equal(c.languages[2].name, "c");
	assert_non_null(strstr(text, "\n[runtime c]\n"));
	assert_null(strstr(text, "language"));
	free(text);
	expect_error("[runtime a]\nfile = a\n[language a]\nfile = a\n",
	    "t.conf:4: file is given twice, first in line 2");
}

static void
errors_have_the_spelling_that_was_used(void **state)
{
	char text[256] = "";
	int i;

	(void)state;
	expect_error("[language]\n", "t.conf:1: there is no section "
				     "[language]");
	expect_error(
	    "[languages a]\n", "t.conf:1: there is no section [languages a]");
	expect_error("[language A]\n",
	    "t.conf:1: a language's name is of 1 to 31 of a-z0-9.+_- and "
	    "begins with a letter or a digit");
	expect_error("[language a]\nfil = a\n",
	    "t.conf:2: there is no key \"fil\" in [language a]");
	expect_error("[language a]\ntimeout = 11s\n",
	    "t.conf: [language a]: timeout must not be longer than "
	    "timeout_max");
	expect_error("[language a]\naliases = python\n[runtime a]\n",
	    "t.conf: [runtime python]: the name python is there twice");
	expect_error("[language python]\nready = 0\n",
	    "t.conf: [language python]: ready must not be 0, for its "
	    "sandboxes tell how the service is");
	expect_error("[pool]\nisolation = fork\n[language c]\ncompile = cc\n",
	    "t.conf: [language c]: isolation = fork is for Python only: "
	    "command must be python3.11, with nothing to compile");
	for (i = 0; i < 8; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
		    "[language r%d]\n", i);
	expect_error(text, "t.conf:8: there may be 8 languages, python among "
			   "them");
}

static void
nobody_has_anothers_name(void **state)
{
	(void)state;
	load_good(SCI "aliases = sci, science\n");
	expect_error(SCI "aliases = sci, sci\n",
	    "t.conf: [runtime python-sci]: the alias sci is there twice");
	expect_error("[runtime py3]\n",
	    "t.conf: [runtime python]: the alias py3 is there twice");
	expect_error(SCI "aliases = python\n",
	    "t.conf: [runtime python]: the name python is there twice");
	expect_error(SCI "aliases = python-sci\n",
	    "t.conf: [runtime python-sci]: the alias python-sci is there "
	    "twice");
	expect_error(SCI "aliases = a\n[runtime b]\naliases = a\n",
	    "t.conf: [runtime python-sci]: the alias a is there twice");
}

static void
there_is_room_for_eight(void **state)
{
	char text[256] = "";
	int i;

	(void)state;
	for (i = 0; i < 7; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
		    "[runtime r%d]\n", i);
	assert_int_equal(load_good(text).language_count, 8);
	strcat(text, "[runtime r3]\n");
	assert_int_equal(load_good(text).language_count, 8);
	strcat(text, "[runtime r7]\n");
	expect_error(text, "t.conf:9: there may be 8 runtimes, python among "
			   "them");
}

static void
keys_are_known_and_given_once_a_row(void **state)
{
	(void)state;
	load_good(SCI "file = a.py\n[runtime b]\nfile = a.py\n");
	expect_error(SCI "fil = a\n",
	    "t.conf:2: there is no key \"fil\" in [runtime python-sci]");
	expect_error(SCI "queue = 1\n",
	    "t.conf:2: there is no key \"queue\" in [runtime python-sci]");
	expect_error(SCI "file = a\n[pool]\n" SCI "file = a\n",
	    "t.conf:5: file is given twice, first in line 2");
}

static void
a_file_is_one_harmless_name(void **state)
{
	static const char *const bad[] = { "-a", ".a", "..", "a/b", "/a", "a b",
		"a,b", "+a", "\xc3\xa4" };
	char text[128];
	size_t i;

	(void)state;
	load_good(SCI "file = a-B_0.py\n");
	expect_error(SCI "file =\n", "t.conf:2: file must not be empty");
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(text, sizeof(text), SCI "file = %s\n", bad[i]);
		expect_error(text,
		    "t.conf:2: file must be a file's name of letters, digits "
		    "and ._-+ that begins with a letter or a digit");
	}
}

static void
a_version_is_three_numbers(void **state)
{
	static const char *const bad[] = { "3", "3.11", "3.11.", "3.11.2.1",
		"3..2", "a.b.c", "3.11.2rc1", "1234567.1.1", "3.11 .2" };
	char text[128];
	size_t i;

	(void)state;
	assert_string_equal(
	    load_good(SCI "version = 13.2.0\n").languages[1].version, "13.2.0");
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(text, sizeof(text), SCI "version = %s\n", bad[i]);
		expect_error(text, "t.conf:2: version must be three numbers "
				   "such as 3.11.2");
	}
}

static void
a_command_is_words_between_blanks(void **state)
{
	static const char *const bad[] = { "-a", "a \"b\"", "a 'b'", "a $b",
		"a\\b", "a;b", "a,b", "a\x01", "a *",
		"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17" };
	struct config c = load_good(
	    SCI "command = /usr/bin/gcc   -O2   -o a\ncompile = ./a\n");
	char text[128];
	size_t i;

	(void)state;
	assert_string_equal(c.languages[1].command, "/usr/bin/gcc -O2 -o a");
	assert_string_equal(c.languages[1].compile, "./a");
	expect_error(SCI "command =\n", "t.conf:2: command must not be empty");
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(text, sizeof(text), SCI "compile = %s\n", bad[i]);
		expect_error(text,
		    "t.conf:2: compile must be at most 16 words of letters, "
		    "digits and ._-+=:/@%~, the first without a - before it");
	}
}

static void
aliases_are_names(void **state)
{
	static const char *const bad[] = { "a/b", "A", "-a",
		"1,2,3,4,5,6,7,8,9", "a;b",
		"a2345678901234567890123456789012" };
	char text[128];
	size_t i;

	(void)state;
	load_good(SCI "aliases = 1,2, 3 ,4,5,6,7,8,\n");
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(text, sizeof(text), SCI "aliases = %s\n", bad[i]);
		expect_error(text, "t.conf:2: aliases must be at most 8 names "
				   "such as py, python3");
	}
}

static void
limits_must_fit_in_each_row(void **state)
{
	(void)state;
	expect_error(SCI "memory = 64m\n",
	    "t.conf: [runtime python-sci]: box_size, tmp_size and shm_size "
	    "are 32m together; they may be a quarter of memory, 16m");
	expect_error(SCI "timeout = 11s\n",
	    "t.conf: [runtime python-sci]: timeout must not be longer than "
	    "timeout_max");
	expect_error(SCI "timeout_max = 10m\n",
	    "t.conf:2: timeout_max must be between 100ms and 5m");
	assert_int_equal(
	    config_longest_lease_ms(&(struct config){ .language_count = 2,
		.languages = { { .timeout_max_ms = 7 },
		    { .timeout_max_ms = 9 } } }),
	    9);
	/* A compiler has a time of its own. */
	assert_int_equal(
	    config_longest_lease_ms(&(struct config){ .language_count = 2,
		.languages = { { .timeout_max_ms = 7, .compile = "true" },
		    { .timeout_max_ms = 9 } } }),
	    14);
}

static void
all_sandboxes_must_have_a_place(void **state)
{
	(void)state;
	load_good(
	    "[pool]\nready_max = 200\nrunning = 56\n" SCI "ready = 256\n");
	expect_error("[pool]\nready_max = 200\nrunning = 57\n" SCI
		     "ready = 256\n",
	    "t.conf: running and the ready_max of all runtimes are 513 "
	    "together; they may be 512");
	/* One that keeps none has a place all the same. */
	expect_error("[pool]\nready_max = 200\nrunning = 56\n" SCI
		     "ready = 256\n[runtime b]\n",
	    "t.conf: running and the ready_max of all runtimes are 513 "
	    "together; they may be 512");
	assert_int_equal(config_boxes(&(struct config){ .running = 5,
			     .language_count = 2,
			     .languages = { { .ready_max = 3 } } }),
	    9);
	expect_error("[runtime python]\nready = 0\n",
	    "t.conf: [runtime python]: ready must not be 0, for its "
	    "sandboxes tell how the service is");
}

/* Nobody who may not wait would ever see it start. */
static void
on_demand_there_must_be_a_queue(void **state)
{
	(void)state;
	load_good("[pool]\nqueue = 0\n" SCI "ready = 1\n");
	expect_error("[pool]\nqueue = 0\n" SCI,
	    "t.conf: [runtime python-sci]: ready = 0 needs a queue to wait in "
	    "for a start: queue and queue_wait must not be 0");
	expect_error("[pool]\nqueue_wait = 0s\n" SCI,
	    "t.conf: [runtime python-sci]: ready = 0 needs a queue to wait in "
	    "for a start: queue and queue_wait must not be 0");
}

static void
fork_is_for_python_only(void **state)
{
	(void)state;
	load_good("[pool]\nisolation = fork\n" SCI "preload = numpy\n");
	expect_error("[pool]\nisolation = fork\n[runtime c]\ncommand = ./a\n",
	    "t.conf: [runtime c]: isolation = fork is for Python only: "
	    "command must be python3.11, with nothing to compile");
	expect_error("[pool]\nisolation = fork\n[runtime c]\ncompile = cc\n",
	    "t.conf: [runtime c]: isolation = fork is for Python only: "
	    "command must be python3.11, with nothing to compile");
}

static void
a_list_is_made_compact(void **state)
{
	char out[32];

	(void)state;
	config_list_compact(" , a,b  c ,, d, ", out);
	assert_string_equal(out, "a,b,c,d");
	config_list_compact(" ,", out);
	assert_string_equal(out, "");
	strcpy(out, ", a  bc,d ");
	config_list_compact(out, out);
	assert_string_equal(out, "a,bc,d");
}

static void
what_is_printed_loads_as_the_same(void **state)
{
	struct config c = load_good(
	    SCI "aliases = sci\nmemory = 256m\ncompile = a  b\nready = 1\n"
		"[runtime python]\naliases =\nimage = other\n");
	char *text = print_and_load_again(&c);

	(void)state;
	assert_non_null(strstr(text, "\n[runtime python]\n"));
	assert_non_null(strstr(text, "\n[runtime python-sci]\n"));
	assert_non_null(strstr(text, "\ncompile = a b\n"));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(python_is_always_there_and_first),
		cmocka_unit_test(a_section_without_a_key_is_a_row),
		cmocka_unit_test(
		    what_a_row_does_not_say_is_taken_from_elsewhere),
		cmocka_unit_test(a_row_may_take_back_what_it_would_be_given),
		cmocka_unit_test(names_are_of_few_characters),
		cmocka_unit_test(a_section_has_two_spellings),
		cmocka_unit_test(errors_have_the_spelling_that_was_used),
		cmocka_unit_test(nobody_has_anothers_name),
		cmocka_unit_test(there_is_room_for_eight),
		cmocka_unit_test(keys_are_known_and_given_once_a_row),
		cmocka_unit_test(a_file_is_one_harmless_name),
		cmocka_unit_test(a_version_is_three_numbers),
		cmocka_unit_test(a_command_is_words_between_blanks),
		cmocka_unit_test(aliases_are_names),
		cmocka_unit_test(limits_must_fit_in_each_row),
		cmocka_unit_test(all_sandboxes_must_have_a_place),
		cmocka_unit_test(on_demand_there_must_be_a_queue),
		cmocka_unit_test(fork_is_for_python_only),
		cmocka_unit_test(a_list_is_made_compact),
		cmocka_unit_test(what_is_printed_loads_as_the_same),
	};

	return cmocka_run_group_tests_name(
	    "config_languages", tests, NULL, NULL);
}
