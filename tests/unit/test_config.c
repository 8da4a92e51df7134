/* SPDX-License-Identifier: MIT */
/* The configuration file: syntax, the example, round trip. */
#include "config_testing.h"

#define EXAMPLE "fcgi/supervisor/sced.conf"

static void
an_empty_file_means_defaults(void **state)
{
	struct config defaults;
	struct config c = load_good("");

	(void)state;
	config_set_defaults(&defaults);
	assert_memory_equal(&c, &defaults, sizeof(c));
	assert_string_equal(c.log_dir, "/var/lib/safe-code-executor/logs");
	assert_string_equal(
	    c.responder, "/var/lib/safe-code-executor/bin/sce-responder");
	assert_string_equal(
	    c.guest, "/var/lib/safe-code-executor/bin/sce-guest");
	assert_string_equal(c.seccomp_profile,
	    "/var/lib/safe-code-executor/share/seccomp.json");
}

/* So that nobody has to read the source to learn what there is. */
static void
the_example_has_every_key_at_its_default(void **state)
{
	char error[CONFIG_ERROR_MAX] = "";
	struct config defaults;
	struct config c;
	char line[256];
	size_t keys = 0;
	FILE *file = fopen(EXAMPLE, "re");

	(void)state;
	assert_non_null(file);
	if (config_load(&c, EXAMPLE, error) == -1)
		fail_msg("%s", error);
	config_set_defaults(&defaults);
	assert_memory_equal(&c, &defaults, sizeof(c));
	while (fgets(line, sizeof(line), file) != NULL)
		keys += line[0] >= 'a' && line[0] <= 'z';
	fclose(file);
	/* The reader refuses unknown and repeated keys: all are there. */
	assert_int_equal(keys, CONFIG_KEYS);
}

static void
unknown_and_repeated_names_are_refused(void **state)
{
	(void)state;
	expect_error("\n[pol]\n", "t.conf:2: there is no section [pol]");
	expect_error("[pool]\nredy = 4\n",
	    "t.conf:2: there is no key \"redy\" in [pool]");
	expect_error("[pool]\nmemory = 64m\n",
	    "t.conf:2: there is no key \"memory\" in [pool]");
	expect_error(
	    "ready = 4\n", "t.conf:1: \"ready\" stands before any [section]");
	expect_error("[pool]\nready = 4\n[limits]\n[pool]\nready = 5\n",
	    "t.conf:5: ready is given twice, first in line 2");
}

/* Each of these inih would have taken for something else, or passed over. */
static void
lines_that_are_not_what_they_seem_are_refused(void **state)
{
	char text[512];

	(void)state;
	expect_error("[limits]\nmemory = 64m\n  pids = 64\n",
	    "t.conf:3: the line is indented; begin it in the first column");
	expect_error("[limits]\n\tpids = 64\n",
	    "t.conf:2: the line is indented; begin it in the first column");
	expect_error("[pool] ready = 4\n",
	    "t.conf:1: nothing may follow the ] of a section");
	expect_error("[pool\n", "t.conf:1: the ] is missing after \"[pool\"");
	expect_error("[pool]\nready\n",
	    "t.conf:2: the line is neither [section] nor key = value");
	expect_error("\xef\xbb\xbf[pool]\n",
	    "t.conf:1: the line must begin with a letter or [");
	snprintf(
	    text, sizeof(text), "[paths]\nguest = /%0*d\npids = 1\n", 200, 0);
	expect_error(text, "t.conf:2: the line is longer than 198 bytes");
}

/* inih calls its handler again for each line; a repeated key is no such line.
 */
static void
lists_may_go_on_in_indented_lines(void **state)
{
	struct config c = load_good(
	    "[clients]\nproxies = 10.0.0.1, 10.0.0.2 ; two\n"
	    "  10.0.0.3,\n# a comment\n\n\t  ; another\n"
	    "\t::1 10.0.0.4 ; and two\nmetrics =\n   127.0.0.1\n"
	    "[piston]\norigins = https://a\r\n http://b\r\n"
	    "[pool]\npreload = json\n os.path\nready = 5\n"
	    "[runtime python]\naliases = py\n py3\n");

	(void)state;
	assert_string_equal(
	    c.proxies, "10.0.0.1,10.0.0.2,10.0.0.3,::1,10.0.0.4");
	assert_string_equal(c.metrics_from, "127.0.0.1");
	assert_string_equal(c.piston_origins, "https://a,http://b");
	assert_string_equal(c.preload, "json,os.path");
	assert_string_equal(c.languages[0].preload, "json,os.path");
	assert_string_equal(c.languages[0].aliases, "py,py3");
	assert_int_equal(c.ready, 5);
	free(print_and_load_again(&c));
}

static void
what_goes_on_without_being_a_list_is_refused(void **state)
{
	const char *indented = "the line is indented; begin it in the first "
			       "column";
	char expected[CONFIG_ERROR_MAX];

	(void)state;
	snprintf(expected, sizeof(expected), "t.conf:3: %s", indented);
	expect_error("[service]\nsocket_group = a\n b\n", expected);
	expect_error("[clients]\nrate = 1\n 2\n", expected);
	expect_error("[runtime a]\ncommand = a\n b\n", expected);
	snprintf(expected, sizeof(expected), "t.conf:4: %s", indented);
	expect_error("[pool]\npreload = json\n[pool]\n re\n", expected);
	expect_error("[pool]\npreload = json\nready = 4\n re\n", expected);
	expect_error("[clients]\nproxies = ::1\n ::2\nproxies = ::3\n",
	    "t.conf:4: proxies is given twice, first in line 2");
	expect_error("[clients]\nproxies = ::1\n\n proxies = ::2\n",
	    "t.conf:4: proxies must be IP addresses or networks such as "
	    "10.0.0.1, fd00::/8");
	expect_error("[clients]\nproxies = ::1\n [pool]\n",
	    "t.conf:3: proxies must be IP addresses or networks such as "
	    "10.0.0.1, fd00::/8");
	expect_error("[piston]\norigins = *\n http://a\n",
	    "t.conf:3: origins must be * or origins such as "
	    "https://example.org");
	expect_error("[runtime a]\naliases = 1,2,3,4,5,6,7,8\n 9\n",
	    "t.conf:3: aliases must be at most 8 names such as py, python3");
}

/* As long as a line can be, and with its blanks longer than is kept as such. */
static void
a_long_line_may_be_a_list(void **state)
{
	char text[512] = "[clients]\nproxies=";
	struct config c;
	char *printed;

	(void)state;
	for (int i = 0; i < 21; i++)
		strcat(text, "10.1.1.1 ");
	c = load_good(text);
	assert_int_equal(strlen(c.proxies), 21 * 9 - 1);
	assert_memory_equal(c.proxies, "10.1.1.1,10", 11);
	printed = print_and_load_again(&c);
	assert_non_null(strstr(printed, "\nproxies = \n\t10.1.1.1\n\t10"));
	free(printed);
}

static void
a_comment_may_have_any_length(void **state)
{
	char text[1024];
	struct config c;

	(void)state;
	snprintf(text, sizeof(text), "[pool]\n#%0*d\nready = 5\n", 700, 0);
	c = load_good(text);
	assert_int_equal(c.ready, 5);
}

static void
the_first_error_wins(void **state)
{
	(void)state;
	expect_error("[pool]\nwhat\nready = x\n",
	    "t.conf:2: the line is neither [section] nor key = value");
	expect_error("[pool]\nready = 0\nwhat\n",
	    "t.conf:2: ready must be between 1 and 256");
	expect_error("[pool]\nwhat\n[nowhere]\n",
	    "t.conf:2: the line is neither [section] nor key = value");
}

static void
an_error_is_one_printable_line(void **state)
{
	char error[CONFIG_ERROR_MAX] = "";
	struct config c;

	(void)state;
	assert_int_equal(config_load_text(&c, "a\nb", "[x\033]\n", error), -1);
	assert_string_equal(error, "a?b:1: there is no section [x?]");
}

static void
what_is_printed_loads_as_the_same(void **state)
{
	struct config c = load_good("[service]\nrun_dir = /srv/x\n"
				    "log_dir = /var/log/x\n"
				    "log_level = warning\nlog_code = yes\n"
				    "[limits]\ncpus = 0.125\nmemory = 200m\n"
				    "timeout = 1500ms\nbody = 1001\n"
				    "tmp_size = 0\nlandlock = required\n"
				    "[pool]\nqueue_wait = 0s\nmax_age = 3m\n"
				    "[paths]\nguest = /opt/a b\n"
				    "[clients]\nrate = 0\n"
				    "proxies = 10.0.0.1, fd00::/8\n");
	char *text = print_and_load_again(&c);

	(void)state;
	assert_non_null(strstr(text, "\ncpus = 0.125\n"));
	assert_non_null(strstr(text, "\nmax_age = 3m\n"));
	free(text);
}

static void
files_that_can_not_be_read_are_named(void **state)
{
	static char big[64 * 1024];
	char error[CONFIG_ERROR_MAX] = "";
	char expected[CONFIG_ERROR_MAX];
	char path[32];
	struct config c;

	(void)state;
	assert_int_equal(config_load(&c, "/nowhere/sced.conf", error), -1);
	assert_string_equal(
	    error, "/nowhere/sced.conf: No such file or directory");
	assert_int_equal(config_load(&c, "/tmp", error), -1);
	assert_string_equal(error, "/tmp: Is a directory");
	write_file(path, "[pool]\n\0[x]\n", 12);
	assert_int_equal(config_load(&c, path, error), -1);
	unlink(path);
	snprintf(expected, sizeof(expected),
	    "%s: there is a NUL byte in the file", path);
	assert_string_equal(error, expected);
	memset(big, '\n', sizeof(big));
	write_file(path, big, sizeof(big));
	assert_int_equal(config_load(&c, path, error), -1);
	unlink(path);
	assert_non_null(strstr(error, ": File too large"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_file_means_defaults),
		cmocka_unit_test(the_example_has_every_key_at_its_default),
		cmocka_unit_test(unknown_and_repeated_names_are_refused),
		cmocka_unit_test(lines_that_are_not_what_they_seem_are_refused),
		cmocka_unit_test(lists_may_go_on_in_indented_lines),
		cmocka_unit_test(what_goes_on_without_being_a_list_is_refused),
		cmocka_unit_test(a_long_line_may_be_a_list),
		cmocka_unit_test(a_comment_may_have_any_length),
		cmocka_unit_test(the_first_error_wins),
		cmocka_unit_test(an_error_is_one_printable_line),
		cmocka_unit_test(what_is_printed_loads_as_the_same),
		cmocka_unit_test(files_that_can_not_be_read_are_named),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
