/* SPDX-License-Identifier: MIT */
/*
 * The life of a program, from its pipes to its last process. A step between
 * fork and exec that fails is reported over a pipe that a successful exec
 * closes, and then there is no run.
 */
#include "guest/run/child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/fdpass.h"
#include "common/io.h"
#include "guest/confine/confine.h"

void
child_init(struct child *child)
{
	child->pid = -1;
	child->stdin_fd = child->stdout_fd = child->stderr_fd = -1;
	child->report_fd = child->box_fd = -1;
	child->peak_bytes = 0;
	child->failure[0] = '\0';
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

int
child_pipes_open(struct child_pipes *pipes)
{
	int *ours;
	int *theirs;

	memset(pipes, 0xff, sizeof(*pipes)); /* all -1 */
	ours = pipes->ours;
	theirs = pipes->theirs;
	if (open_pipe(&theirs[GATE_FD_STDIN], &ours[GATE_FD_STDIN]) == -1 ||
	    open_pipe(&ours[GATE_FD_STDOUT], &theirs[GATE_FD_STDOUT]) == -1 ||
	    open_pipe(&ours[GATE_FD_STDERR], &theirs[GATE_FD_STDERR]) == -1 ||
	    /* Ours only: the file status flags belong to each end. */
	    fd_set_nonblocking(ours[GATE_FD_STDIN]) == -1 ||
	    fd_set_nonblocking(ours[GATE_FD_STDOUT]) == -1 ||
	    fd_set_nonblocking(ours[GATE_FD_STDERR]) == -1)
		return -1;
	return 0;
}

void
child_pipes_close(struct child_pipes *pipes)
{
	fd_close_all(pipes->ours, GATE_FDS);
	fd_close_all(pipes->theirs, GATE_FDS);
}

void
child_take_pipes(struct child *child, struct child_pipes *pipes)
{
	child->stdin_fd = fd_take(&pipes->ours[GATE_FD_STDIN]);
	child->stdout_fd = fd_take(&pipes->ours[GATE_FD_STDOUT]);
	child->stderr_fd = fd_take(&pipes->ours[GATE_FD_STDERR]);
}

static int
use_pipes(const struct child_pipes *pipes)
{
	if (fd_use_as_standard(pipes->theirs) == -1)
		return -1;
	/* The rest are close-on-exec; said twice for whatever is added. */
	return fd_close_from(STDERR_FILENO + 1, CLOSE_RANGE_CLOEXEC);
}

/* A gate is not confined, but for its limits: its forks do the rest. The
 * failure pipe is not at the gate's number, the signalfd was there first. */
static const char *
prepare_gate(const struct child_pipes *pipes, const struct child_gate *gate)
{
	if (setsid() == -1)
		return "setsid";
	if (use_pipes(pipes) == -1 ||
	    dup2(gate->socket_fd, GATE_SOCKET_FD) == -1)
		return "pipes";
	if (confine_limits() == -1)
		return "setrlimit";
	return io_reset_signals() == -1 ? "signals" : NULL;
}

static const char *
prepare_program(const struct child_pipes *pipes, bool landlock_required)
{
	if (use_pipes(pipes) == -1)
		return "pipes";
	return confine_program(CONFINE_LIMITS | CONFINE_SIGNALS |
			       (landlock_required ? CONFINE_LANDLOCK : 0));
}

static void
add_gate(char *environment[ENVIRONMENT_MAX + 3], const struct child_gate *gate)
{
	static char library[] = "LD_PRELOAD=/sce-gate.so";
	/* Without this each fork would look up, and store, what the last had.
	 */
	static char bind_now[] = GATE_BIND_VARIABLE "=1";

	while (*environment != NULL)
		environment++;
	*environment++ = library;
	*environment++ = gate->settings;
	*environment++ = bind_now;
	*environment = NULL;
}

/* Does not return: executes argv, or reports the step that failed. */
static void
run_child(const struct child_pipes *pipes, char *const argv[],
    bool landlock_required, const struct child_gate *gate)
{
	char *environment[ENVIRONMENT_MAX + 3];
	const char *step;

	environment_fill(environment, environ);
	if (gate != NULL)
		add_gate(environment, gate);
	step = gate != NULL ? prepare_gate(pipes, gate)
			    : prepare_program(pipes, landlock_required);
	if (step == NULL) {
		(void)execvpe(argv[0], argv, environment);
		step = "exec";
	}
	confine_fail(pipes->theirs[GATE_FD_RUN], step);
}

static void
print_failure(char text[CHILD_ERROR_MAX], struct gate_report *report)
{
	report->step[sizeof(report->step) - 1] = '\0';
	(void)snprintf(text, CHILD_ERROR_MAX, "%s: %s", report->step,
	    strerror(report->value));
}

/* Waits for the exec: the pipe ends without a word when it succeeded. */
static int
await_exec(struct child_pipes *pipes, char error[CHILD_ERROR_MAX])
{
	struct gate_report report;

	fd_close(&pipes->theirs[GATE_FD_RUN]);
	if (io_read_all(pipes->ours[GATE_FD_RUN], &report, sizeof(report),
		IO_FOREVER) == -1)
		return 0;
	print_failure(error, &report);
	return -1;
}

int
child_boot(struct child *child, char *const argv[], bool landlock_required,
    const struct child_gate *gate, char error[CHILD_ERROR_MAX])
{
	struct child_pipes pipes;
	int rc = -1;

	(void)snprintf(error, CHILD_ERROR_MAX, "pipe or fork failed");
	if (child_pipes_open(&pipes) == -1 ||
	    open_pipe(&pipes.ours[GATE_FD_RUN], &pipes.theirs[GATE_FD_RUN]) ==
		-1)
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
	child_take_pipes(child, &pipes);
	rc = 0;
out:
	child_pipes_close(&pipes);
	return rc;
}

int
child_hear_init(struct child *child, int *status)
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
	print_failure(child->failure, &report);
	return -1;
}

int
child_status(struct child *child, int status)
{
	/* The init itself was killed, for want of memory or by us, or failed.
	 */
	if (child_is_forked(child) && child_hear_init(child, &status) != 1 &&
	    child->failure[0] == '\0' && !WIFSIGNALED(status))
		(void)snprintf(child->failure, CHILD_ERROR_MAX,
		    "its init ended with %d", WEXITSTATUS(status));
	return status;
}

bool
child_kill_and_reap(const struct child *child, int *status)
{
	/* A fork's init takes all of its pid namespace with it. */
	pid_t whom = child_is_forked(child) ? child->pid : -1;
	bool is_found = false;
	int found;
	pid_t pid;

	/* Not one may be left: a fork that raced us is met next time. */
	do {
		(void)kill(whom, SIGKILL);
		pid = waitpid(whom, &found, 0);
		if (pid > 0 && pid == child->pid && !is_found) {
			is_found = true;
			*status = found;
		}
	} while (pid != -1 || errno == EINTR);
	return is_found;
}

void
child_close(struct child *child)
{
	fd_close(&child->stdin_fd);
	fd_close(&child->stdout_fd);
	fd_close(&child->stderr_fd);
	fd_close(&child->report_fd);
	fd_close(&child->box_fd);
	child->pid = -1;
}

void
child_finish(struct child *child)
{
	int status;

	(void)child_kill_and_reap(child, &status);
	child_close(child);
}
