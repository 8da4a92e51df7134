/* SPDX-License-Identifier: MIT */
/* sce-docker: from the words of docker run to what the Engine is sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/engine.h"

#define WORDS_MAX 32
#define BASE "--detach", "--rm", "--pull", "never", "--network", "none"
#define LENGTH(array) (sizeof(array) / sizeof(*(array)))

/* The words behind run, up to a NULL: what is sent, to be freed, or NULL with
 * why. */
static char *
text_of(const char *const *words, char why[ENGINE_WHY_MAX])
{
	char *argv[WORDS_MAX] = { NULL };
	struct create create;
	char *text = NULL;
	int argc;

	for (argc = 0; words[argc] != NULL; argc++)
		argv[argc] = strdup(words[argc]);
	if (create_parse(&create, argc, argv, why) == 0)
		text = strdup(create_text(&create));
	create_finish(&create);
	while (argc > 0)
		free(argv[--argc]);
	return text;
}

/* Expects what one option with its value adds to the body. */
static void
expect(const char *option, const char *value, const char *member)
{
	const char *words[] = { BASE, option, value, "image", NULL };
	const char *flag[] = { BASE, option, "image", NULL };
	char why[ENGINE_WHY_MAX] = "";
	char *text = text_of(value != NULL ? words : flag, why);

	if (text == NULL)
		fail_msg("%s: %s", option, why);
	if (strstr(text, member) == NULL)
		fail_msg("%s is not in %s", member, text);
	free(text);
}

static void
refuse(const char *option, const char *value, const char *sentence)
{
	const char *words[] = { BASE, option, value, "image", NULL };
	char why[ENGINE_WHY_MAX] = "";
	char *text = text_of(words, why);

	if (text != NULL)
		fail_msg("%s %s is taken: %s", option, value, text);
	if (strstr(why, sentence) == NULL)
		fail_msg("%s %s: %s", option, value, why);
}

static void
the_least_there_can_be(void **state)
{
	const char *words[] = { BASE, "some/image:1", NULL };
	char why[ENGINE_WHY_MAX] = "";
	char *text = text_of(words, why);

	(void)state;
	assert_non_null(text);
	assert_string_equal(text,
	    "{\"HostConfig\":{\"RestartPolicy\":{\"Name\":\"no\"},"
	    "\"AutoRemove\":true,\"NetworkMode\":\"none\"},"
	    "\"Image\":\"some/image:1\"}");
	free(text);
}

static void
each_option_has_its_member(void **state)
{
	(void)state;
	expect("--log-driver", "none", "\"LogConfig\":{\"Type\":\"none\"}");
	expect(
	    "--no-healthcheck", NULL, "\"Healthcheck\":{\"Test\":[\"NONE\"]}");
	expect("--init=false", NULL, "\"Init\":false");
	expect("--runtime", "runsc-kvm", "\"Runtime\":\"runsc-kvm\"");
	expect("--label", "a=b=c", "\"Labels\":{\"a\":\"b=c\"}");
	expect("--hostname", "sandbox", "\"Hostname\":\"sandbox\"");
	expect("--dns", "0.0.0.0", "\"Dns\":[\"0.0.0.0\"]");
	expect("--dns-search", ".", "\"DnsSearch\":[\".\"]");
	expect("--ipc", "none", "\"IpcMode\":\"none\"");
	expect("--cgroupns", "private", "\"CgroupnsMode\":\"private\"");
	expect("--user", "7:8", "\"User\":\"7:8\"");
	expect("--cap-drop", "ALL", "\"CapDrop\":[\"ALL\"]");
	expect("--oom-score-adj", "-500", "\"OomScoreAdj\":-500");
	expect("--read-only", NULL, "\"ReadonlyRootfs\":true");
	expect("--workdir", "/box", "\"WorkingDir\":\"/box\"");
	expect("--tmpfs", "/t:size=8,a:b", "\"Tmpfs\":{\"/t\":\"size=8,a:b\"}");
	expect("--memory", "134217728", "\"Memory\":134217728");
	expect("--memory-swap", "32m", "\"MemorySwap\":33554432");
	expect("--pids-limit", "64", "\"PidsLimit\":64");
	expect("--cpus", "0.500", "\"NanoCpus\":500000000");
	expect("--ulimit", "core=1:2",
	    "\"Ulimits\":[{\"Name\":\"core\",\"Hard\":2,\"Soft\":1}]");
	expect("--entrypoint", "/sce-guest", "\"Entrypoint\":[\"/sce-guest\"]");
	expect("--network", "container:sce-1-2",
	    "\"NetworkMode\":\"container:sce-1-2\"");
	expect("--mount", "type=bind,src=/a b,dst=/c,readonly",
	    "\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/a b\",\"Target\":\"/"
	    "c\",\"ReadOnly\":true}]");
}

static void
lists_keep_their_order_and_what_follows_the_image_is_the_command(void **state)
{
	const char *words[] = { BASE, "--cap-drop", "A", "--cap-drop", "B",
		"--label", "x=1", "--label", "y=", "image", "--rm", "", "\"\n",
		NULL };
	char why[ENGINE_WHY_MAX] = "";
	char *text = text_of(words, why);

	(void)state;
	assert_non_null(text);
	assert_non_null(strstr(text, "\"CapDrop\":[\"A\",\"B\"]"));
	assert_non_null(strstr(text, "\"Labels\":{\"x\":\"1\",\"y\":\"\"}"));
	assert_non_null(strstr(text, "\"Cmd\":[\"--rm\",\"\",\"\\\"\\n\"]"));
	free(text);
}

static void
bad_values_are_refused_by_name(void **state)
{
	static const char *const bad[][2] = { { "--memory", "" },
		{ "--memory", "1x" }, { "--memory", "1mm" },
		{ "--memory", "-1" }, { "--memory", " 1" },
		{ "--memory", "9999999999999999999" },
		{ "--memory", "9999999999g" }, { "--cpus", "" },
		{ "--cpus", ".5" },
		{ "--cpus", "1."
			    "0000000001" },
		{ "--cpus", "1e3" }, { "--cpus", "99999999999999" },
		{ "--pids-limit", "1.5" }, { "--pids-limit", "-" },
		{ "--pids-limit", "2147483648" }, { "--ulimit", "core" },
		{ "--ulimit", "=1:1" }, { "--ulimit", "core=1" },
		{ "--ulimit", "core=2:1" }, { "--ulimit", "core=-1:-1" },
		{ "--ulimit", "core=1:1:1" }, { "--label", "x" },
		{ "--label", "=x" }, { "--tmpfs", "/x" },
		{ "--tmpfs", "x:size=1" }, { "--network", "host" },
		{ "--network", "bridge" }, { "--network", "container:" },
		{ "--network", "container:../x" }, { "--name", "a/b" },
		{ "--name", "" }, { "--pull", "always" } };
	char sentence[64];
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(bad); i++) {
		(void)snprintf(sentence, sizeof(sentence),
		    "invalid value \"%s\" for %s", bad[i][1], bad[i][0]);
		refuse(bad[i][0], bad[i][1], sentence);
	}
}

static void
mounts_are_bound_read_only_and_nothing_else(void **state)
{
	static const char *const bad[] = { "type=bind,src=/a,dst=/b",
		"type=volume,src=/a,dst=/b,readonly", "src=/a,dst=/b,readonly",
		"type=bind,src=a,dst=/b,readonly", "type=bind,dst=/b,readonly",
		"type=bind,src=/a,dst=/b,readonly,bind-propagation=shared",
		"type=bind,src=/a,dst=/b,readonly=false",
		"type=bind,\"src=/a\",dst=/b,readonly", "" };
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(bad); i++)
		refuse("--mount", bad[i], "for --mount");
}

static void
unknown_options_are_refused(void **state)
{
	static const char *const bad[] = { "--privileged", "--volume", "-v",
		"--init", "--detach=false", "--memory=1m", "--cap-add", "-" };
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(bad); i++)
		refuse(bad[i], "x", "unknown option: ");
	refuse("--security-opt", "seccomp=unconfined", "not known here");
	refuse("--security-opt", "label=disable", "not known here");
}

/* docker itself would attach, keep, fetch and connect if it is not told. */
static void
another_kind_of_container_is_refused(void **state)
{
	static const char *const kinds[][8] = {
		{ "--rm", "--pull", "never", "--network", "none", "image" },
		{ "--detach", "--pull", "never", "--network", "none", "image" },
		{ "--detach", "--rm", "--network", "none", "image" },
		{ "--detach", "--rm", "--pull", "never", "image" }
	};
	static const char *const images[] = { "", "/x", "a//b", "a/../b", "a/",
		"a b", "a?b", "a%2fb", "\xff" };
	char why[ENGINE_WHY_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(kinds); i++) {
		assert_null(text_of(kinds[i], why));
		assert_non_null(strstr(why, "run without all of"));
	}
	for (i = 0; i < LENGTH(images); i++) {
		const char *words[] = { BASE, images[i], NULL };

		assert_null(text_of(words, why));
		assert_string_equal(why, "the image is missing or no name");
	}
	{
		const char *words[] = { BASE, "--memory", NULL };

		assert_null(text_of(words, why));
		assert_string_equal(why, "--memory wants a value");
	}
}

/* Writes text to a file and says what becomes of it as a profile. */
static char *
with_profile(const char *text, char why[ENGINE_WHY_MAX])
{
	char path[] = "/tmp/test_engine_create.XXXXXX";
	char option[64];
	const char *words[] = { BASE, "--security-opt", option, "image", NULL };
	int fd = mkstemp(path);
	char *sent;

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
	(void)snprintf(option, sizeof(option), "seccomp=%s", path);
	sent = text_of(words, why);
	assert_int_equal(unlink(path), 0);
	return sent;
}

static void
a_profile_is_sent_without_its_blanks(void **state)
{
	char why[ENGINE_WHY_MAX] = "";
	char *text = with_profile(
	    "{\n\t\"a \\\" b\\\\\": [ 1,\r\n 2 ], \"c\": \"/\"\n}\n", why);

	(void)state;
	assert_non_null(text);
	assert_non_null(strstr(text,
	    "\"SecurityOpt\":[\"seccomp={\\\"a \\\\\\\" b\\\\\\\\\\\":[1,2],"
	    "\\\"c\\\":\\\"/\\\"}\"]"));
	free(text);
	expect("--security-opt", "no-new-privileges:true",
	    "\"SecurityOpt\":[\"no-new-privileges:true\"]");
}

static void
no_profile_is_no_start(void **state)
{
	char why[ENGINE_WHY_MAX] = "";

	(void)state;
	assert_null(with_profile("{\"a\": ", why));
	assert_non_null(strstr(why, " is no JSON"));
	assert_null(with_profile("7", why));
	assert_non_null(strstr(why, " is no JSON"));
	refuse("--security-opt", "seccomp=/nonexistent/x",
	    "seccomp profile /nonexistent/x: No such file or directory");
	refuse("--security-opt", "seccomp=/dev/zero",
	    "seccomp profile /dev/zero: File too large");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_least_there_can_be),
		cmocka_unit_test(each_option_has_its_member),
		cmocka_unit_test(
		    lists_keep_their_order_and_what_follows_the_image_is_the_command),
		cmocka_unit_test(bad_values_are_refused_by_name),
		cmocka_unit_test(mounts_are_bound_read_only_and_nothing_else),
		cmocka_unit_test(unknown_options_are_refused),
		cmocka_unit_test(another_kind_of_container_is_refused),
		cmocka_unit_test(a_profile_is_sent_without_its_blanks),
		cmocka_unit_test(no_profile_is_no_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
