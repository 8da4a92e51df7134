/* SPDX-License-Identifier: MIT */
/* One message, at most one descriptor, nothing left open. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/fdpass.h"

struct pair {
	int ends[2];
};

static int
lowest_free_fd(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(fd);
	return fd;
}

static int
open_pair(void **state)
{
	static struct pair pair;

	*state = &pair;
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.ends);
}

static int
close_pair(void **state)
{
	struct pair *pair = *state;

	close(pair->ends[0]);
	close(pair->ends[1]);
	return 0;
}

static void
a_message_with_a_descriptor(void **state)
{
	struct pair *pair = *state;
	char got[4];
	int fd = -1;

	assert_int_equal(
	    fdpass_send(pair->ends[0], "abcd", 4, STDIN_FILENO), 0);
	assert_int_equal(fdpass_recv(pair->ends[1], got, 4, &fd), 1);
	assert_memory_equal(got, "abcd", 4);
	assert_int_not_equal(fd, -1);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	close(fd);
}

static void
a_message_without_one(void **state)
{
	struct pair *pair = *state;
	char got[4];
	int fd = 99;

	assert_int_equal(fdpass_send(pair->ends[0], "abcd", 4, -1), 0);
	assert_int_equal(fdpass_recv(pair->ends[1], got, 4, &fd), 1);
	assert_int_equal(fd, -1);
}

static void
nothing_there_and_the_end(void **state)
{
	struct pair *pair = *state;
	char got[4];
	int fd;

	assert_int_equal(fdpass_recv(pair->ends[1], got, 4, &fd), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(shutdown(pair->ends[0], SHUT_WR), 0);
	assert_int_equal(fdpass_recv(pair->ends[1], got, 4, &fd), 0);
}

static void
wrong_length_refused(void **state)
{
	struct pair *pair = *state;
	int before = lowest_free_fd();
	char got[4];
	int fd;

	assert_int_equal(fdpass_send(pair->ends[0], "abcde", 5, 0), 0);
	assert_int_equal(fdpass_recv(pair->ends[1], got, 4, &fd), -1);
	assert_int_equal(errno, EPROTO);
	assert_int_equal(fdpass_send(pair->ends[0], "abc", 3, 0), 0);
	assert_int_equal(fdpass_recv(pair->ends[1], got, 4, &fd), -1);
	assert_int_equal(fd, -1);
	assert_int_equal(lowest_free_fd(), before);
}

/* What fdpass_send never does, but a peer that was taken over could. */
static void
send_many(int sock, size_t count)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(64 * sizeof(int))];
	} control = { 0 };
	char bytes[] = "abcd";
	struct iovec iov = { .iov_base = bytes, .iov_len = 4 };
	struct msghdr header = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = CMSG_SPACE(count * sizeof(int)) };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&header);

	/* All of them are descriptor 0. */
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(count * sizeof(int));
	assert_int_equal(sendmsg(sock, &header, 0), 4);
}

static void
exactly_so_many_descriptors(void **state)
{
	const int sent[4] = { 0, 1, 2, 0 };
	struct pair *pair = *state;
	int before = lowest_free_fd();
	int got[5] = { -1, -1, -1, -1, -1 };
	char text[4];
	int i;

	assert_int_equal(
	    fdpass_send_many(pair->ends[0], "abcd", 4, sent, 4), 0);
	assert_int_equal(fdpass_recv_many(pair->ends[1], text, 4, got, 4), 1);
	for (i = 0; i < 4; i++) {
		assert_int_equal(
		    fcntl(got[i], F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
		close(got[i]);
		got[i] = -1;
	}
	for (i = 3; i <= 5; i += 2) { /* one too few, one too many */
		send_many(pair->ends[0], (size_t)i);
		assert_int_equal(
		    fdpass_recv_many(pair->ends[1], text, 4, got, 4), -1);
		assert_int_equal(errno, EPROTO);
		assert_int_equal(got[0], -1);
	}
	assert_int_equal(
	    fdpass_send_many(pair->ends[0], "abcd", 4, got, 5), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(lowest_free_fd(), before);
}

static void
surplus_descriptors_closed(void **state)
{
	struct pair *pair = *state;
	int before = lowest_free_fd();
	char got[4];
	int fd;

	send_many(pair->ends[0], 2);
	assert_int_equal(fdpass_recv(pair->ends[1], got, 4, &fd), -1);
	assert_int_equal(errno, EPROTO);
	send_many(pair->ends[0], 64);
	assert_int_equal(fdpass_recv(pair->ends[1], got, 4, &fd), -1);
	assert_int_equal(fd, -1);
	assert_int_equal(lowest_free_fd(), before);
}

static void
a_full_channel_does_not_block(void **state)
{
	struct pair *pair = *state;
	char message[1024] = { 0 };
	int sent = 0;

	while (fdpass_send(pair->ends[0], message, sizeof(message), -1) == 0)
		assert_true(++sent < 1000000);
	assert_int_equal(errno, EAGAIN);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_pair, close_pair)
	const struct CMUnitTest tests[] = {
		TEST(a_message_with_a_descriptor),
		TEST(a_message_without_one),
		TEST(nothing_there_and_the_end),
		TEST(wrong_length_refused),
		TEST(exactly_so_many_descriptors),
		TEST(surplus_descriptors_closed),
		TEST(a_full_channel_does_not_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
