/* SPDX-License-Identifier: MIT */
/* A network's failures and its end, and what they mean for its slot. */
#include "supervisor_support.h"

#include <sys/wait.h>

#include "common/io.h"

/* As one that has been started, with a container that is not there. */
static void
put(struct supervisor *sup, uint32_t index, enum slot_state state)
{
	struct box *box = &sup->boxes[index];

	set_state(&sup->pool, index, state, 1);
	box->start = ++sup->starts;
	(void)snprintf(box->name, sizeof(box->name), "sce-0-%x-%x", index,
	    (int)box->start);
}

/* Its container is removed by a docker client, and gone. */
static void
end(struct supervisor *sup, uint32_t index)
{
	pid_t pid;
	int status;

	ending_begin(sup, index);
	assert_int_equal(sup->pool.slots[index].state, SLOT_DEAD);
	pid = sup->boxes[index].helper.pid;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	ending_on_helper_exit(sup, index, status);
	assert_int_equal(sup->pool.slots[index].state, SLOT_EMPTY);
}

/* Nobody can make a directory there. */
static void
fail_starts(struct supervisor *sup)
{
	(void)snprintf(
	    sup->config.run_dir, sizeof(sup->config.run_dir), "/proc/nowhere");
}

static bool
is_started(const struct supervisor *sup, uint32_t index)
{
	return sup->pool.slots[index].state == SLOT_STARTING &&
	       sup->boxes[index].name[0] != '\0';
}

/* Found barred only after the picks, the slot would be taken for another start,
 * which waited for a network that nobody starts. */
static void
a_slot_is_barred_while_its_network_ends(void **state)
{
	struct supervisor *sup = *state;

	put(sup, NETWORK, SLOT_READY);
	networks_settle(sup, 2);
	assert_true(sup->pool.slots[0].is_warm);
	ending_begin(sup, NETWORK);
	networks_settle(sup, 2);
	assert_true(sup->pool.slots[0].is_barred);
	assert_false(sup->pool.slots[0].is_warm);
	assert_int_equal(sup->pool.slots[0].state, SLOT_EMPTY);
	assert_int_equal(waitpid(sup->boxes[NETWORK].helper.pid, NULL, 0),
	    sup->boxes[NETWORK].helper.pid);
}

/* The loop would start it again and again. */
static void
a_network_that_fails_at_once_bars_its_slot(void **state)
{
	struct supervisor *sup = *state;

	/* Nobody can make a directory there. */
	(void)snprintf(
	    sup->config.run_dir, sizeof(sup->config.run_dir), "/proc/nowhere");
	network_start_box(sup, 0, 0);
	assert_int_equal(sup->pool.slots[0].state, SLOT_EMPTY);
	assert_true(sup->pool.slots[0].is_barred);
	assert_int_equal(sup->pool.stock[0].failures, 1);
	assert_int_equal(waitpid(sup->boxes[NETWORK].helper.pid, NULL, 0),
	    sup->boxes[NETWORK].helper.pid);
}

static void
a_network_that_is_waited_for_fails_for_its_sandbox(void **state)
{
	struct supervisor *sup = *state;

	set_state(&sup->pool, 0, SLOT_STARTING, 1);
	set_state(&sup->pool, NETWORK, SLOT_STARTING, 1);
	ending_fail_start(sup, NETWORK, "a test");
	assert_int_equal(sup->pool.stock[0].failures, 1);
	assert_int_equal(sup->next_spare_us, 0);
	networks_settle(sup, 2);
	assert_int_equal(sup->pool.slots[0].state, SLOT_EMPTY);
}

/* With a full stock no start would ever tell that all is well again. */
static void
a_spare_one_fails_for_itself(void **state)
{
	struct supervisor *sup = *state;
	uint64_t now_us = io_now_us();

	set_state(&sup->pool, NETWORK, SLOT_STARTING, 1);
	ending_fail_start(sup, NETWORK, "a test");
	assert_int_equal(sup->pool.stock[0].failures, 0);
	assert_true(sup->next_spare_us >= now_us + NETWORK_SPARE_AGAIN_US);
	/* It is tried again then, without another event. */
	assert_int_equal(networks_keep_spare(sup, now_us), sup->next_spare_us);
	now_us = sup->next_spare_us;
	fail_starts(sup);
	assert_true(networks_keep_spare(sup, now_us) > now_us);
	assert_int_equal(sup->metrics.start_failures, 2);
	assert_int_equal(waitpid(sup->boxes[NETWORK].helper.pid, NULL, 0),
	    sup->boxes[NETWORK].helper.pid);
}

/* Ready and ended in one batch of events: there is nothing to join. */
static void
no_sandbox_joins_a_network_that_has_ended(void **state)
{
	struct supervisor *sup = *state;

	set_state(&sup->pool, 0, SLOT_STARTING, 1);
	put(sup, NETWORK, SLOT_READY);
	end(sup, NETWORK);
	networks_settle(sup, 2);
	assert_int_equal(sup->pool.slots[0].state, SLOT_EMPTY);
	assert_int_equal(sup->boxes[0].runner.pid, -1);
}

/* A sandbox that has joined the network of its slot. */
static void
join(struct supervisor *sup, enum slot_state state)
{
	put(sup, NETWORK, SLOT_READY);
	put(sup, 0, state);
	sup->boxes[0].network_start = sup->boxes[NETWORK].start;
	networks_settle(sup, 2);
	assert_int_equal(sup->pool.slots[0].state, state);
}

/* Also if all of it happened between two looks. */
static void
a_waiting_sandbox_ends_with_its_network(void **state)
{
	struct supervisor *sup = *state;

	join(sup, SLOT_READY);
	end(sup, NETWORK);
	put(sup, NETWORK, SLOT_READY); /* another one */
	networks_settle(sup, 2);
	assert_int_equal(sup->pool.slots[0].state, SLOT_DEAD);
	assert_int_equal(waitpid(sup->boxes[0].helper.pid, NULL, 0),
	    sup->boxes[0].helper.pid);
}

/* It is in the namespace itself, and stays in it when it is used again. */
static void
a_run_goes_on_without_its_network(void **state)
{
	struct supervisor *sup = *state;

	sup->pool.limits.reuse = true;
	sup->pool.limits.max_age_us = IO_FOREVER;
	join(sup, SLOT_LEASED);
	end(sup, NETWORK);
	networks_settle(sup, 2);
	assert_int_equal(sup->pool.slots[0].state, SLOT_LEASED);
	assert_true(pool_take_back(&sup->pool, 0, 3));
	networks_settle(sup, 3);
	assert_int_equal(sup->pool.slots[0].state, SLOT_READY);
}

/* Whatever was wrong may have been wrong with the network. */
static void
a_failed_start_wears_the_network(void **state)
{
	struct supervisor *sup = *state;

	join(sup, SLOT_STARTING);
	ending_fail_start(sup, 0, "a test");
	networks_settle(sup, 2);
	assert_true(sup->boxes[NETWORK].network.worn);
	assert_false(is_started(sup, 0));
	assert_int_equal(waitpid(sup->boxes[0].helper.pid, NULL, 0),
	    sup->boxes[0].helper.pid);
}

/* Both can be told in one batch of events, the network's end first. */
static void
a_start_whose_network_has_ended_is_no_failure(void **state)
{
	struct supervisor *sup = *state;

	join(sup, SLOT_STARTING);
	end(sup, NETWORK);
	ending_on_runner_exit(sup, 0, 125 << 8);
	assert_int_equal(sup->pool.slots[0].state, SLOT_DEAD);
	assert_int_equal(sup->pool.stock[0].failures, 0);
	assert_int_equal(sup->metrics.start_failures, 0);
	assert_int_equal(waitpid(sup->boxes[0].helper.pid, NULL, 0),
	    sup->boxes[0].helper.pid);
}

#define ROW(test)                                                              \
	cmocka_unit_test_setup_teardown(test, make_supervisor, free_supervisor)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(a_slot_is_barred_while_its_network_ends),
		ROW(a_network_that_fails_at_once_bars_its_slot),
		ROW(a_network_that_is_waited_for_fails_for_its_sandbox),
		ROW(a_spare_one_fails_for_itself),
		ROW(no_sandbox_joins_a_network_that_has_ended),
		ROW(a_waiting_sandbox_ends_with_its_network),
		ROW(a_run_goes_on_without_its_network),
		ROW(a_failed_start_wears_the_network),
		ROW(a_start_whose_network_has_ended_is_no_failure),
	};

	return cmocka_run_group_tests_name("network", tests, NULL, NULL);
}
