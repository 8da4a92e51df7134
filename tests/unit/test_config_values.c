/* SPDX-License-Identifier: MIT */
/* Values of the configuration: defaults, types, ranges. */
#include "config_testing.h"

static void
defaults_are_those_of_the_design(void **state)
{
	struct config c;

	(void)state;
	config_set_defaults(&c);
	assert_string_equal(c.run_dir, "/var/lib/safe-code-executor");
	assert_string_equal(c.log_dir, "/var/lib/safe-code-executor/logs");
	assert_string_equal(c.socket_group, "www-data");
	assert_int_equal(c.responder_uid, 1899999999);
	assert_int_equal(c.log_level, 6);
	assert_false(c.log_code);
	assert_string_equal(
	    c.docker_cli, "/var/lib/safe-code-executor/bin/sce-docker");
	assert_true(config_has_own_client(&c));
	assert_string_equal(c.docker_host, "");
	assert_string_equal(c.image, "safe-code-executor/python:3.11");
	assert_string_equal(c.runtime, "runc");
	assert_int_equal(c.uid_base, 1900000000);
	assert_int_equal(c.ready, 4);
	assert_int_equal(c.running, 8);
	assert_int_equal(c.queue, 64);
	assert_int_equal(c.starting, 2);
	assert_int_equal(c.queue_wait_ms, 10000);
	assert_int_equal(c.start_timeout_ms, 20000);
	assert_int_equal(c.max_age_ms, 600000);
	assert_int_equal(c.sweep_interval_ms, 60000);
	assert_int_equal(c.timeout_ms, 5000);
	assert_int_equal(c.timeout_max_ms, 10000);
	assert_int_equal(c.memory_bytes, 128 << 20);
	assert_int_equal(c.cpus_milli, 500);
	assert_int_equal(c.pids, 64);
	assert_int_equal(c.output_bytes, 64 << 10);
	assert_int_equal(c.code_points, 5000);
	assert_int_equal(c.body_bytes, 256 << 10);
	assert_int_equal(c.box_bytes, 8 << 20);
	assert_int_equal(c.tmp_bytes, 16 << 20);
	assert_int_equal(c.shm_bytes, 8 << 20);
	assert_int_equal(c.file_bytes, 16 << 20);
	assert_int_equal(c.open_files, 256);
	assert_false(c.landlock_required);
	assert_int_equal(c.client_rate, 50);
	assert_int_equal(c.client_burst, 250);
	assert_int_equal(c.client_connections, 100);
	assert_string_equal(c.proxies, "");
}

static void
every_default_passes_its_own_row(void **state)
{
	char why[CONFIG_ERROR_MAX] = "";
	struct config c;

	(void)state;
	memset(&c, 0, sizeof(c));
	for (size_t i = 0; i < CONFIG_KEYS; i++) {
		if (config_value_parse(
			&config_keys[i], config_keys[i].preset, &c, why) == -1)
			fail_msg("%s %s", config_keys[i].name, why);
		assert_ptr_equal(config_key_find(config_keys[i].section,
				     config_keys[i].name),
		    &config_keys[i]);
	}
	config_set_defaults(&c);
	assert_int_equal(config_check(&c, why), 0);
}

static void
values_of_every_type_are_taken(void **state)
{
	struct config c = load_good("[service]\n"
				    "log_code = yes\n"
				    "log_level=debug ; noisy\n"
				    "run_dir : /srv/sce\r\n"
				    "\n"
				    "   # an indented comment\n"
				    "[limits] ; a comment\n"
				    "cpus = 1.25\n"
				    "memory = 1g\n"
				    "body = 4096\n"
				    "tmp_size = 0\n"
				    "timeout = 500ms\n"
				    "landlock = required\n"
				    "[pool]\n"
				    "max_age = 2h\n"
				    "queue = 0\n"
				    "[paths]\n"
				    "guest = /opt/my guest\n"
				    "responder =\n"
				    "[docker]\n"
				    "docker_host = unix:///run/docker.sock");

	(void)state;
	assert_true(c.log_code);
	assert_int_equal(c.log_level, 7);
	assert_string_equal(c.run_dir, "/srv/sce");
	assert_int_equal(c.cpus_milli, 1250);
	assert_int_equal(c.memory_bytes, 1 << 30);
	assert_int_equal(c.body_bytes, 4096);
	assert_int_equal(c.tmp_bytes, 0);
	assert_int_equal(c.timeout_ms, 500);
	assert_true(c.landlock_required);
	assert_int_equal(c.max_age_ms, 7200000);
	assert_int_equal(c.queue, 0);
	assert_string_equal(c.guest, "/opt/my guest");
	assert_string_equal(c.responder, "/srv/sce/bin/sce-responder");
	assert_string_equal(c.docker_cli, "/srv/sce/bin/sce-docker");
	assert_string_equal(c.docker_host, "unix:///run/docker.sock");
}

static void
bad_values_are_refused_with_a_sentence(void **state)
{
	(void)state;
	expect_error("[pool]\nready = four\n",
	    "t.conf:2: ready must be a whole number, not \"four\"");
	expect_error("[pool]\nready = -1\n",
	    "t.conf:2: ready must be a whole number, not \"-1\"");
	expect_error("[pool]\nready =\n",
	    "t.conf:2: ready must be a whole number, not \"\"");
	expect_error("[pool]\nready = 4.0\n",
	    "t.conf:2: ready must be a whole number, not \"4.0\"");
	expect_error("[limits]\nmemory = 128MB\n",
	    "t.conf:2: memory must be a size such as 128m, 64k or 4096, "
	    "not \"128MB\"");
	expect_error("[limits]\ntimeout = 5\n",
	    "t.conf:2: timeout must be a duration such as 5s, 500ms or 2m, "
	    "not \"5\"");
	expect_error("[limits]\ncpus = .5\n",
	    "t.conf:2: cpus must be a number of cores such as 0.5 or 2, "
	    "not \".5\"");
	expect_error("[limits]\ncpus = 0.0625\n",
	    "t.conf:2: cpus must be a number of cores such as 0.5 or 2, "
	    "not \"0.0625\"");
	expect_error("[service]\nlog_code = true\n",
	    "t.conf:2: log_code must be no or yes, not \"true\"");
	expect_error("[limits]\nlandlock = off\n",
	    "t.conf:2: landlock must be auto or required, not \"off\"");
}

static void
values_out_of_range_are_refused(void **state)
{
	(void)state;
	expect_error(
	    "[pool]\nready = 0\n", "t.conf:2: ready must be between 1 and 256");
	expect_error("[pool]\nready = 257\n",
	    "t.conf:2: ready must be between 1 and 256");
	expect_error("[limits]\nmemory = 31m\n",
	    "t.conf:2: memory must be between 32m and 64g");
	expect_error("[limits]\noutput = 2m\n",
	    "t.conf:2: output must be between 1 and 1m");
	expect_error("[limits]\ntimeout = 99ms\n",
	    "t.conf:2: timeout must be between 100ms and 5m");
	expect_error("[limits]\ncpus = 0.049\n",
	    "t.conf:2: cpus must be between 0.05 and 64");
	expect_error("[limits]\ncode_length = 20001\n",
	    "t.conf:2: code_length must be between 1 and 20000");
}

/* Neither the digits nor the unit may wrap a number into its range. */
static void
huge_numbers_do_not_wrap(void **state)
{
	(void)state;
	expect_error("[pool]\nready = 18446744073709551620\n",
	    "t.conf:2: ready must be between 1 and 256");
	expect_error("[limits]\nmemory = 17179869185g\n",
	    "t.conf:2: memory must be between 32m and 64g");
	expect_error("[limits]\ncpus = 18446744073709551.617\n",
	    "t.conf:2: cpus must be between 0.05 and 64");
	expect_error("[pool]\nqueue = 4294967297\n",
	    "t.conf:2: queue must be between 0 and 1024");
}

static void
texts_that_docker_could_misread_are_refused(void **state)
{
	const char *name = "must be of letters, digits and ._-:/@+[] "
			   "and not begin with a -";
	const char *path = "must not have a comma, a semicolon or a "
			   "double quote in it";
	char expected[CONFIG_ERROR_MAX];

	(void)state;
	snprintf(expected, sizeof(expected), "t.conf:2: image %s", name);
	expect_error("[docker]\nimage = --privileged\n", expected);
	expect_error("[docker]\nimage = a b\n", expected);
	snprintf(expected, sizeof(expected), "t.conf:2: guest %s", path);
	expect_error("[paths]\nguest = /a,readonly\n", expected);
	expect_error("[paths]\nguest = /a\"b\n", expected);
	expect_error("[paths]\nguest = /a\001\n",
	    "t.conf:2: guest must not have a control character in it");
	expect_error("[paths]\nguest = bin/guest\n",
	    "t.conf:2: guest must be an absolute path");
	expect_error(
	    "[docker]\nimage =\n", "t.conf:2: image must not be empty");
}

/* The list becomes a map in nginx.conf. */
static void
origins_and_nothing_else_may_use_piston(void **state)
{
	static const char *const taken[] = { "", "*", " * ",
		"https://example.org", "http://localhost:8080",
		"http://[::1]:3000,https://a-b.example", "app://x , a://b" };
	static const char *const refused[] = { "example.org", "*,", ",*",
		"*, http://a", "http://a *", "https://", "https://a/",
		"https://a.example:", "https://a.example:1234567",
		"https://A.example", "http://a\"b", "http://$host", "http://a;",
		"http://[::1", "http://[x]", "null" };
	char text[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(taken) / sizeof(*taken); i++) {
		(void)snprintf(
		    text, sizeof(text), "[piston]\norigins = %s\n", taken[i]);
		(void)load_good(text);
	}
	for (i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		(void)snprintf(
		    text, sizeof(text), "[piston]\norigins = %s\n", refused[i]);
		expect_error(text, "t.conf:2: origins must be * or origins "
				   "such as https://example.org");
	}
}

/* The list becomes set_real_ip_from directives in nginx.conf. */
static void
networks_and_nothing_else_are_proxies(void **state)
{
	const char *const good[] = { "10.0.0.1", "10.0.0.0/8", "::1",
		"fd00::/8", "10.0.0.1, 10.0.0.2 ,fd00::1/128", "0.0.0.0/0", "",
		"::ffff:10.0.0.1" };
	const char *const bad[] = { "localhost", "10.0.0.1;", "10.0.0",
		"10.0.0.1/33", "::/129", "10.0.0.0/", "10.0.0.0/8/8",
		"10.0.0.0/ 8", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/0008",
		"10.0.0.1\"", "unix:", "10.0.0.1 {", "[::1]", "fe80::1%eth0",
		"10.0.0.1 $host", "10.0.0.1\v10.0.0.2", "010.0.0.1" };
	char text[512];
	struct config c;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		snprintf(
		    text, sizeof(text), "[clients]\nproxies = %s\n", good[i]);
		c = load_good(text);
		assert_string_equal(c.proxies, good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(
		    text, sizeof(text), "[clients]\nproxies = %s\n", bad[i]);
		expect_error(text, "t.conf:2: proxies must be IP addresses or "
				   "networks such as 10.0.0.1, fd00::/8");
	}
}

/* lines many lines, each with an indented network of 16 bytes; to be freed. */
static char *
with_networks(const char *head, int lines)
{
	size_t size = strlen(head) + 18 * (size_t)lines + 1;
	char *text = malloc(size);
	size_t len;

	assert_non_null(text);
	len = (size_t)snprintf(text, size, "%s", head);
	for (; lines > 0; lines--)
		len += (size_t)snprintf(
		    text + len, size - len, "\t100.100.100.0/24\n");
	return text;
}

static void
a_list_may_be_as_long_as_its_field(void **state)
{
	char *text = with_networks("[clients]\nproxies =\n", 240);
	struct config c = load_good(text);
	char *printed;

	(void)state;
	free(text);
	assert_int_equal(strlen(c.proxies), 240 * 17 - 1);
	assert_memory_equal(c.proxies, "100.100.100.0/24,100.", 17);
	printed = print_and_load_again(&c);
	assert_non_null(strstr(printed, "\nproxies = \n\t100.100.100.0/24\n"
					"\t100.100.100.0/24\n"));
	free(printed);
	text = with_networks("[clients]\nproxies =\n", 241);
	expect_error(
	    text, "t.conf:243: proxies is longer than 4095 characters");
	free(text);
	text = with_networks("[pool]\npreload = json\n", 1);
	expect_error(text, "t.conf:3: preload must be names of modules such as "
			   "json, os.path");
	free(text);
}

/* They become an argument of the guest and an import in the gate. */
static void
names_of_modules_and_nothing_else_are_preloaded(void **state)
{
	const char *const good[] = { "json", "json, re", "os.path,_io , a1",
		"" };
	const char *const bad[] = { "1a", "a.", ".a", "a..b", "a b;", "a-b",
		"a,b\"", "a;b", "a/b", "a$b", "a\vb", "json as x;", "a.1" };
	char text[512];
	struct config c;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		snprintf(text, sizeof(text), "[pool]\npreload = %s\n", good[i]);
		c = load_good(text);
		assert_string_equal(c.preload, good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "[pool]\npreload = %s\n", bad[i]);
		expect_error(text, "t.conf:2: preload must be names of modules "
				   "such as json, os.path");
	}
}

/* Its profile follows the isolation; gVisor has no Linux namespaces. */
static void
fork_brings_its_profile_and_needs_linux(void **state)
{
	struct config c = load_good("[pool]\nisolation = fork\n");

	(void)state;
	assert_true(c.fork);
	assert_string_equal(c.seccomp_fork_profile,
	    "/var/lib/safe-code-executor/share/seccomp-fork.json");
	assert_string_equal(
	    c.gate, "/var/lib/safe-code-executor/bin/sce-gate.so");
	assert_false(load_good("").fork);
	expect_error("[pool]\nisolation = fork\n[docker]\nruntime = runsc\n",
	    "t.conf: isolation = fork does not go with gVisor: runtime must be "
	    "one that uses Linux' own namespaces");
	expect_error("[pool]\nisolation = thread\n",
	    "t.conf:2: isolation must be container or fork, not \"thread\"");
}

static void
a_text_may_fill_its_field_but_not_more(void **state)
{
	char text[512];
	struct config c;

	(void)state;
	snprintf(text, sizeof(text), "[paths]\nguest = /%0*d\n",
	    CONFIG_STRING_MAX - 2, 0);
	c = load_good(text);
	assert_int_equal(strlen(c.guest), CONFIG_STRING_MAX - 1);
	snprintf(text, sizeof(text), "[paths]\nguest = /%0*d\n",
	    CONFIG_STRING_MAX - 1, 0);
	expect_error(text, "t.conf:2: guest is longer than 159 characters");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_those_of_the_design),
		cmocka_unit_test(every_default_passes_its_own_row),
		cmocka_unit_test(values_of_every_type_are_taken),
		cmocka_unit_test(bad_values_are_refused_with_a_sentence),
		cmocka_unit_test(values_out_of_range_are_refused),
		cmocka_unit_test(huge_numbers_do_not_wrap),
		cmocka_unit_test(texts_that_docker_could_misread_are_refused),
		cmocka_unit_test(networks_and_nothing_else_are_proxies),
		cmocka_unit_test(a_list_may_be_as_long_as_its_field),
		cmocka_unit_test(origins_and_nothing_else_may_use_piston),
		cmocka_unit_test(
		    names_of_modules_and_nothing_else_are_preloaded),
		cmocka_unit_test(fork_brings_its_profile_and_needs_linux),
		cmocka_unit_test(a_text_may_fill_its_field_but_not_more),
	};

	return cmocka_run_group_tests_name("config_values", tests, NULL, NULL);
}
