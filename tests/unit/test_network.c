/* SPDX-License-Identifier: MIT */
/* A holder's failures, and what they mean for its slot. */
#include "supervisor_support.h"

#include "common/io.h"

/* Found barred only at the next look, the slot would be taken for another start
 * at once, which waited for a holder that nobody starts. */
static void
a_slot_is_barred_as_soon_as_its_holder_ends(void **state)
{
	struct supervisor *sup = *state;

	network_on_ending(sup, NETWORK);
	assert_true(sup->pool.slots[0].is_barred);
	assert_int_equal(sup->pool.slots[0].state, SLOT_EMPTY);
}

static void
a_holder_that_is_waited_for_fails_for_its_sandbox(void **state)
{
	struct supervisor *sup = *state;

	set_state(&sup->pool, 0, SLOT_STARTING, 1);
	set_state(&sup->pool, NETWORK, SLOT_STARTING, 1);
	ending_fail_start(sup, NETWORK, "a test");
	assert_int_equal(sup->pool.stock[0].failures, 1);
	assert_int_equal(sup->next_spare_us, 0);
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
	assert_int_equal(
	    networks_next_event_us(sup, now_us), sup->next_spare_us);
	assert_true(networks_next_event_us(sup, sup->next_spare_us) >
		    sup->next_spare_us);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_slot_is_barred_as_soon_as_its_holder_ends,
		    make_supervisor, free_supervisor),
		cmocka_unit_test_setup_teardown(
		    a_holder_that_is_waited_for_fails_for_its_sandbox,
		    make_supervisor, free_supervisor),
		cmocka_unit_test_setup_teardown(a_spare_one_fails_for_itself,
		    make_supervisor, free_supervisor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
