/* SPDX-License-Identifier: MIT */
/* Tests the rules between the values of a configuration. */
#include "config_testing.h"

static void
directories_in_memory_take_a_quarter_at_most(void **state)
{
	(void)state;
	load_good("[limits]\nmemory = 32m\nbox_size = 4m\ntmp_size = 0\n"
		  "shm_size = 4m\n");
	expect_error("[limits]\nmemory = 32m\nbox_size = 4m\n"
		     "tmp_size = 1k\nshm_size = 4m\n",
	    "t.conf: box_size, tmp_size and shm_size are 8193k together; "
	    "they may be a quarter of memory, 8m");
	expect_error("[limits]\nmemory = 64m\n",
	    "t.conf: box_size, tmp_size and shm_size are 32m together; "
	    "they may be a quarter of memory, 16m");
}

static void
timeout_above_its_maximum_is_refused(void **state)
{
	(void)state;
	load_good("[limits]\ntimeout = 7s\ntimeout_max = 7s\n");
	expect_error("[limits]\ntimeout = 7s\ntimeout_max = 6999ms\n",
	    "t.conf: timeout must not be longer than timeout_max");
}

static void
a_responder_is_no_sandbox(void **state)
{
	(void)state;
	load_good("[service]\nresponder_uid = 200012\n");
	expect_error("[service]\nresponder_uid = 1900000031\n",
	    "t.conf: responder_uid 1900000031 is one of the sandboxes' uids, "
	    "1900000000 to 1900000031");
	expect_error("[service]\nresponder_uid = 1900000000\n",
	    "t.conf: responder_uid 1900000000 is one of the sandboxes' uids, "
	    "1900000000 to 1900000031");
}

static void
run_dir_must_carry_its_sockets(void **state)
{
	char text[512];

	(void)state;
	/* 74 + "/slots/" + 24 + "/s" and a NUL are sun_path's 108. */
	snprintf(text, sizeof(text), "[service]\nrun_dir = /%0*d\n", 73, 0);
	load_good(text);
	snprintf(text, sizeof(text), "[service]\nrun_dir = /%0*d\n", 74, 0);
	expect_error(text, "t.conf: run_dir is 75 characters long; the "
			   "sockets in it allow 74");
	expect_error("[service]\nrun_dir = /\n",
	    "t.conf: run_dir must be an absolute path, not / itself, without "
	    "a / at its end");
	expect_error("[service]\nrun_dir = /a/\n",
	    "t.conf: run_dir must be an absolute path, not / itself, without "
	    "a / at its end");
	expect_error("[service]\nrun_dir = /a b\n",
	    "t.conf: run_dir must be of letters, digits and /._- only");
	expect_error("[service]\nrun_dir = /a/../b\n",
	    "t.conf: run_dir must not have //, . or .. in it");
	expect_error("[service]\nrun_dir = /a/..\n",
	    "t.conf: run_dir must not have //, . or .. in it");
}

static void
log_dir_is_a_path_like_run_dir(void **state)
{
	char text[512];
	struct config c;

	(void)state;
	c = load_good("[service]\nrun_dir = /srv/x\n");
	assert_string_equal(c.log_dir, "/srv/x/logs");
	c = load_good("[service]\nlog_dir = /var/log/x\n");
	assert_string_equal(c.log_dir, "/var/log/x");
	assert_string_equal(c.run_dir, "/var/lib/safe-code-executor");
	/* No socket is in it: as long as any path. */
	snprintf(text, sizeof(text), "[service]\nlog_dir = /%0*d\n",
	    CONFIG_STRING_MAX - 2, 0);
	load_good(text);
	expect_error("[service]\nlog_dir = /\n",
	    "t.conf: log_dir must be an absolute path, not / itself, without "
	    "a / at its end");
	expect_error("[service]\nlog_dir = logs\n",
	    "t.conf:2: log_dir must be an absolute path");
	expect_error("[service]\nlog_dir = /var/log/$x\n",
	    "t.conf: log_dir must be of letters, digits and /._- only");
	expect_error("[service]\nlog_dir = /var/log/./x\n",
	    "t.conf: log_dir must not have //, . or .. in it");
}

static int
check_subids(const char *text, char error[CONFIG_ERROR_MAX])
{
	struct config c;
	char path[32];
	int rc;

	config_set_defaults(&c);
	write_file(path, text, strlen(text));
	rc = config_check_subids(&c, path, error);
	unlink(path);
	return rc;
}

static void
another_socket_wants_dockers_own_client(void **state)
{
	(void)state;
	expect_error("[docker]\ndocker_host = tcp://127.0.0.1:2375\n",
	    "t.conf: docker_host is no unix:// socket; that goes with "
	    "docker_cli = /usr/bin/docker only");
	expect_error("[docker]\ndocker_cli = /opt/sce-docker\n"
		     "docker_host = unix://docker.sock\n",
	    "t.conf: docker_host is no unix:// socket; that goes with "
	    "docker_cli = /usr/bin/docker only");
	(void)load_good("[docker]\ndocker_host = unix:///run/x.sock\n");
	(void)load_good("[docker]\ndocker_host = tcp://127.0.0.1:2375\n"
			"docker_cli = /usr/bin/docker\n");
}

static void
uids_given_to_others_are_refused(void **state)
{
	char error[CONFIG_ERROR_MAX] = "";
	struct config c;

	(void)state;
	assert_int_equal(check_subids("a:100000:65536\n", error), 0);
	assert_int_equal(check_subids("a:1800000000:99999999\n", error), 0);
	assert_int_equal(check_subids("a:1900000032:65536\n", error), 0);
	assert_int_equal(check_subids("a:1900000000:0\nrubbish\n\n", error), 0);
	assert_int_equal(
	    check_subids("a:100000:65536\nbob:1899990000:65536\n", error), -1);
	assert_non_null(strstr(error,
	    "the sandboxes' uids 1900000000 to 1900000031 meet those that "));
	assert_non_null(strstr(error, " gives to bob, 1899990000 to "
				      "1900055535; choose another uid_base"));
	assert_int_equal(check_subids("a:1900000031:1\n", error), -1);
	assert_int_equal(check_subids("a:1899900000:100001\n", error), -1);
	assert_int_equal(check_subids("a:1899999999:1\n", error), -1);
	assert_non_null(
	    strstr(error, "responder_uid 1899999999 is one of those"));
	config_set_defaults(&c);
	assert_int_equal(config_check_subids(&c, "/nowhere/subuid", error), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(directories_in_memory_take_a_quarter_at_most),
		cmocka_unit_test(timeout_above_its_maximum_is_refused),
		cmocka_unit_test(a_responder_is_no_sandbox),
		cmocka_unit_test(run_dir_must_carry_its_sockets),
		cmocka_unit_test(log_dir_is_a_path_like_run_dir),
		cmocka_unit_test(another_socket_wants_dockers_own_client),
		cmocka_unit_test(uids_given_to_others_are_refused),
	};

	return cmocka_run_group_tests_name("config_check", tests, NULL, NULL);
}
