/* SPDX-License-Identifier: MIT */
/* The supervisor's small parsers, and the log's escaping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "supervisor/docker/client.h"

static int
parse_cgroup(const char *text, char path[CGROUP_PATH_MAX])
{
	char copy[1024];
	FILE *file;
	int rc;

	memcpy(copy, text, strlen(text) + 1);
	file = fmemopen(copy, strlen(copy), "r");
	assert_non_null(file);
	rc = cgroup_parse(file, path);
	fclose(file);
	return rc;
}

static void
cgroup_of_both_versions(void **state)
{
	char path[CGROUP_PATH_MAX];

	(void)state;
	assert_int_equal(parse_cgroup("9:name=systemd:/docker/ab\n"
				      "4:pids:/docker/ab\n0::/x\n",
			     path),
	    0);
	assert_string_equal(path, "/sys/fs/cgroup/pids/docker/ab");
	assert_int_equal(
	    parse_cgroup("0::/system.slice/docker-ab.scope\n", path), 0);
	assert_string_equal(
	    path, "/sys/fs/cgroup/system.slice/docker-ab.scope");
}

/* To kill the root cgroup would be to kill the machine. */
static void
the_root_cgroup_is_never_taken(void **state)
{
	char path[CGROUP_PATH_MAX];

	(void)state;
	assert_int_equal(parse_cgroup("0::/\n", path), -1);
	assert_int_equal(parse_cgroup("4:pids:/\n0::/\n", path), -1);
	assert_int_equal(parse_cgroup("0::/../..\n", path), -1);
	assert_int_equal(parse_cgroup("garbage\n\n::\n", path), -1);
}

static void
only_our_names_are_sane(void **state)
{
	(void)state;
	assert_true(docker_name_is_sane("sce-0123abcd-f-1f"));
	assert_false(docker_name_is_sane("sce-0123abcd --volume=/:/x"));
	assert_false(docker_name_is_sane("postgres"));
	assert_false(docker_name_is_sane(""));
	assert_false(docker_name_is_sane("--all"));
}

static void
image_ids(void **state)
{
	static const char good[] = "sha256:0123456789abcdef0123456789abcdef"
				   "0123456789abcdef0123456789abcdef";
	char text[sizeof(good)];
	char id[DOCKER_IMAGE_ID_MAX];

	(void)state;
	assert_int_equal(docker_parse_image_id(good, id), 0);
	assert_string_equal(id, good);
	assert_int_equal(docker_parse_image_id("", id), -1);
	assert_int_equal(docker_parse_image_id("Error: No such image", id), -1);
	memcpy(text, good, sizeof(good));
	text[20] = '-';
	assert_int_equal(docker_parse_image_id(text, id), -1);
}

/* Logs to a pipe instead of stderr and returns what arrived. */
static void
capture_log(const char *text, char *out, size_t size)
{
	int saved = dup(STDERR_FILENO);
	int ends[2];
	ssize_t n;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	log_init("test", LOG_LEVEL_INFO);
	log_debug(NULL, "not-this");
	log_info(text, "said count=%d", 1);
	assert_int_equal(dup2(saved, STDERR_FILENO), STDERR_FILENO);
	close(saved);
	close(ends[1]);
	n = read(ends[0], out, size - 1);
	assert_true(n > 0);
	out[n] = '\0';
	close(ends[0]);
}

static void
a_log_line_can_not_be_forged(void **state)
{
	char got[16384];
	char longer[4096];

	(void)state;
	capture_log("a\n<3>x \"y\\\x1b[31m\xff", got, sizeof(got));
	assert_string_equal(got,
	    "<6>program=test event=said count=1 "
	    "reason=\"a\\x0a<3>x \\\"y\\\\\\x1b[31m\\xff\"\n");
	memset(longer, 0x01, sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	capture_log(longer, got, sizeof(got));
	assert_int_equal(got[strlen(got) - 1], '\n');
	assert_ptr_equal(strchr(got, '\n'), got + strlen(got) - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cgroup_of_both_versions),
		cmocka_unit_test(the_root_cgroup_is_never_taken),
		cmocka_unit_test(only_our_names_are_sane),
		cmocka_unit_test(image_ids),
		cmocka_unit_test(a_log_line_can_not_be_forged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
