/* SPDX-License-Identifier: MIT */
#include "guest/host.h"

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
host_send_frame(int host_fd, uint8_t *frame, enum frame_kind kind, size_t len)
{
	frame_encode_header(frame, kind, (uint32_t)len);
	return io_write_all(host_fd, frame, FRAME_HEADER_LEN + len,
	    io_now_us() + HOST_PATIENCE_US);
}

int
host_send(const struct guest *guest, enum frame_kind kind, const void *payload,
    size_t len)
{
	uint8_t frame[FRAME_HEADER_LEN + CHILD_ERROR_MAX];

	memcpy(frame + FRAME_HEADER_LEN, payload, len);
	return host_send_frame(guest->host_fd, frame, kind, len);
}

int
host_send_ready(const struct guest *guest)
{
	uint8_t version[FRAME_READY_LEN];

	frame_encode_ready(version);
	return host_send(guest, FRAME_READY, version, sizeof(version));
}

int
host_report(const struct guest *guest, const char *what)
{
	char text[CHILD_ERROR_MAX];

	(void)snprintf(text, sizeof(text), "%s: %s", what, strerror(errno));
	return host_report_sentence(guest, text);
}

int
host_report_sentence(const struct guest *guest, const char *sentence)
{
	(void)host_send(guest, FRAME_SETUP_ERROR, sentence, strlen(sentence));
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
host_watch(const struct guest *guest, int timeout_ms)
{
	struct pollfd fds[] = {
		{ .fd = guest->host_fd, .events = POLLIN },
		{ .fd = guest->signal_fd, .events = POLLIN },
		{ .fd = guest->child.report_fd, .events = POLLIN },
	};
	struct signalfd_siginfo info;

	if (poll(fds, 3, timeout_ms) == -1)
		return 0;
	/* An init says nothing before its run, unless it has failed. */
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
host_await(const struct guest *guest)
{
	int seen;

	do {
		seen = host_watch(guest, -1);
	} while (seen == 0);
	return seen;
}

int
host_take_job(const struct guest *guest, struct job *job)
{
	uint8_t head[FRAME_HEADER_LEN];
	struct frame_header header;
	uint64_t deadline_us;

	if (host_await(guest) == -1)
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
