/* SPDX-License-Identifier: MIT */
/* One program from the gate: its pipes, its init, its end. */
#include "guest/fork/ask_gate.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/fdpass.h"
#include "common/gate.h"
#include "common/io.h"

/* Both ends of a program's pipes: ours, the program's. */
struct ends {
	int ours[GATE_FDS];
	int theirs[GATE_FDS];
};

static void
close_ends(int fds[GATE_FDS])
{
	int i;

	for (i = 0; i < GATE_FDS; i++)
		fd_close(&fds[i]);
}

static int
open_pipe(int *read_fd, int *write_fd)
{
	int pair[2];

	if (pipe2(pair, O_CLOEXEC) == -1)
		return -1;
	*read_fd = pair[0];
	*write_fd = pair[1];
	return 0;
}

static int
open_ends(struct ends *ends)
{
	int pair[2];
	int i;

	memset(ends, 0xff, sizeof(*ends)); /* all -1 */
	if (open_pipe(&ends->theirs[GATE_FD_STDIN],
		&ends->ours[GATE_FD_STDIN]) == -1 ||
	    open_pipe(&ends->ours[GATE_FD_STDOUT],
		&ends->theirs[GATE_FD_STDOUT]) == -1 ||
	    open_pipe(&ends->ours[GATE_FD_STDERR],
		&ends->theirs[GATE_FD_STDERR]) == -1 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		return -1;
	ends->ours[GATE_FD_RUN] = pair[0];
	ends->theirs[GATE_FD_RUN] = pair[1];
	for (i = 0; i < GATE_FDS; i++) {
		if (fd_set_nonblocking(ends->ours[i]) == -1)
			return -1;
	}
	return 0;
}

int
gate_hear(const struct gate_host *host, int32_t *number)
{
	struct pollfd p = { .fd = host->socket_fd, .events = POLLIN };
	uint64_t deadline_us = io_now_us() + HOST_PATIENCE_US;
	int fd;
	int n;

	do {
		n = poll(&p, 1, io_left_ms(deadline_us));
	} while (n == -1 && errno == EINTR);
	if (n != 1) {
		errno = ETIMEDOUT;
		return -1;
	}
	n = fdpass_recv(host->socket_fd, number, sizeof(*number), &fd);
	fd_close(&fd);
	if (n == 1)
		return 0;
	errno = n == 0 ? ECHILD : errno;
	return -1;
}

int
gate_fork(struct guest *guest, const struct gate_host *host)
{
	const struct gate_request request = { .magic = GATE_MAGIC };
	struct ends ends;
	int32_t pid = 0;
	int rc = -1;

	child_init(&guest->child);
	if (open_ends(&ends) == -1 ||
	    fdpass_send_many(host->socket_fd, &request, sizeof(request),
		ends.theirs, GATE_FDS) == -1 ||
	    gate_hear(host, &pid) == -1)
		goto out;
	if (pid <= 1) {
		errno = pid < 0 ? -pid : EPROTO;
		goto out;
	}
	guest->child.pid = pid;
	guest->child.stdin_fd = fd_take(&ends.ours[GATE_FD_STDIN]);
	guest->child.stdout_fd = fd_take(&ends.ours[GATE_FD_STDOUT]);
	guest->child.stderr_fd = fd_take(&ends.ours[GATE_FD_STDERR]);
	guest->child.report_fd = fd_take(&ends.ours[GATE_FD_RUN]);
	rc = 0;
out:
	close_ends(ends.ours);
	close_ends(ends.theirs);
	return rc;
}

/* What is left of a part, when done bytes have been sent from its begin on. */
static int
send_rest(int fd, const struct iovec *part, size_t *done, uint64_t deadline_us)
{
	size_t skip = *done < part->iov_len ? *done : part->iov_len;

	*done -= skip;
	if (skip == part->iov_len)
		return 0;
	return io_write_all(fd, (const uint8_t *)part->iov_base + skip,
	    part->iov_len - skip, deadline_us);
}

int
gate_send_program(const struct guest *guest, const struct job *job)
{
	const struct gate_program program = { .code_len = job->code_len,
		.flags = job->flags,
		.extras_len = job->extras_len };
	uint64_t deadline_us = io_now_us() + HOST_PATIENCE_US;
	int fd = guest->child.report_fd;
	struct iovec parts[] = {
		{ (void *)(uintptr_t)&program, sizeof(program) },
		{ (void *)(uintptr_t)job->extras, job->extras_len },
		{ (void *)(uintptr_t)job->code, job->code_len },
	};
	ssize_t n = writev(fd, parts, 3); /* at once, as a rule */
	size_t done = n > 0 ? (size_t)n : 0;
	size_t i;

	for (i = 0; i < 3; i++) {
		if (send_rest(fd, &parts[i], &done, deadline_us) == -1)
			return -1;
	}
	return 0;
}

/* All in its pid namespace die with the init of a fork. */
pid_t
gate_whom_to_kill(const struct child *child)
{
	return child->report_fd == -1 ? -1 : child->pid;
}

uint64_t
gate_peak_bytes(const struct child *child, const struct meter *meter)
{
	return child->report_fd == -1 ? meter_peak_bytes(meter)
				      : child->peak_bytes;
}

int
gate_box(const struct child *child)
{
	return child->report_fd == -1 ? AT_FDCWD : child->box_fd;
}

int
gate_hear_init(struct child *child, int *status)
{
	struct gate_report report;
	int fd;
	int n;

	do {
		n = fdpass_recv(child->report_fd, &report, sizeof(report), &fd);
		if (n != 1)
			return n == -1 && errno == EAGAIN ? 0 : -1;
		if (fd != -1) {
			fd_close(&child->box_fd);
			child->box_fd = fd;
		}
	} while (report.kind == GATE_BOX);
	child->peak_bytes = report.peak_bytes;
	if (report.kind == GATE_ENDED) {
		*status = report.value;
		return 1;
	}
	report.step[sizeof(report.step) - 1] = '\0';
	(void)snprintf(child->failure, CHILD_ERROR_MAX, "%s: %s", report.step,
	    strerror(report.value));
	return -1;
}

int
gate_status(struct child *child, int status)
{
	/* Killed itself, for want of memory or by us; or lost. */
	if (child->report_fd != -1 && gate_hear_init(child, &status) != 1 &&
	    child->failure[0] == '\0' && !WIFSIGNALED(status))
		(void)snprintf(child->failure, CHILD_ERROR_MAX,
		    "its init ended with %d", WEXITSTATUS(status));
	return status;
}

bool
gate_is_there(const struct gate_host *host)
{
	struct pollfd p = { .fd = host->socket_fd, .events = POLLIN };

	return poll(&p, 1, 0) == 0;
}

void
gate_close(struct guest *guest, const struct gate_host *host)
{
	fd_close(&guest->child.stdin_fd);
	fd_close(&guest->child.stdout_fd);
	fd_close(&guest->child.stderr_fd);
	fd_close(&guest->child.report_fd);
	fd_close(&guest->child.box_fd);
	guest->child.pid = host->booted.pid;
}
