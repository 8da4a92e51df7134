/* SPDX-License-Identifier: MIT */
/* A lease has two ends, the box's and the responder's, in either order and in
 * one batch of events. */
#include "supervisor_support.h"

#include <sys/wait.h>

#include "common/io.h"

#define LEASE 7

/* Box 0 leased by responder 0, of which nothing else is there. */
static int
make_lease(void **state)
{
	struct supervisor *sup;
	struct responder *responder;

	if (make_supervisor(state) != 0)
		return -1;
	sup = *state;
	responder = &sup->responders[0];
	sup->responder_count = 1;
	*responder = (struct responder){ .pid = -1,
		.channel_fd = -1,
		.state = RESPONDER_LEASED,
		.lease_id = LEASE,
		.release_by_us = IO_FOREVER };
	set_state(&sup->pool, 0, SLOT_LEASED, 1);
	sup->boxes[0].responder = 0;
	(void)snprintf(
	    sup->boxes[0].name, sizeof(sup->boxes[0].name), "sce-0-0-1");
	return 0;
}

static void
reap(struct supervisor *sup)
{
	pid_t pid = sup->boxes[0].helper.pid;
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	ending_on_helper_exit(sup, 0, status);
	assert_int_equal(sup->pool.slots[0].state, SLOT_EMPTY);
}

/* The message as the responder would send it. */
static void
release(struct supervisor *sup)
{
	const struct lease_request request = {
		.version = LEASE_PROTOCOL_VERSION,
		.kind = LEASE_RELEASE,
		.lease_id = LEASE,
		.verdict = VERDICT_EXITED,
		.outcome = VERDICT_EXITED
	};
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	assert_int_equal(
	    write(pair[1], &request, sizeof(request)), sizeof(request));
	sup->responders[0].channel_fd = pair[0];
	monitor_on_responder(sup, 0);
	assert_int_equal(sup->responders[0].channel_fd, pair[0]);
	close(pair[0]);
	close(pair[1]);
}

static void
a_responder_has_a_while_to_notice(void **state)
{
	struct supervisor *sup = *state;
	struct responder *responder = &sup->responders[0];

	grant_settle(sup, 2);
	assert_int_equal(responder->slot, 0);
	assert_true(responder->release_by_us == IO_FOREVER);
	ending_begin(sup, 0);
	assert_false(lease_is_held(sup, 0));
	grant_settle(sup, 2);
	assert_int_equal(responder->state, RESPONDER_LEASED);
	assert_int_equal(responder->slot, POOL_NONE);
	assert_true(responder->release_by_us > 2);
	assert_true(responder->release_by_us != IO_FOREVER);
	reap(sup);
}

/* No deadline, no state of the slot is touched: the next box has them. */
static void
a_release_behind_the_end_is_of_no_box(void **state)
{
	struct supervisor *sup = *state;

	sup->config.fork = true;
	sup->config.fork_runs = 100;
	ending_begin(sup, 0);
	reap(sup);
	release(sup);
	assert_int_equal(sup->responders[0].state, RESPONDER_IDLE);
	assert_int_equal(sup->pool.slots[0].state, SLOT_EMPTY);
	assert_true(sup->boxes[0].deadline_us == IO_FOREVER);
	assert_false(sup->boxes[0].released);
	/* Nor is the responder late with anything. */
	grant_settle(sup, 2);
	assert_true(sup->responders[0].release_by_us == IO_FOREVER);
}

static void
a_release_ends_the_box_once(void **state)
{
	struct supervisor *sup = *state;
	pid_t pid;

	release(sup);
	assert_int_equal(sup->pool.slots[0].state, SLOT_DEAD);
	pid = sup->boxes[0].helper.pid;
	ending_begin(sup, 0);
	assert_int_equal(sup->boxes[0].helper.pid, pid);
	reap(sup);
	ending_begin(sup, 0);
	assert_int_equal(sup->pool.slots[0].state, SLOT_EMPTY);
	assert_int_equal(sup->boxes[0].helper.pid, -1);
}

static void
a_responder_that_goes_ends_what_it_leases_only(void **state)
{
	struct supervisor *sup = *state;

	ending_begin(sup, 0);
	reap(sup);
	set_state(&sup->pool, 0, SLOT_READY, 3); /* another one */
	responders_end(sup, 0, NULL);
	assert_int_equal(sup->metrics.leases_lost, 1);
	assert_int_equal(sup->pool.slots[0].state, SLOT_READY);
}

#define ROW(test)                                                              \
	cmocka_unit_test_setup_teardown(test, make_lease, free_supervisor)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(a_responder_has_a_while_to_notice),
		ROW(a_release_behind_the_end_is_of_no_box),
		ROW(a_release_ends_the_box_once),
		ROW(a_responder_that_goes_ends_what_it_leases_only),
	};

	return cmocka_run_group_tests_name("lease_end", tests, NULL, NULL);
}
