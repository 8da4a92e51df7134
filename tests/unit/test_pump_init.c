/* SPDX-License-Identifier: MIT */
/* A run behind a gate, whose init is played by a child of this test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/fdpass.h"
#include "common/gate.h"
#include "common/io.h"
#include "guest/guest.h"
#include "guest/host.h"
#include "guest/run/pump.h"

#define WALL_MS 20000
/* Of a run that does not spin: one for each thing that happens, and some. */
#define POLLS_MAX 50

static unsigned int polls;

/* Both sides of one run. */
struct side {
	struct child child;
	struct meter meter;
	struct pump pump;
	int host_fd;   /* where its frames arrive */
	int output_fd; /* the init's, and its program's */
	int init_fd;
};

static const struct job job = { .wall_limit_ms = WALL_MS,
	.stdout_limit_bytes = 100,
	.stderr_limit_bytes = 100 };

/* In the place of libc's: it counts. */
int
poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	const struct timespec timeout = { .tv_sec = timeout_ms / 1000,
		.tv_nsec = timeout_ms % 1000 * 1000000L };

	polls++;
	return ppoll(fds, count, timeout_ms < 0 ? NULL : &timeout, NULL);
}

static int
make_side(void **state)
{
	struct side *side = calloc(1, sizeof(*side));
	sigset_t signals;
	int host[2];
	int init[2];
	int output[2];

	*state = side;
	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGALRM);
	if (side == NULL || sigprocmask(SIG_BLOCK, &signals, NULL) == -1 ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, host) == -1 ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, init) == -1 ||
	    pipe(output) == -1 || fd_set_nonblocking(init[0]) == -1 ||
	    fd_set_nonblocking(output[0]) == -1)
		return -1;
	memset(&side->meter, 0xff, sizeof(side->meter)); /* all -1 */
	child_init(&side->child);
	side->child.report_fd = init[0];
	side->child.stdout_fd = output[0];
	side->init_fd = init[1];
	side->output_fd = output[1];
	side->host_fd = host[1];
	side->pump = (struct pump){ .host_fd = host[0],
		.signal_fd = signalfd(-1, &signals, SFD_NONBLOCK),
		.fifo_fd = -1,
		.job = &job,
		.child = &side->child,
		.meter = &side->meter,
		.started_us = io_now_us(),
		.deadline_us = io_now_us() + WALL_MS * 1000 };
	return side->pump.signal_fd == -1 ? -1 : 0;
}

static int
free_side(void **state)
{
	struct side *side = *state;

	close(side->child.report_fd);
	close(side->child.stdout_fd);
	close(side->child.box_fd);
	close(side->pump.signal_fd);
	close(side->pump.host_fd);
	close(side->host_fd);
	free(side);
	return 0;
}

static void
report(const struct side *side, enum gate_report_kind kind, int value, int fd)
{
	const struct gate_report said = {
		.kind = kind, .value = value, .peak_bytes = 77, .step = "mount"
	};

	if (fdpass_send(side->init_fd, &said, sizeof(said), fd) == -1)
		abort();
}

/* The whole run; the init does as it is told. Returns the init's pid. */
static pid_t
run(struct side *side, void (*init)(const struct side *side))
{
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		init(side);
		_exit(9);
	}
	close(side->init_fd);
	close(side->output_fd);
	side->child.pid = pid;
	assert_int_equal(pump_run(&side->pump, FRAME_VERDICT), 0);
	return pid;
}

static void
expect_output_and_verdict(struct side *side, const char *output)
{
	uint8_t frames[512];
	size_t len = FRAME_HEADER_LEN + strlen(output);

	assert_int_equal(recv(side->host_fd, frames, sizeof(frames), 0),
	    len + FRAME_HEADER_LEN + FRAME_VERDICT_LEN);
	assert_memory_equal(frames + FRAME_HEADER_LEN, output, strlen(output));
}

static void
stay_after_the_report(const struct side *side)
{
	(void)!write(side->output_fd, "said", 4);
	report(side, GATE_BOX, 0, side->output_fd);
	report(side, GATE_ENDED, 3 << 8, -1);
	pause(); /* as long as it takes to take namespaces apart */
}

/* It is killed then: an init has nothing to do any more. */
static void
the_verdict_does_not_wait_for_the_end_of_the_init(void **state)
{
	struct side *side = *state;
	pid_t pid = run(side, stay_after_the_report);

	assert_int_equal(side->pump.verdict.kind, VERDICT_EXITED);
	assert_int_equal(side->pump.verdict.status, 3);
	assert_int_equal(side->pump.verdict.peak_memory_bytes, 77);
	assert_int_not_equal(side->child.box_fd, -1);
	expect_output_and_verdict(side, "said");
	assert_int_equal(waitpid(pid, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void
fail_and_go_on(const struct side *side)
{
	report(side, GATE_FAILED, ENOSPC, -1);
	report(side, GATE_ENDED, 127 << 8, -1);
	pause();
}

static void
a_step_that_failed_is_told_whatever_follows(void **state)
{
	struct side *side = *state;

	(void)run(side, fail_and_go_on);
	assert_int_equal(side->pump.verdict.kind, VERDICT_SANDBOX_FAILED);
	assert_false(side->pump.in_grace); /* it is not waited for */
	assert_string_equal(
	    side->child.failure, "mount: No space left on device");
}

static void
say_nothing(const struct side *side)
{
	(void)side;
}

static void
an_init_that_says_nothing_has_failed(void **state)
{
	struct side *side = *state;

	(void)run(side, say_nothing);
	assert_int_equal(side->pump.verdict.kind, VERDICT_SANDBOX_FAILED);
	assert_string_equal(side->child.failure, "its init ended with 9");
}

/* Its descriptor rings as long as nobody takes it out of the poll set. */
static void
hang_up_and_stay(const struct side *side)
{
	const struct timespec some = { .tv_nsec = 300 * 1000 * 1000 };

	close(side->init_fd);
	(void)nanosleep(&some, NULL);
	(void)kill(getpid(), SIGKILL);
}

static void
who_waits_for_a_silent_init_sleeps(void **state)
{
	struct side *side = *state;

	polls = 0;
	(void)run(side, hang_up_and_stay);
	assert_in_range(polls, 1, POLLS_MAX);
	assert_int_equal(side->pump.verdict.kind, VERDICT_SIGNALED);
	assert_int_equal(side->pump.verdict.status, SIGKILL);
}

/* Killed for another's want of memory, say. */
static void
the_end_of_what_waits_is_noticed(void **state)
{
	struct side *side = *state;
	struct guest guest = { .host_fd = side->pump.host_fd,
		.signal_fd = side->pump.signal_fd,
		.child = side->child };

	guest.child.pid = -1;
	assert_int_equal(host_watch(&guest, 0), 0);
	report(side, GATE_ENDED, SIGKILL, -1);
	assert_int_equal(host_watch(&guest, 0), -1);
	assert_int_equal(errno, ECHILD);
	close(side->init_fd);
	close(side->output_fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    the_verdict_does_not_wait_for_the_end_of_the_init,
		    make_side, free_side),
		cmocka_unit_test_setup_teardown(
		    a_step_that_failed_is_told_whatever_follows, make_side,
		    free_side),
		cmocka_unit_test_setup_teardown(
		    an_init_that_says_nothing_has_failed, make_side, free_side),
		cmocka_unit_test_setup_teardown(
		    who_waits_for_a_silent_init_sleeps, make_side, free_side),
		cmocka_unit_test_setup_teardown(
		    the_end_of_what_waits_is_noticed, make_side, free_side),
	};

	return cmocka_run_group_tests_name("pump_init", tests, NULL, NULL);
}
