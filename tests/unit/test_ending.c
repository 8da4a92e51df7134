/* SPDX-License-Identifier: MIT */
/* The end of a box whose container dies, or does not. */
#include "supervisor_support.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "common/io.h"

/* Docker's answer to what it is asked: success. */
static int
make_box(void **state)
{
	struct supervisor *sup;

	if (make_supervisor(state) != 0)
		return -1;
	sup = *state;
	set_state(&sup->pool, 0, SLOT_READY, 1);
	(void)snprintf(
	    sup->boxes[0].name, sizeof(sup->boxes[0].name), "sce-0-0-1");
	sup->boxes[0].pid_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return 0;
}

/* The docker client that is busy with the box ends as told. */
static void
helper_says(struct supervisor *sup, int status)
{
	pid_t pid = sup->boxes[0].helper.pid;

	assert_int_not_equal(pid, -1);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	ending_on_helper_exit(sup, 0, status);
}

static void
assert_step(struct supervisor *sup, enum ending ending)
{
	assert_int_equal(sup->boxes[0].ending, ending);
	assert_int_equal(sup->pool.slots[0].state, SLOT_DEAD);
}

static void
assert_empty(struct supervisor *sup)
{
	assert_int_equal(sup->boxes[0].ending, ENDING_NOT);
	assert_int_equal(sup->pool.slots[0].state, SLOT_EMPTY);
	assert_true(sup->boxes[0].deadline_us == IO_FOREVER);
	assert_int_equal(sup->boxes[0].pid_fd, -1);
}

static void
a_guest_that_exits_is_the_end(void **state)
{
	struct supervisor *sup = *state;

	ending_on_guest_exit(sup, 0);
	assert_empty(sup);
	assert_int_equal(sup->metrics.lingering, 0);
}

static void
a_guest_that_hangs_up_is_waited_for(void **state)
{
	struct supervisor *sup = *state;

	ending_on_hang_up(sup, 0);
	assert_int_equal(sup->metrics.ready_deaths, 1);
	assert_step(sup, ENDING_SHUTDOWN);
	assert_true(sup->boxes[0].deadline_us < io_now_us() + 500001);
	ending_on_guest_exit(sup, 0);
	assert_empty(sup);
	ending_on_guest_exit(sup, 0);
	assert_empty(sup);
}

/* Each step is harder than the one before. */
static void
a_guest_that_lingers_is_killed_in_steps(void **state)
{
	struct supervisor *sup = *state;

	ending_begin(sup, 0);
	ending_on_deadline(sup, 0);
	assert_step(sup, ENDING_KILL);
	helper_says(sup, 0);
	assert_step(sup, ENDING_KILL);
	assert_int_equal(sup->metrics.lingering, 1);
	ending_on_deadline(sup, 0);
	assert_step(sup, ENDING_CGROUP);
	ending_on_deadline(sup, 0);
	assert_step(sup, ENDING_REMOVE);
	/* Its process is there, whatever Docker says. */
	helper_says(sup, 0);
	assert_step(sup, ENDING_REMOVE);
	assert_true(sup->boxes[0].deadline_us != IO_FOREVER);
	ending_on_deadline(sup, 0);
	assert_step(sup, ENDING_REMOVE);
	assert_false(sup->is_docker_in_doubt);
	helper_says(sup, 1);
	assert_step(sup, ENDING_QUARANTINE);
	assert_true(sup->is_docker_in_doubt);
	ending_on_guest_exit(sup, 0);
	assert_empty(sup);
}

static void
a_kill_that_fails_is_not_waited_for(void **state)
{
	struct supervisor *sup = *state;

	ending_begin(sup, 0);
	ending_on_deadline(sup, 0);
	helper_says(sup, 1);
	assert_step(sup, ENDING_KILL);
	assert_true(sup->boxes[0].deadline_us <= io_now_us());
}

/* Only Docker knows about a container that never dialled. */
static void
an_unseen_container_is_gone_when_docker_says_so(void **state)
{
	struct supervisor *sup = *state;

	fd_close(&sup->boxes[0].pid_fd);
	ending_begin(sup, 0);
	assert_step(sup, ENDING_REMOVE);
	helper_says(sup, 0);
	assert_empty(sup);
}

static void
quarantine_grows_while_docker_is_away(void **state)
{
	struct supervisor *sup = *state;
	uint64_t first_us;

	fd_close(&sup->boxes[0].pid_fd);
	ending_begin(sup, 0);
	helper_says(sup, 1);
	assert_step(sup, ENDING_QUARANTINE);
	first_us = sup->boxes[0].deadline_us - io_now_us();
	ending_on_deadline(sup, 0);
	assert_step(sup, ENDING_REMOVE);
	/* The client hangs until the step's deadline. */
	ending_on_deadline(sup, 0);
	assert_step(sup, ENDING_QUARANTINE);
	assert_true(sup->boxes[0].deadline_us - io_now_us() > first_us);
	helper_says(sup, 0);
	assert_empty(sup);
}

/* The slot's next box would be taken for what the client is busy with. */
static void
a_slot_waits_for_the_clients_of_its_box(void **state)
{
	struct supervisor *sup = *state;
	pid_t pid = fork();

	if (pid == 0) {
		(void)pause();
		_exit(0);
	}
	sup->boxes[0].runner.pid = pid;
	ending_on_guest_exit(sup, 0);
	assert_step(sup, ENDING_CLIENTS);
	assert_true(sup->boxes[0].deadline_us == IO_FOREVER);
	assert_int_equal(waitpid(pid, NULL, 0), pid); /* it was killed */
	ending_on_runner_exit(sup, 0, SIGKILL);
	assert_empty(sup);
}

/* Others have to look at what ended: the loop must not sleep over it. */
static void
a_deadline_that_is_over_asks_for_another_turn(void **state)
{
	struct supervisor *sup = *state;
	uint64_t now_us = io_now_us();

	assert_true(ending_settle(sup, now_us) == IO_FOREVER);
	sup->boxes[NETWORK].runner.deadline_us = now_us + 3;
	sup->boxes[0].deadline_us = now_us + 2;
	assert_int_equal(ending_settle(sup, now_us), now_us + 2);
	assert_int_equal(sup->boxes[0].ending, ENDING_NOT);
	assert_int_equal(ending_settle(sup, now_us + 2), now_us + 2);
	assert_step(sup, ENDING_SHUTDOWN);
	assert_int_equal(ending_settle(sup, now_us + 2), now_us + 3);
}

#define ROW(test)                                                              \
	cmocka_unit_test_setup_teardown(test, make_box, free_supervisor)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(a_guest_that_exits_is_the_end),
		ROW(a_guest_that_hangs_up_is_waited_for),
		ROW(a_guest_that_lingers_is_killed_in_steps),
		ROW(a_kill_that_fails_is_not_waited_for),
		ROW(an_unseen_container_is_gone_when_docker_says_so),
		ROW(quarantine_grows_while_docker_is_away),
		ROW(a_slot_waits_for_the_clients_of_its_box),
		ROW(a_deadline_that_is_over_asks_for_another_turn),
	};

	return cmocka_run_group_tests_name("ending", tests, NULL, NULL);
}
