/* SPDX-License-Identifier: MIT */
/* The only sendmsg and recvmsg of the project. */
#include "common/fdpass.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "common/io.h"

/* Room for more than we take, so that a surplus is seen and closed by us. */
#define FDS_ROOM 8

union control {
	struct cmsghdr align;
	char buf[CMSG_SPACE(FDS_ROOM * sizeof(int))];
};

int
fdpass_send_many(
    int sock, const void *msg, size_t len, const int *fds, size_t count)
{
	union control control = { 0 };
	struct iovec iov = { .iov_base = (void *)(uintptr_t)msg,
		.iov_len = len };
	struct msghdr header = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cmsg;
	ssize_t n;

	if (count > FDPASS_MAX) {
		errno = EINVAL;
		return -1;
	}
	if (count > 0) {
		header.msg_control = control.buf;
		header.msg_controllen = CMSG_SPACE(count * sizeof(int));
		cmsg = CMSG_FIRSTHDR(&header);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(cmsg), fds, count * sizeof(int));
	}
	do {
		n = sendmsg(sock, &header, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (n == -1 && errno == EINTR);
	return n == -1 ? -1 : 0;
}

int
fdpass_send(int sock, const void *msg, size_t len, int fd)
{
	return fdpass_send_many(sock, msg, len, &fd, fd != -1 ? 1 : 0);
}

/* Collects the descriptors of a message; returns how many came. */
static size_t
collect(struct msghdr *header, int fds[FDS_ROOM])
{
	struct cmsghdr *cmsg;
	size_t count = 0;
	size_t n;

	for (cmsg = CMSG_FIRSTHDR(header); cmsg != NULL;
	     cmsg = CMSG_NXTHDR(header, cmsg)) {
		if (cmsg->cmsg_level != SOL_SOCKET ||
		    cmsg->cmsg_type != SCM_RIGHTS)
			continue;
		n = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		if (n > FDS_ROOM - count)
			n = FDS_ROOM - count;
		memcpy(fds + count, CMSG_DATA(cmsg), n * sizeof(int));
		count += n;
	}
	return count;
}

/* One message with at least min descriptors and at most max, *count of them. */
static int
receive(int sock, void *msg, size_t len, int fds[FDS_ROOM], size_t min,
    size_t max, size_t *count)
{
	union control control;
	struct iovec iov = { .iov_base = msg, .iov_len = len };
	struct msghdr header = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf) };
	ssize_t n;

	*count = 0;
	do {
		n = recvmsg(sock, &header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		return -1;
	*count = collect(&header, fds);
	if (n == 0 && *count == 0)
		return 0;
	if ((size_t)n == len && *count >= min && *count <= max &&
	    (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0)
		return 1;
	fd_close_all(fds, *count);
	*count = 0;
	errno = EPROTO;
	return -1;
}

int
fdpass_recv(int sock, void *msg, size_t len, int *fd)
{
	int fds[FDS_ROOM];
	size_t count;
	int rc = receive(sock, msg, len, fds, 0, 1, &count);

	*fd = count == 1 ? fds[0] : -1;
	return rc;
}

int
fdpass_recv_many(int sock, void *msg, size_t len, int *fds, size_t count)
{
	int found[FDS_ROOM];
	int rc = receive(sock, msg, len, found, count, count, &count);

	if (rc == 1)
		memcpy(fds, found, count * sizeof(int));
	return rc;
}
