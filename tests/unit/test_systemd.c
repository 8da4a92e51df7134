/* SPDX-License-Identifier: MIT */
/* Tests what a service manager passes to sced, and what it is told. */
#include "systemd_support.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_FD 3 /* that is passed */

static int
listening_socket(int domain)
{
	int fd = socket(domain, SOCK_STREAM, 0);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t len = offsetof(struct sockaddr_un, sun_path);

	assert_int_not_equal(fd, -1);
	if (domain == AF_UNIX) /* an abstract name of the kernel's choice */
		assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
	assert_int_equal(listen(fd, 4), 0);
	return fd;
}

/* As it is after exec by a manager that passes count descriptors. */
static void
pass(int fd, const char *count)
{
	char pid[16];

	assert_int_not_equal(dup2(fd, FIRST_FD), -1);
	if (fd != FIRST_FD)
		close(fd);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", count, 1);
	setenv("LISTEN_FDNAMES", "fastcgi", 1);
}

static void
a_socket_that_is_passed_is_taken(void **state)
{
	struct systemd systemd;
	const char *why = "";

	(void)state;
	pass(listening_socket(AF_UNIX), "1");
	systemd_meet(&systemd);
	assert_int_equal(systemd_take_socket(&systemd, &why), FIRST_FD);
	assert_null(why);
	assert_true(fcntl(FIRST_FD, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(FIRST_FD, F_GETFD) & FD_CLOEXEC);
	assert_null(getenv("LISTEN_PID"));
	assert_null(getenv("LISTEN_FDS"));
	assert_null(getenv("LISTEN_FDNAMES"));
}

static void
nothing_passed_is_no_error(void **state)
{
	struct systemd systemd;
	const char *why = "";

	(void)state;
	systemd_meet(&systemd);
	assert_int_equal(systemd_take_socket(&systemd, &why), -1);
	assert_null(why);
}

static void
what_another_process_was_passed_is_not_ours(void **state)
{
	struct systemd systemd;
	const char *why = "";

	(void)state;
	pass(listening_socket(AF_UNIX), "1");
	setenv("LISTEN_PID", "1", 1);
	systemd_meet(&systemd);
	assert_int_equal(systemd_take_socket(&systemd, &why), -1);
	assert_null(why);
	assert_null(getenv("LISTEN_PID"));
}

static void
expect_refusal(const char *sentence)
{
	struct systemd systemd;
	const char *why = NULL;

	systemd_meet(&systemd);
	assert_int_equal(systemd_take_socket(&systemd, &why), -1);
	assert_string_equal(why, sentence);
}

static void
anything_else_is_refused(void **state)
{
	int pair[2];

	(void)state;
	pass(listening_socket(AF_INET), "1");
	expect_refusal("what was passed is no listening unix stream socket");
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	close(pair[1]);
	pass(pair[0], "1");
	expect_refusal("what was passed is no listening unix stream socket");
	pass(listening_socket(AF_UNIX), "2");
	assert_int_not_equal(dup2(FIRST_FD, FIRST_FD + 1), -1);
	expect_refusal("one socket must be passed, no more");
	close(FIRST_FD + 1);
}

/* A variable that is no number is refused, not overlooked. */
static void
numbers_that_are_none_are_refused(void **state)
{
	static const char *const wrong[] = { "", "x", "0", "-1", "1x", " ",
		"99999999999", "2147483645" };
	struct systemd systemd;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		pass(listening_socket(AF_UNIX), wrong[i]);
		expect_refusal("one socket must be passed, no more");
		assert_null(getenv("LISTEN_FDS"));
	}
	pass(listening_socket(AF_UNIX), "1");
	setenv("LISTEN_PID", "me", 1);
	expect_refusal("one socket must be passed, no more");
	/* One alone of the two is not for us. */
	setenv("LISTEN_FDS", "1", 1);
	systemd_meet(&systemd);
	assert_int_equal(systemd.socket_count, 0);
	assert_null(getenv("LISTEN_FDS"));
	close(FIRST_FD);
}

static void
a_descriptor_that_is_not_there_is_refused(void **state)
{
	(void)state;
	pass(listening_socket(AF_UNIX), "1");
	close(FIRST_FD);
	expect_refusal("one socket must be passed, no more");
}

/* The manager's end, and its address into the environment. */
static int
notify_socket(void)
{
	char name[SYSTEMD_ADDRESS_MAX];
	int fd = systemd_notify_socket(SOCK_NONBLOCK, name);

	setenv("NOTIFY_SOCKET", name, 1);
	return fd;
}

static void
expect_message(int fd, const char *expected)
{
	char text[256] = "";

	assert_int_equal(recv(fd, text, sizeof(text) - 1, 0), strlen(expected));
	assert_string_equal(text, expected);
	assert_null(getenv("NOTIFY_SOCKET"));
}

static void
it_is_told_each_thing_once(void **state)
{
	struct systemd systemd;
	char byte;
	int fd = notify_socket();

	(void)state;
	systemd_meet(&systemd);
	assert_null(getenv("NOTIFY_SOCKET"));
	systemd_tell_ready(&systemd);
	expect_message(fd, "READY=1\nSTATUS=Answering");
	systemd_tell_ready(&systemd);
	assert_int_equal(recv(fd, &byte, 1, 0), -1);
	systemd_tell_stopping(&systemd, 3);
	expect_message(fd, "STOPPING=1\nSTATUS=Stopping, 3 runs under way");
	systemd_tell_stopping(&systemd, 2);
	assert_int_equal(recv(fd, &byte, 1, 0), -1);
	close(fd);
}

static void
who_stops_is_not_ready_any_more(void **state)
{
	struct systemd systemd;
	char byte;
	int fd = notify_socket();

	(void)state;
	systemd_meet(&systemd);
	systemd_tell_stopping(&systemd, 0);
	expect_message(fd, "STOPPING=1\nSTATUS=Stopping, 0 runs under way");
	systemd_tell_ready(&systemd);
	assert_int_equal(recv(fd, &byte, 1, 0), -1);
	close(fd);
}

static void
without_a_manager_nobody_is_told(void **state)
{
	struct systemd systemd;

	(void)state;
	systemd_meet(&systemd);
	systemd_tell_ready(&systemd);
	systemd_tell_stopping(&systemd, 0);
	assert_null(getenv("NOTIFY_SOCKET"));
}

static void
it_is_told_at_a_path(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char dir[] = "/tmp/sce-systemd.XXXXXX";
	struct systemd systemd;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(
	    address.sun_path, sizeof(address.sun_path), "%s/notify", dir);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_int_equal(
	    bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	setenv("NOTIFY_SOCKET", address.sun_path, 1);
	systemd_meet(&systemd);
	systemd_tell_ready(&systemd);
	expect_message(fd, "READY=1\nSTATUS=Answering");
	/* Nobody listens any more: that is logged, and all. */
	close(fd);
	systemd_tell_stopping(&systemd, 0);
	(void)unlink(address.sun_path);
	(void)rmdir(dir);
}

/* As long as a name can be, of bytes none of which ends it. */
static void
the_longest_address_is_used_and_no_longer_one(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char name[sizeof(address.sun_path) + 2] = "";
	struct systemd systemd;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	(void)snprintf(name, sizeof(name), "@%d-", (int)getpid());
	name[strlen(name)] = 'n';
	memcpy(address.sun_path + 1, name + 1, sizeof(address.sun_path) - 1);
	assert_int_equal(
	    bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	setenv("NOTIFY_SOCKET", name, 1);
	systemd_meet(&systemd);
	assert_string_equal(systemd.address, "");
	assert_null(getenv("NOTIFY_SOCKET"));
	name[sizeof(address.sun_path)] = '\0';
	setenv("NOTIFY_SOCKET", name, 1);
	systemd_meet(&systemd);
	systemd_tell_ready(&systemd);
	expect_message(fd, "READY=1\nSTATUS=Answering");
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_socket_that_is_passed_is_taken),
		cmocka_unit_test(nothing_passed_is_no_error),
		cmocka_unit_test(what_another_process_was_passed_is_not_ours),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(numbers_that_are_none_are_refused),
		cmocka_unit_test(a_descriptor_that_is_not_there_is_refused),
		cmocka_unit_test(it_is_told_each_thing_once),
		cmocka_unit_test(who_stops_is_not_ready_any_more),
		cmocka_unit_test(without_a_manager_nobody_is_told),
		cmocka_unit_test(it_is_told_at_a_path),
		cmocka_unit_test(the_longest_address_is_used_and_no_longer_one),
	};

	return cmocka_run_group_tests_name("systemd", tests, NULL, NULL);
}
