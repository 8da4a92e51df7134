/* SPDX-License-Identifier: MIT */
/*
 * The guest's poll loop. Every descriptor is non-blocking, every wait ends
 * with the alarm at the latest, and what is forwarded is bounded by the job's
 * limits: a program that floods costs its own CPU time only.
 */
#include "guest/run/pump.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/io.h"
#include "guest/host.h"

/* Reads of stderr at the deadline: a full pipe has no more than 1 MiB. */
#define LAST_READS 16
#define REAPS_A_ROUND 64

enum {
	POLL_SIGNAL,
	POLL_HOST,
	POLL_STDOUT,
	POLL_STDERR,
	POLL_STDIN,
	POLL_FIFO,
	POLL_INIT,
	POLL_COUNT
};

/* A frame is built in place, so that it leaves in one write. */
static uint8_t pump_buffer[FRAME_HEADER_LEN + FRAME_PAYLOAD_MAX];

/* Counts n bytes that were read, forwards what the limit leaves of them. */
static int
forward(struct pump *pump, enum frame_kind kind, size_t n)
{
	int is_stdout = kind == FRAME_STDOUT;
	uint64_t *total = is_stdout ? &pump->verdict.stdout_bytes
				    : &pump->verdict.stderr_bytes;
	uint64_t limit = is_stdout ? pump->job->stdout_limit_bytes
				   : pump->job->stderr_limit_bytes;
	uint64_t room = *total < limit ? limit - *total : 0;
	size_t len = n < room ? n : (size_t)room;

	*total += n;
	if (len < n)
		pump->verdict.truncated |= is_stdout ? VERDICT_TRUNCATED_STDOUT
						     : VERDICT_TRUNCATED_STDERR;
	if (len == 0)
		return 0;
	return host_send_frame(pump->host_fd, pump_buffer, kind, len);
}

/* One read. 1: there may be more; 0: not now; -1: the host is gone. */
static int
pump_output(struct pump *pump, enum frame_kind kind)
{
	int *fd = kind == FRAME_STDOUT ? &pump->child->stdout_fd
				       : &pump->child->stderr_fd;
	ssize_t n;

	if (*fd == -1)
		return 0;
	n = read(*fd, pump_buffer + FRAME_HEADER_LEN, FRAME_PAYLOAD_MAX);
	if (n == -1)
		return errno == EINTR;
	if (n == 0) {
		fd_close(fd);
		return 0;
	}
	/* From the deadline on, stderr only tells of our own interrupt. */
	if (pump->in_grace && kind == FRAME_STDERR)
		return 1;
	return forward(pump, kind, (size_t)n) == -1 ? -1 : 1;
}

/* Writes what the pipe takes; closes it at the end and when nobody reads. */
static void
feed(int *fd, const uint8_t *data, uint32_t len, uint32_t *sent)
{
	ssize_t n;

	if (*fd == -1)
		return;
	n = *sent < len ? write(*fd, data + *sent, len - *sent) : 0;
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		*sent += (uint32_t)n;
	if (n == -1 || *sent == len)
		fd_close(fd);
}

static void
pump_input(struct pump *pump)
{
	feed(&pump->fifo_fd, pump->job->code, pump->job->code_len,
	    &pump->code_sent);
	feed(&pump->child->stdin_fd, pump->job->stdin_data,
	    pump->job->stdin_len, &pump->stdin_sent);
}

/* The child, or its init, has been reaped. */
static void
note_end(struct pump *pump, int status)
{
	if (pump->ended)
		return;
	pump->ended = true;
	pump->status = child_status(pump->child, status);
}

/* Reaps what has ended, at most so many: programs can send signals and make
 * zombies as fast as these are taken, and the clock is to be looked at too. */
static void
take_signals(struct pump *pump)
{
	struct signalfd_siginfo info[4]; /* only two kinds can be pending */
	int status;
	pid_t pid;
	int i;

	if (read(pump->signal_fd, info, sizeof(info)) == -1 && errno != EAGAIN)
		return;
	for (i = 0; i < REAPS_A_ROUND; i++) {
		pid = waitpid(-1, &status, WNOHANG);
		if (pid <= 0)
			return;
		if (pid == pump->child->pid)
			note_end(pump, status);
	}
}

/* With a gate the program's init tells of the program's end before its own. */
static void
hear_init(struct pump *pump)
{
	int status;
	int heard;

	if (pump->is_silent || !child_is_forked(pump->child))
		return;
	heard = child_hear_init(pump->child, &status);
	pump->is_silent = heard != 0;
	if (heard == 1 && !pump->ended) {
		pump->ended = pump->is_alone = true;
		pump->status = status;
	}
	/* There was no script, and its init waits to be ended. */
	if (pump->child->failure[0] != '\0')
		pump->ended = true;
}

/* Reads up to so many times, until there is nothing. -1: the host is gone. */
static int
drain(struct pump *pump, enum frame_kind kind, int reads)
{
	int more = 1;

	while (more == 1 && reads-- > 0)
		more = pump_output(pump, kind);
	return more == -1 ? -1 : 0;
}

/* Time is up: keep what was said so far, ask Python to flush, wait a bit. */
static int
enter_grace(struct pump *pump)
{
	if (drain(pump, FRAME_STDERR, LAST_READS) == -1)
		return -1;
	clock_begin_grace(pump);
	(void)kill(pump->child->pid, SIGINT);
	return 0;
}

/* Programs can send SIGALRM too; only the clock decides. */
static int
look_at_clock(struct pump *pump)
{
	if (!pump->ended && clock_is_up(pump)) {
		hear_init(pump); /* it may have ended in time */
		take_signals(pump);
	}
	if (pump->ended || clock_is_out_of_cpu(pump))
		return 0;
	if (!clock_is_up(pump))
		return 1;
	if (pump->in_grace)
		return 0;
	return enter_grace(pump) == -1 ? -1 : 1;
}

/* One round: wait, move, look at the clock. 1: go on; 0: over; -1: host. */
static int
pump_round(struct pump *pump)
{
	const struct child *child = pump->child;
	/* A negative one is skipped by poll. */
	struct pollfd fds[POLL_COUNT] = {
		[POLL_SIGNAL] = { pump->signal_fd, POLLIN, 0 },
		[POLL_HOST] = { pump->host_fd, POLLIN, 0 },
		[POLL_STDOUT] = { child->stdout_fd, POLLIN, 0 },
		[POLL_STDERR] = { child->stderr_fd, POLLIN, 0 },
		[POLL_STDIN] = { child->stdin_fd, POLLOUT, 0 },
		[POLL_FIFO] = { pump->fifo_fd, POLLOUT, 0 },
		[POLL_INIT] = { pump->is_silent ? -1 : child->report_fd, POLLIN,
		    0 },
	};

	if (poll(fds, POLL_COUNT, -1) == -1 && errno != EINTR)
		return -1;
	/* The host has said all it had to say: this is its end. */
	if (fds[POLL_HOST].revents != 0)
		return -1;
	if ((fds[POLL_STDIN].revents | fds[POLL_FIFO].revents) != 0)
		pump_input(pump);
	if (fds[POLL_STDOUT].revents != 0 &&
	    pump_output(pump, FRAME_STDOUT) == -1)
		return -1;
	if (fds[POLL_STDERR].revents != 0 &&
	    pump_output(pump, FRAME_STDERR) == -1)
		return -1;
	if (fds[POLL_INIT].revents != 0)
		hear_init(pump);
	if (fds[POLL_SIGNAL].revents != 0)
		take_signals(pump);
	return look_at_clock(pump);
}

static void
kill_and_reap_all(struct pump *pump)
{
	int status;

	if (child_kill_and_reap(pump->child, &status))
		note_end(pump, status);
}

/* From how the program ended to the verdict on it, but for what was counted. */
static void
judge(struct pump *pump)
{
	struct verdict *verdict = &pump->verdict;

	verdict->cpu_us = meter_cpu_us(pump->meter);
	verdict->peak_memory_bytes = child_is_forked(pump->child)
					 ? pump->child->peak_bytes
					 : meter_peak_bytes(pump->meter);
	if (pump->child->failure[0] != '\0') {
		verdict->kind = VERDICT_SANDBOX_FAILED;
	} else if (clock_has_timed_out(pump)) {
		verdict->kind = VERDICT_TIMED_OUT;
	} else if (WIFEXITED(pump->status)) {
		verdict->kind = VERDICT_EXITED;
		verdict->status = (uint32_t)WEXITSTATUS(pump->status);
	} else if (WTERMSIG(pump->status) == SIGKILL &&
		   meter_oom_kills(pump->meter) > 0) {
		verdict->kind = VERDICT_OUT_OF_MEMORY;
	} else {
		verdict->kind = VERDICT_SIGNALED;
		verdict->status = (uint32_t)WTERMSIG(pump->status);
	}
}

int
pump_run(struct pump *pump, enum frame_kind last)
{
	int more;
	int rc;

	clock_start(pump);
	pump_input(pump);
	while ((more = pump_round(pump)) == 1)
		;
	if (more == -1)
		return -1;
	pump->verdict.wall_us = io_now_us() - pump->started_us;
	if (!pump->is_alone)
		kill_and_reap_all(pump);
	clock_stop();
	/* Everything that could write is dead, so the output has an end. */
	if (drain(pump, FRAME_STDOUT, INT_MAX) == -1 ||
	    drain(pump, FRAME_STDERR, INT_MAX) == -1)
		return -1;
	judge(pump);
	if ((pump->job->flags & JOB_RETURN_FILES) != 0 &&
	    return_files(pump, pump_buffer) == -1)
		return -1;
	frame_encode_verdict(pump_buffer + FRAME_HEADER_LEN, &pump->verdict);
	rc = host_send_frame(
	    pump->host_fd, pump_buffer, last, FRAME_VERDICT_LEN);
	if (pump->is_alone) /* nothing new: its namespaces end with it */
		kill_and_reap_all(pump);
	return rc;
}
