/* SPDX-License-Identifier: MIT */
/* One program from the gate: its pipes, its init, its end. */
#include "guest/fork/ask_gate.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "common/fdpass.h"
#include "common/gate.h"
#include "common/io.h"
#include "guest/host.h"

int
ask_gate_hear(int gate_fd, int32_t *number)
{
	struct pollfd p = { .fd = gate_fd, .events = POLLIN };
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
	n = fdpass_recv(gate_fd, number, sizeof(*number), &fd);
	fd_close(&fd);
	if (n == 1)
		return 0;
	errno = n == 0 ? ECHILD : errno;
	return -1;
}

int
ask_gate_fork(struct guest *guest, int gate_fd)
{
	const struct gate_request request = { .magic = GATE_MAGIC };
	struct child_pipes pipes;
	int32_t pid = 0;
	int run[2];
	int rc = -1;

	child_init(&guest->child);
	if (child_pipes_open(&pipes) == -1 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, run) == -1)
		goto out;
	pipes.ours[GATE_FD_RUN] = run[0];
	pipes.theirs[GATE_FD_RUN] = run[1];
	if (fd_set_nonblocking(run[0]) == -1 ||
	    fdpass_send_many(gate_fd, &request, sizeof(request), pipes.theirs,
		GATE_FDS) == -1 ||
	    ask_gate_hear(gate_fd, &pid) == -1)
		goto out;
	if (pid <= 1) {
		errno = pid < 0 ? -pid : EPROTO;
		goto out;
	}
	guest->child.pid = pid;
	child_take_pipes(&guest->child, &pipes);
	guest->child.report_fd = fd_take(&pipes.ours[GATE_FD_RUN]);
	rc = 0;
out:
	child_pipes_close(&pipes);
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
ask_gate_send_program(const struct guest *guest, const struct job *job)
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

bool
ask_gate_is_there(int gate_fd)
{
	struct pollfd p = { .fd = gate_fd, .events = POLLIN };

	return poll(&p, 1, 0) == 0;
}
