/* SPDX-License-Identifier: MIT */
/*
 * From fork to exec: what the child gives up, in the order in which each
 * step is still possible. A step that fails is reported over a pipe that a
 * successful exec closes, and then there is no run.
 */
#include "guest/run/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/gate.h"
#include "common/io.h"
#include "guest/confine/confine.h"
#include "guest/confine/environment.h"

/*
 * The limits that no option of docker run sets, or that matter enough to be
 * set twice. Those that depend on the configuration are set by docker.
 */
static const struct {
	int resource;
	rlim_t value;
} child_limits[] = {
	{ RLIMIT_CORE, 1 }, /* 0 is ignored when core_pattern is a pipe */
	{ RLIMIT_MEMLOCK, 0 },
	{ RLIMIT_MSGQUEUE, 0 },
	{ RLIMIT_NICE, 0 },
	{ RLIMIT_RTPRIO, 0 },
};

/* What went wrong in the child, as it travels over the pipe. */
struct failure {
	int error_number;
	char step[CHILD_ERROR_MAX / 2];
};

struct child_pipes {
	int in[2];
	int out[2];
	int err[2];
	int failure[2];
};

void
child_init(struct child *child)
{
	child->pid = -1;
	child->stdin_fd = child->stdout_fd = child->stderr_fd = -1;
	child->report_fd = child->box_fd = -1;
	child->peak_bytes = 0;
	child->failure[0] = '\0';
}

/* A limit that is as it should be stays: gVisor lets only some be set. */
static int
set_limit(int resource, rlim_t value)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) == -1)
		return -1;
	if (limit.rlim_cur == value && limit.rlim_max == value)
		return 0;
	limit.rlim_cur = limit.rlim_max = value;
	return setrlimit(resource, &limit);
}

static int
set_limits(void)
{
	size_t i;

	for (i = 0; i < sizeof(child_limits) / sizeof(*child_limits); i++) {
		if (set_limit(
			child_limits[i].resource, child_limits[i].value) == -1)
			return -1;
	}
	return 0;
}

/* Before anything else the kernel's choice in need of memory, not PID 1. */
static int
prefer_for_oom_kill(void)
{
	/* A process that is not dumpable may not write its own /proc. */
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == -1)
		return -1;
	return io_write_file("/proc/self/oom_score_adj", "1000");
}

static int
use_pipes(const struct child_pipes *pipes)
{
	if (dup2(pipes->in[0], STDIN_FILENO) == -1 ||
	    dup2(pipes->out[1], STDOUT_FILENO) == -1 ||
	    dup2(pipes->err[1], STDERR_FILENO) == -1)
		return -1;
	/* The rest are close-on-exec; said twice for whatever is added. Not
	 * ~0U: gVisor takes the number for a signed one. */
	return (int)syscall(
	    SYS_close_range, STDERR_FILENO + 1, INT_MAX, CLOSE_RANGE_CLOEXEC);
}

/* Confines nothing but its files and limits: the gate's forks do the rest.
 * The failure pipe is not at the gate's number, the signalfd was there first.
 */
static const char *
become_gate(const struct child_pipes *pipes, char *const argv[],
    const struct child_gate *gate)
{
	/* Else each fork would look up, and store, what the last one had. */
	char bind_now[] = GATE_BIND_VARIABLE "=1";
	char *environment[ENVIRONMENT_MAX + 3];
	size_t count = 0;

	environment_fill(environment, environ);
	while (environment[count] != NULL)
		count++;
	environment[count++] = gate->library;
	environment[count++] = gate->settings;
	environment[count++] = bind_now;
	environment[count] = NULL;
	if (setsid() == -1)
		return "setsid";
	if (use_pipes(pipes) == -1 ||
	    dup2(gate->socket_fd, GATE_SOCKET_FD) == -1)
		return "pipes";
	if (set_limits() == -1)
		return "setrlimit";
	if (io_reset_signals() == -1)
		return "signals";
	(void)execvpe(argv[0], argv, environment);
	return "exec";
}

/* Returns the step that failed, with errno; not at all when all went well. */
static const char *
become_program(
    const struct child_pipes *pipes, char *const argv[], bool landlock_required)
{
	char *environment[ENVIRONMENT_MAX];

	if (setsid() == -1)
		return "setsid";
	if (use_pipes(pipes) == -1)
		return "pipes";
	if (prefer_for_oom_kill() == -1)
		return "oom_score_adj";
	if (set_limits() == -1)
		return "setrlimit";
	errno = 0;
	if (nice(19) == -1 && errno != 0)
		return "nice";
	if (io_reset_signals() == -1)
		return "signals";
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return "no_new_privs";
	if (confine_paths(landlock_required) == -1)
		return "landlock";
	if (confine_syscalls() == -1)
		return "seccomp";
	environment_fill(environment, environ);
	(void)execvpe(argv[0], argv, environment);
	return "exec";
}

static void
run_child(const struct child_pipes *pipes, char *const argv[],
    bool landlock_required, const struct child_gate *gate)
{
	struct failure failure = { 0 };
	const char *step;

	step = gate != NULL ? become_gate(pipes, argv, gate)
			    : become_program(pipes, argv, landlock_required);
	failure.error_number = errno;
	(void)snprintf(failure.step, sizeof(failure.step), "%s", step);
	(void)io_write_all(
	    pipes->failure[1], &failure, sizeof(failure), IO_FOREVER);
	_exit(127);
}

static void
close_pipes(struct child_pipes *pipes)
{
	int *pairs[] = { pipes->in, pipes->out, pipes->err, pipes->failure };
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		fd_close(&pairs[i][0]);
		fd_close(&pairs[i][1]);
	}
}

static int
open_pipes(struct child_pipes *pipes)
{
	memset(pipes, 0xff, sizeof(*pipes)); /* all -1 */
	if (pipe2(pipes->in, O_CLOEXEC) == -1 ||
	    pipe2(pipes->out, O_CLOEXEC) == -1 ||
	    pipe2(pipes->err, O_CLOEXEC) == -1 ||
	    pipe2(pipes->failure, O_CLOEXEC) == -1)
		return -1;
	/* Ours only: the file status flags belong to each end. */
	if (fd_set_nonblocking(pipes->in[1]) == -1 ||
	    fd_set_nonblocking(pipes->out[0]) == -1 ||
	    fd_set_nonblocking(pipes->err[0]) == -1)
		return -1;
	return 0;
}

/* Waits for the exec: the pipe ends without a word when it succeeded. */
static int
await_exec(struct child_pipes *pipes, char error[CHILD_ERROR_MAX])
{
	struct failure failure;

	fd_close(&pipes->failure[1]);
	if (io_read_all(
		pipes->failure[0], &failure, sizeof(failure), IO_FOREVER) == -1)
		return 0;
	failure.step[sizeof(failure.step) - 1] = '\0';
	(void)snprintf(error, CHILD_ERROR_MAX, "%s: %s", failure.step,
	    strerror(failure.error_number));
	return -1;
}

int
child_boot(struct child *child, char *const argv[], bool landlock_required,
    const struct child_gate *gate, char error[CHILD_ERROR_MAX])
{
	struct child_pipes pipes;
	int rc = -1;

	(void)snprintf(error, CHILD_ERROR_MAX, "pipe or fork failed");
	if (open_pipes(&pipes) == -1)
		goto out;
	child->pid = fork();
	if (child->pid == -1)
		goto out;
	if (child->pid == 0)
		run_child(&pipes, argv, landlock_required, gate);
	if (await_exec(&pipes, error) == -1) {
		child_finish(child);
		goto out;
	}
	child->stdin_fd = fd_take(&pipes.in[1]);
	child->stdout_fd = fd_take(&pipes.out[0]);
	child->stderr_fd = fd_take(&pipes.err[0]);
	rc = 0;
out:
	close_pipes(&pipes);
	return rc;
}

void
child_finish(struct child *child)
{
	/* Not one of them may survive: a fork that raced us is met next time.
	 */
	do {
		(void)kill(-1, SIGKILL);
	} while (waitpid(-1, NULL, 0) != -1 || errno == EINTR);
	fd_close(&child->stdin_fd);
	fd_close(&child->stdout_fd);
	fd_close(&child->stderr_fd);
	child->pid = -1;
}
