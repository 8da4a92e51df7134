/* SPDX-License-Identifier: MIT */
/* The life line to the host: dial, frames, the one job. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/io.h"
#include "guest/guest.h"

static uint8_t guest_job[FRAME_JOB_MAX];
static size_t guest_job_len;

int
host_send(
    struct guest *guest, enum frame_kind kind, const void *payload, size_t len)
{
	uint8_t frame[FRAME_HEADER_LEN + CHILD_ERROR_MAX];

	frame_encode_header(frame, kind, (uint32_t)len);
	memcpy(frame + FRAME_HEADER_LEN, payload, len);
	return io_write_all(guest->host_fd, frame, FRAME_HEADER_LEN + len,
	    io_now_us() + HOST_PATIENCE_US);
}

int
host_report(struct guest *guest, const char *what)
{
	char text[CHILD_ERROR_MAX];
	int n;

	n = snprintf(text, sizeof(text), "%s: %s", what, strerror(errno));
	if (n >= (int)sizeof(text))
		n = sizeof(text) - 1;
	(void)host_send(guest, FRAME_SETUP_ERROR, text, (size_t)n);
	return -1;
}

int
host_dial(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == -1 ||
	    fd_set_nonblocking(fd) == -1)
		fd_close(&fd);
	return fd;
}

int
host_watch(struct guest *guest, int timeout_ms)
{
	struct pollfd fds[] = {
		{ .fd = guest->host_fd, .events = POLLIN },
		{ .fd = guest->signal_fd, .events = POLLIN },
		{ .fd = guest->child.report_fd, .events = POLLIN },
	};
	struct signalfd_siginfo info;

	if (poll(fds, 3, timeout_ms) == -1)
		return 0;
	/* With a gate it has no word to say before its run but its last. */
	if (fds[2].revents != 0) {
		errno = ECHILD;
		return -1;
	}
	if (fds[0].revents != 0)
		return 1;
	while (read(guest->signal_fd, &info, sizeof(info)) > 0)
		;
	if (guest->child.pid != -1 &&
	    waitpid(guest->child.pid, NULL, WNOHANG) == guest->child.pid) {
		errno = ECHILD;
		return -1;
	}
	return 0;
}

int
host_take_job(struct guest *guest, struct job *job)
{
	uint8_t head[FRAME_HEADER_LEN];
	struct frame_header header;
	uint64_t deadline_us;
	int seen;

	while ((seen = host_watch(guest, -1)) == 0)
		;
	if (seen == -1)
		return host_report(guest, "the waiting interpreter died");
	deadline_us = io_now_us() + HOST_PATIENCE_US;
	if (io_read_all(guest->host_fd, head, sizeof(head), deadline_us) == -1)
		return -1;
	if (frame_decode_header(head, sizeof(head), FRAME_JOB_MAX, &header) !=
		FRAME_OK ||
	    header.kind != FRAME_JOB)
		return -1;
	guest_job_len = header.len;
	if (io_read_all(guest->host_fd, guest_job, header.len, deadline_us) ==
	    -1)
		return -1;
	return frame_decode_job(guest_job, header.len, job) == FRAME_OK ? 0
									: -1;
}

void
host_forget_job(void)
{
	explicit_bzero(guest_job, guest_job_len);
	guest_job_len = 0;
}
