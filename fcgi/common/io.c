/* SPDX-License-Identifier: MIT */
/* Descriptors and time; also linked into the guest, so: no allocation. */
#include "common/io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

uint64_t
io_now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

int
io_left_ms(uint64_t deadline_us)
{
	uint64_t now_us;
	uint64_t left_ms;

	if (deadline_us == IO_FOREVER)
		return -1;
	now_us = io_now_us();
	if (deadline_us <= now_us)
		return 0;
	left_ms = (deadline_us - now_us + 999) / 1000;
	return left_ms > INT_MAX ? INT_MAX : (int)left_ms;
}

void
fd_close(int *fd)
{
	int saved = errno;

	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
	errno = saved;
}

void
fd_close_all(int *fds, size_t count)
{
	while (count > 0)
		fd_close(&fds[--count]);
}

int
fd_close_from(int first, unsigned int flags)
{
	/* Not ~0U: gVisor takes the number for a signed one. */
	return (int)syscall(SYS_close_range, first, INT_MAX, flags);
}

int
fd_take(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

int
fd_set_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags == -1)
		return -1;
	return fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1 ? -1 : 0;
}

int
fd_keep_standard_open(void)
{
	int fd;

	for (;;) {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (fd == -1)
			return -1;
		if (fd > STDERR_FILENO)
			break;
		/* This one stays, also after an exec. */
		if (fcntl(fd, F_SETFD, 0) == -1)
			return -1;
	}
	fd_close(&fd);
	return 0;
}

int
fd_use_as_standard(const int fds[3])
{
	if (dup2(fds[0], STDIN_FILENO) == -1 ||
	    dup2(fds[1], STDOUT_FILENO) == -1 ||
	    dup2(fds[2], STDERR_FILENO) == -1)
		return -1;
	return 0;
}

int
io_reset_signals(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t none;
	int number;

	for (number = 1; number < NSIG; number++)
		(void)sigaction(number, &action, NULL); /* KILL, STOP refuse */
	sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL);
}

int
io_wait(int fd, short events, uint64_t deadline_us)
{
	struct pollfd p = { .fd = fd, .events = events };
	int n;

	do {
		n = poll(&p, 1, io_left_ms(deadline_us));
	} while (n == -1 && errno == EINTR);
	if (n == 0)
		errno = ETIMEDOUT;
	return n > 0 ? 0 : -1;
}

int
io_write_all(int fd, const void *buf, size_t len, uint64_t deadline_us)
{
	const uint8_t *bytes = buf;
	ssize_t n;

	while (len > 0) {
		n = write(fd, bytes, len);
		if (n >= 0) {
			bytes += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			if (io_wait(fd, POLLOUT, deadline_us) == -1)
				return -1;
		} else if (errno != EINTR) {
			return -1;
		}
	}
	return 0;
}

int
io_write_parts(
    int fd, const struct iovec *parts, int count, uint64_t deadline_us)
{
	ssize_t n = writev(fd, parts, count);
	size_t sent = n > 0 ? (size_t)n : 0;
	const struct iovec *part;

	for (part = parts; part < parts + count; part++) {
		if (sent >= part->iov_len) {
			sent -= part->iov_len;
			continue;
		}
		if (io_write_all(fd, (const uint8_t *)part->iov_base + sent,
			part->iov_len - sent, deadline_us) == -1)
			return -1;
		sent = 0;
	}
	return 0;
}

int
io_write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int rc;

	if (fd == -1)
		return -1;
	rc = io_write_all(fd, text, strlen(text), IO_FOREVER);
	fd_close(&fd);
	return rc;
}

int
io_read_all(int fd, void *buf, size_t len, uint64_t deadline_us)
{
	uint8_t *bytes = buf;
	ssize_t n;

	while (len > 0) {
		if (io_wait(fd, POLLIN, deadline_us) == -1)
			return -1;
		n = read(fd, bytes, len);
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		} else if (n == 0) {
			errno = EPIPE;
			return -1;
		} else if (errno != EINTR && errno != EAGAIN) {
			return -1;
		}
	}
	return 0;
}
