/* SPDX-License-Identifier: MIT */
/* The pool's policy, with time as a plain number. */
#include "pool_support.h"

#include <string.h>

#define SECOND_US 1000000

static struct pool pool; /* large: not on the stack */
static uint32_t evicted; /* by the last enqueue */

static void
make_pool(uint32_t ready, uint32_t running, uint32_t queue)
{
	struct pool_limits limits = { .languages = 1,
		.stock = { { .ready = ready, .ready_max = ready } },
		.running = running,
		.starting = 2,
		.queue = queue,
		.queue_wait_us = 10 * SECOND_US,
		.max_age_us = 600ULL * SECOND_US };

	pool_init(&pool, &limits);
}

/* A slot for the only language that there is here. */
static uint32_t
pick_start(uint64_t now_us)
{
	uint32_t language = POOL_NONE;
	uint32_t slot = pool_pick_start(&pool, now_us, &language);

	assert_true(slot == POOL_NONE || language == 0);
	return slot;
}

static void
make_ready(uint32_t count)
{
	uint32_t slot;

	while (count-- > 0) {
		slot = pick_start(1);
		assert_int_not_equal(slot, POOL_NONE);
		set_state(&pool, slot, SLOT_STARTING, 1);
		set_state(&pool, slot, SLOT_READY, 1);
		pool_note_start(&pool, 0, true, 1);
	}
}

static bool
enqueue(uint32_t responder, uint8_t client, uint64_t now_us)
{
	struct pool_waiter waiter = { .responder = responder,
		.wall_limit_ms = 5000,
		.since_us = now_us };

	waiter.client[15] = client;
	return pool_enqueue(&pool, &waiter, &evicted);
}

static uint32_t
retry_after(uint8_t client, uint64_t now_us)
{
	uint8_t key[POOL_CLIENT_BYTES] = { [15] = client };

	return pool_retry_after_s(&pool, 0, key, now_us);
}

static void
starts_until_enough_wait(void **state)
{
	uint32_t slot;

	(void)state;
	make_pool(3, 2, 4);
	slot = pick_start(0);
	assert_int_not_equal(slot, POOL_NONE);
	set_state(&pool, slot, SLOT_STARTING, 0);
	slot = pick_start(0);
	assert_int_not_equal(slot, POOL_NONE);
	set_state(&pool, slot, SLOT_STARTING, 0);
	/* Two starts at once are the limit. */
	assert_int_equal(pick_start(0), POOL_NONE);
	set_state(&pool, slot, SLOT_READY, 0);
	slot = pick_start(0);
	assert_int_not_equal(slot, POOL_NONE);
	set_state(&pool, slot, SLOT_READY, 0);
	/* One starting and two ready make three. */
	assert_int_equal(pick_start(0), POOL_NONE);
}

/* Its network is there already, or on its way out. */
static void
warm_slots_first_and_barred_ones_never(void **state)
{
	uint32_t slot;

	(void)state;
	make_pool(2, 2, 4);
	pool.slots[0].is_barred = true;
	pool.slots[2].is_warm = true;
	slot = pick_start(1);
	assert_int_equal(slot, 2);
	set_state(&pool, slot, SLOT_STARTING, 1);
	assert_int_equal(pick_start(1), 1);
	pool.slots[1].is_barred = pool.slots[3].is_barred = true;
	assert_int_equal(pick_start(1), POOL_NONE);
}

static void
of_warm_slots_the_one_that_was_empty_longest(void **state)
{
	(void)state;
	make_pool(2, 2, 4);
	pool.slots[1].is_warm = pool.slots[2].is_warm = true;
	set_state(&pool, 1, SLOT_EMPTY, 7);
	set_state(&pool, 2, SLOT_EMPTY, 6);
	assert_int_equal(pick_start(8), 2);
}

/* Two may wait, up to four after growth, and two may run. */
static void
make_adaptive(void)
{
	make_pool(2, 2, 4);
	pool.limits.stock[0].ready_max = 4;
	pool.slot_count = 6;
}

static void
who_has_to_wait_makes_the_pool_grow(void **state)
{
	struct pool_grant grant;
	uint64_t now_us = SECOND_US;
	uint32_t i;

	(void)state;
	make_adaptive();
	make_ready(1);
	assert_true(enqueue(1, 1, now_us));
	pool_adapt(&pool, now_us);
	assert_int_equal(
	    pool.stock[0].target, 2); /* one is there to be granted */
	assert_true(pool_grant_next(&pool, now_us, &grant));
	pool_adapt(&pool, now_us);
	assert_int_equal(pool.stock[0].target, 2);
	assert_true(enqueue(2, 2, now_us));
	pool_adapt(&pool, now_us);
	assert_int_equal(pool.stock[0].target, 3);
	/* The same one waits on: once a start, and never beyond the limit. */
	pool_adapt(&pool, now_us + 1);
	assert_int_equal(pool.stock[0].target, 3);
	for (i = 1; i < 10; i++)
		pool_adapt(&pool, now_us + i * pool.stock[0].start_avg_us);
	assert_int_equal(pool.stock[0].target, 4);
}

/* Since then somebody waits, and one more is to be kept. */
static void
make_grown(void)
{
	make_adaptive();
	assert_true(enqueue(1, 1, SECOND_US));
	pool_adapt(&pool, SECOND_US);
	assert_int_equal(pool.stock[0].target, 3);
}

/* At a stop, and while one start takes longer than the pool stays large,
 * nothing is done when that time is over: then it is no event either. */
static void
what_was_due_is_no_event_for_ever(void **state)
{
	uint64_t due_us = SECOND_US + POOL_CALM_US;

	(void)state;
	make_grown();
	assert_int_equal(pool_next_event_us(&pool, due_us - 1), due_us);
	pool.stock[0].start_avg_us = 2 * POOL_CALM_US;
	pool_adapt(&pool, due_us + 1);
	assert_true(pool_next_event_us(&pool, due_us + 1) > due_us + 1);
}

/* No number of sandboxes would help who waits for a place to run. */
static void
a_full_house_does_not_make_the_pool_grow(void **state)
{
	struct pool_grant grant;

	(void)state;
	make_adaptive();
	make_ready(2);
	assert_true(enqueue(1, 1, SECOND_US));
	assert_true(enqueue(2, 2, SECOND_US));
	assert_true(pool_grant_next(&pool, SECOND_US, &grant));
	assert_true(pool_grant_next(&pool, SECOND_US, &grant));
	assert_true(enqueue(3, 3, SECOND_US));
	pool_adapt(&pool, SECOND_US);
	assert_int_equal(pool.stock[0].target, 2);
}

static void
a_start_gives_way_to_a_run_that_has_begun(void **state)
{
	uint64_t over_us = SECOND_US + POOL_YIELD_US;

	(void)state;
	make_pool(4, 4, 8);
	make_ready(4);
	set_state(&pool, 0, SLOT_LEASED, SECOND_US);
	assert_int_equal(pool_yields_until_us(&pool), over_us);
	assert_int_equal(pick_start(SECOND_US), POOL_NONE);
	assert_int_equal(pool_next_event_us(&pool, SECOND_US), over_us);
	assert_int_not_equal(pick_start(over_us), POOL_NONE);

	/* It is over sooner. */
	set_state(&pool, 0, SLOT_DEAD, SECOND_US + 1);
	assert_int_not_equal(pick_start(SECOND_US + 1), POOL_NONE);
}

static void
no_start_gives_way_when_few_are_left(void **state)
{
	(void)state;
	make_pool(4, 4, 8);
	make_ready(4);
	set_state(&pool, 0, SLOT_LEASED, SECOND_US);
	set_state(&pool, 1, SLOT_LEASED, SECOND_US);
	assert_int_equal(pick_start(SECOND_US), POOL_NONE);
	set_state(&pool, 2, SLOT_LEASED, SECOND_US);
	assert_int_not_equal(pick_start(SECOND_US), POOL_NONE);
}

static void
no_start_gives_way_while_somebody_waits(void **state)
{
	(void)state;
	make_pool(4, 1, 8);
	make_ready(4);
	set_state(&pool, 0, SLOT_LEASED, SECOND_US);
	assert_int_equal(pick_start(SECOND_US), POOL_NONE);
	assert_true(enqueue(1, 1, SECOND_US));
	assert_int_not_equal(pick_start(SECOND_US), POOL_NONE);
}

static void
failing_starts_do_not_make_the_pool_grow(void **state)
{
	(void)state;
	make_adaptive();
	pool_note_start(&pool, 0, false, SECOND_US);
	assert_true(enqueue(1, 1, SECOND_US));
	pool_adapt(&pool, SECOND_US);
	assert_int_equal(pool.stock[0].target, 2);
}

static void
after_a_while_of_calm_the_pool_shrinks(void **state)
{
	uint64_t then_us = SECOND_US + POOL_CALM_US;

	(void)state;
	make_grown();
	assert_true(pool_dequeue(&pool, 1));
	make_ready(3);
	assert_int_equal(pool_pick_surplus(&pool), POOL_NONE);
	assert_true(pool_next_event_us(&pool, then_us - 1) == then_us);
	pool_adapt(&pool, then_us - 1);
	assert_int_equal(pool.stock[0].target, 3);
	pool_adapt(&pool, then_us);
	assert_int_equal(pool.stock[0].target, 2);
	assert_int_not_equal(pool_pick_surplus(&pool), POOL_NONE);
	set_state(&pool, pool_pick_surplus(&pool), SLOT_DEAD, then_us);
	assert_int_equal(pool_pick_surplus(&pool), POOL_NONE);
	/* Nothing more to come: the loop would spin. */
	assert_true(pool_next_event_us(&pool, then_us) > then_us);
}

static void
a_used_slot_is_never_ready_again(void **state)
{
	struct pool_grant grant;
	struct pool_grant second;

	(void)state;
	make_pool(1, 2, 4);
	make_ready(1);
	assert_true(enqueue(1, 1, 5));
	assert_true(enqueue(2, 1, 5));
	assert_true(pool_grant_next(&pool, 5, &grant));
	assert_false(pool_grant_next(&pool, 5, &second));
	set_state(&pool, grant.slot, SLOT_DEAD, 6);
	assert_false(pool_grant_next(&pool, 6, &second));
}

static void
failures_back_off_and_mean_down(void **state)
{
	uint64_t first_us;
	uint64_t second_us;

	(void)state;
	make_pool(2, 2, 4);
	pool_note_start(&pool, 0, false, 1000);
	first_us = pool.stock[0].next_start_us - 1000;
	assert_int_equal(first_us, POOL_BACKOFF_MIN_US);
	assert_int_equal(pick_start(1000), POOL_NONE);
	assert_int_equal(
	    pool_next_event_us(&pool, 1000), pool.stock[0].next_start_us);
	assert_false(pool_is_down(&pool, 0, 0));
	pool_note_start(&pool, 0, false, 1000);
	second_us = pool.stock[0].next_start_us - 1000;
	assert_int_equal(second_us, 2 * first_us);
	assert_true(pool_is_down(&pool, 0, 0));
	assert_int_not_equal(pick_start(1000 + second_us), POOL_NONE);
	pool_note_start(&pool, 0, true, 2000);
	assert_false(pool_is_down(&pool, 0, 0));
}

static void
back_off_has_a_ceiling(void **state)
{
	int i;

	(void)state;
	make_pool(1, 1, 1);
	for (i = 0; i < 100; i++)
		pool_note_start(&pool, 0, false, 7);
	assert_int_equal(pool.stock[0].next_start_us, 7 + POOL_BACKOFF_MAX_US);
	/* Past, it is no event any more: the loop would spin. */
	assert_true(pool_next_event_us(&pool, pool.stock[0].next_start_us) ==
		    UINT64_MAX);
}

static void
while_starts_fail_one_is_tried_at_a_time(void **state)
{
	uint32_t slot;

	(void)state;
	make_pool(4, 4, 4);
	pool_note_start(&pool, 0, false, 0);
	slot = pick_start(SECOND_US);
	assert_int_not_equal(slot, POOL_NONE);
	set_state(&pool, slot, SLOT_STARTING, SECOND_US);
	assert_int_equal(pick_start(SECOND_US), POOL_NONE);
}

static void
ready_sandboxes_serve_while_docker_is_down(void **state)
{
	struct pool_grant grant;

	(void)state;
	make_pool(1, 1, 1);
	make_ready(1);
	pool_note_start(&pool, 0, false, 2);
	pool_note_start(&pool, 0, false, 2);
	assert_false(pool_is_down(&pool, 0, 0));
	assert_true(enqueue(0, 1, 3));
	assert_true(pool_grant_next(&pool, 3, &grant));
	assert_true(pool_is_down(&pool, 0, 0));
}

static void
full_queue_refuses(void **state)
{
	(void)state;
	make_pool(1, 1, 2);
	assert_true(enqueue(0, 1, 0));
	assert_true(enqueue(1, 1, 0));
	assert_false(enqueue(2, 1, 0));
	assert_true(pool_dequeue(&pool, 0));
	assert_false(pool_dequeue(&pool, 0));
	assert_true(enqueue(2, 1, 0));
}

static void
no_queue_still_serves_what_is_ready(void **state)
{
	struct pool_grant grant;

	(void)state;
	make_pool(1, 1, 0);
	assert_false(enqueue(0, 1, 0));
	make_ready(1);
	assert_true(enqueue(0, 1, 0));
	assert_true(pool_grant_next(&pool, 0, &grant));
	assert_false(enqueue(1, 1, 0));
}

static void
no_more_runs_than_allowed(void **state)
{
	struct pool_grant grant;

	(void)state;
	make_pool(3, 2, 8);
	make_ready(3);
	assert_true(enqueue(0, 1, 0));
	assert_true(enqueue(1, 2, 0));
	assert_true(enqueue(2, 3, 0));
	assert_true(pool_grant_next(&pool, 0, &grant));
	assert_true(pool_grant_next(&pool, 0, &grant));
	assert_false(pool_grant_next(&pool, 0, &grant));
}

/* One client has filled everything; another comes: it is served next. */
static void
the_client_with_fewest_leases_is_next(void **state)
{
	struct pool_grant grant;
	uint32_t i;

	(void)state;
	make_pool(2, 8, 32);
	make_ready(2);
	for (i = 0; i < 10; i++)
		assert_true(enqueue(i, 1, i));
	assert_true(pool_grant_next(&pool, 20, &grant));
	assert_true(pool_grant_next(&pool, 20, &grant));
	assert_true(enqueue(10, 2, 30));
	make_ready(2);
	assert_true(pool_grant_next(&pool, 40, &grant));
	assert_int_equal(grant.waiter.responder, 10);
	/* Then the first client again, its oldest first. */
	assert_true(pool_grant_next(&pool, 40, &grant));
	assert_int_equal(grant.waiter.responder, 2);
}

static void
waiting_ends(void **state)
{
	(void)state;
	make_pool(1, 1, 4);
	assert_true(enqueue(7, 1, 100));
	assert_int_equal(pool_expire(&pool, 100 + 9 * SECOND_US), POOL_NONE);
	assert_int_equal(pool_next_event_us(&pool, 100), 100 + 10 * SECOND_US);
	assert_int_equal(pool_expire(&pool, 100 + 10 * SECOND_US), 7);
	assert_int_equal(pool.queued, 0);
}

static void
the_old_are_replaced_one_by_one(void **state)
{
	uint64_t later_us = 700ULL * SECOND_US;
	uint32_t slot;

	(void)state;
	make_pool(2, 1, 1);
	make_ready(2);
	assert_int_equal(pool_pick_stale(&pool, SECOND_US), POOL_NONE);
	slot = pool_pick_stale(&pool, later_us);
	assert_int_not_equal(slot, POOL_NONE);
	set_state(&pool, slot, SLOT_DEAD, later_us);
	/* Both are old, but one is all that is left. */
	assert_int_equal(pool_pick_stale(&pool, later_us), POOL_NONE);
	assert_true(pool_next_event_us(&pool, later_us) == UINT64_MAX);
}

/* An old sandbox is better than none: Docker may not answer any more. */
static void
the_old_stay_while_starts_fail_or_hang(void **state)
{
	uint64_t later_us = 700ULL * SECOND_US;
	uint32_t slot;

	(void)state;
	make_pool(1, 1, 1);
	make_ready(1);
	assert_int_not_equal(pool_pick_stale(&pool, later_us), POOL_NONE);
	pool.stock[0].target = 2;
	slot = pick_start(later_us);
	assert_int_not_equal(slot, POOL_NONE);
	set_state(&pool, slot, SLOT_STARTING, later_us);
	pool.stock[0].target = 1;
	assert_int_equal(pool_pick_stale(&pool, later_us), POOL_NONE);
	set_state(&pool, slot, SLOT_DEAD, later_us);
	pool_note_start(&pool, 0, false, later_us);
	assert_int_equal(pool_pick_stale(&pool, later_us), POOL_NONE);
}

static void
retry_after_follows_what_waits(void **state)
{
	uint32_t i;

	(void)state;
	make_pool(1, 1, 100);
	pool.lease_avg_us = 5 * SECOND_US;
	assert_int_equal(retry_after(1, 1), 5);
	for (i = 0; i < 3; i++)
		assert_true(enqueue(i, 1, 1));
	assert_int_equal(retry_after(1, 1), 20);
	for (; i < 100; i++)
		assert_true(enqueue(i, 1, 1));
	assert_int_equal(retry_after(1, 1), POOL_RETRY_AFTER_MAX_S);
}

/* Short runs end sooner than sandboxes start. */
static void
retry_after_follows_the_pace_of_starts(void **state)
{
	uint32_t i;

	(void)state;
	make_pool(1, 8, 100);
	pool.lease_avg_us = 2000;
	pool.stock[0].start_avg_us = SECOND_US;
	for (i = 0; i < 19; i++)
		assert_true(enqueue(i, 1, 1));
	assert_int_equal(retry_after(1, 1), 10);
}

/* A client with twelve waiters on half of the places waits longer than a
 * newcomer. */
static void
retry_after_follows_ones_own_share(void **state)
{
	uint32_t i;

	(void)state;
	make_pool(1, 4, 100);
	pool.lease_avg_us = 4 * SECOND_US;
	pool.stock[0].start_avg_us = 1000;
	for (i = 0; i < 11; i++)
		assert_true(enqueue(i, 1, 1));
	assert_int_equal(retry_after(1, 1), 12);
	assert_true(enqueue(i, 2, 1));
	assert_int_equal(retry_after(1, 1), 24);
	assert_int_equal(retry_after(3, 1), 13);
}

static void
nobody_holds_more_than_half_while_there_are_others(void **state)
{
	struct pool_grant grant;
	uint64_t now_us = SECOND_US;
	uint32_t i;

	(void)state;
	make_pool(8, 4, 32);
	make_ready(8);
	for (i = 0; i < 6; i++)
		assert_true(enqueue(i, 1, now_us));
	for (i = 6; i < 9; i++)
		assert_true(enqueue(i, 2, now_us));
	for (i = 0; i < 4; i++)
		assert_true(pool_grant_next(&pool, now_us, &grant));
	/* Two each. One ends, and it is the same client's turn again. */
	set_state(&pool, grant.slot, SLOT_DEAD, now_us);
	assert_true(pool_grant_next(&pool, now_us, &grant));
	assert_int_equal(grant.waiter.responder, 8);
	set_state(&pool, grant.slot, SLOT_DEAD, now_us);
	/* A place and sandboxes are left, but for others alone. */
	assert_false(pool_grant_next(&pool, now_us, &grant));
	assert_true(pool_count(&pool, SLOT_READY) > 0);
}

/* With three places half of them are two: none lies idle. */
static void
a_share_is_rounded_up(void **state)
{
	struct pool_grant grant;

	(void)state;
	make_pool(3, 3, 4);
	make_ready(3);
	assert_true(enqueue(0, 1, 1));
	assert_true(enqueue(1, 1, 1));
	assert_true(enqueue(2, 2, 1));
	assert_true(pool_grant_next(&pool, 1, &grant));
	assert_true(pool_grant_next(&pool, 1, &grant));
	assert_true(pool_grant_next(&pool, 1, &grant));
}

/* Somebody who was here a while ago finds a place free, if only one. */
static void
the_last_place_is_left_for_who_was_here_lately(void **state)
{
	struct pool_grant grant;
	uint64_t now_us = SECOND_US;
	uint32_t i;

	(void)state;
	make_pool(4, 4, 32);
	make_ready(4);
	assert_true(enqueue(0, 2, now_us));
	assert_true(pool_grant_next(&pool, now_us, &grant));
	set_state(&pool, grant.slot, SLOT_DEAD, now_us);
	make_ready(1);
	for (i = 1; i < 6; i++)
		assert_true(enqueue(i, 1, now_us));
	for (i = 0; i < 3; i++)
		assert_true(pool_grant_next(&pool, now_us, &grant));
	assert_false(pool_grant_next(&pool, now_us, &grant));
	assert_int_equal(pool_count(&pool, SLOT_READY), 1);
	assert_true(enqueue(6, 2, now_us));
	assert_true(pool_grant_next(&pool, now_us, &grant));
	assert_int_equal(grant.waiter.responder, 6);
	set_state(&pool, grant.slot, SLOT_DEAD, now_us);
	make_ready(1);
	assert_false(pool_grant_next(&pool, now_us, &grant));
	/* Until it has not been seen for a while; and that is an event. */
	pool.limits.queue_wait_us = 2 * POOL_PRESENCE_US;
	assert_int_equal(
	    pool_next_event_us(&pool, now_us), now_us + POOL_PRESENCE_US);
	now_us += POOL_PRESENCE_US;
	assert_true(pool_grant_next(&pool, now_us, &grant));
}

static void
alone_a_client_may_have_all(void **state)
{
	struct pool_grant grant;
	uint32_t i;

	(void)state;
	make_pool(4, 4, 32);
	make_ready(4);
	assert_true(enqueue(9, 0, 1)); /* a probe: nobody's */
	assert_true(pool_dequeue(&pool, 9));
	for (i = 0; i < 4; i++)
		assert_true(enqueue(i, 1, 2));
	for (i = 0; i < 4; i++)
		assert_true(pool_grant_next(&pool, 2, &grant));
}

static void
a_share_is_one_at_least(void **state)
{
	struct pool_grant grant;

	(void)state;
	make_pool(1, 1, 4);
	make_ready(1);
	assert_true(enqueue(0, 1, 1));
	assert_true(enqueue(1, 2, 1));
	assert_true(pool_grant_next(&pool, 1, &grant));
}

/* Runs so short that nobody ever holds a lease when the next one is due. */
static void
clients_alternate_however_many_each_has(void **state)
{
	static const uint32_t order[] = { 0, 10, 11, 1, 12, 2, 3 };
	struct pool_grant grant;
	uint32_t i;

	(void)state;
	make_pool(1, 4, 32);
	for (i = 0; i < 4; i++)
		assert_true(enqueue(i, 1, 1));
	for (i = 0; i < sizeof(order) / sizeof(*order); i++) {
		make_ready(1);
		assert_true(pool_grant_next(&pool, 2, &grant));
		assert_int_equal(grant.waiter.responder, order[i]);
		set_state(&pool, grant.slot, SLOT_EMPTY, 2);
		if (i == 0) { /* two newcomers, one each */
			assert_true(enqueue(10, 2, 2));
			assert_true(enqueue(11, 3, 2));
		}
		if (i == 1) /* one of them comes back at once */
			assert_true(enqueue(12, 2, 2));
	}
}

/* A client with fewer leases is served out of turn, with whatever turn it has
 * heaped up by cancelling; a newcomer is not to wait behind all of that. */
static void
turns_are_not_pushed_ahead(void **state)
{
	struct pool_grant grant;
	uint32_t i;

	(void)state;
	make_pool(2, 8, 64);
	make_ready(1);
	for (i = 0; i < 20; i++)
		assert_true(enqueue(i, 2, 1));
	assert_true(pool_grant_next(&pool, 1, &grant));
	for (i = 20; i < 40; i++)
		assert_true(enqueue(i, 1, 1));
	for (i = 20; i < 39; i++)
		assert_true(pool_dequeue(&pool, i));
	make_ready(1);
	assert_true(pool_grant_next(&pool, 1, &grant));
	assert_int_equal(grant.waiter.responder, 39);
	set_state(&pool, grant.slot, SLOT_DEAD, 1);
	for (i = 0; i < pool.slot_count; i++) {
		if (pool.slots[i].state == SLOT_LEASED)
			set_state(&pool, i, SLOT_DEAD, 1);
	}
	assert_true(enqueue(50, 3, 1));
	for (i = 0; i < 2; i++) {
		make_ready(1);
		assert_true(pool_grant_next(&pool, 1, &grant));
		if (grant.waiter.responder == 50)
			return;
		set_state(&pool, grant.slot, SLOT_DEAD, 1);
	}
	fail_msg("the newcomer was not one of the next two");
}

static void
a_full_queue_makes_room_for_who_has_fewer(void **state)
{
	uint32_t i;

	(void)state;
	make_pool(1, 1, 4);
	for (i = 0; i < 4; i++)
		assert_true(enqueue(i, 1, 1));
	assert_false(enqueue(4, 1, 1));
	assert_int_equal(evicted, POOL_NONE);
	assert_true(enqueue(5, 2, 1));
	assert_int_equal(evicted, 3);
	assert_true(enqueue(6, 2, 1));
	assert_int_equal(evicted, 2);
	/* Two each: an exchange would make nothing fairer. */
	assert_false(enqueue(7, 1, 1));
	assert_false(enqueue(7, 2, 1));
	assert_int_equal(evicted, POOL_NONE);
	assert_true(enqueue(8, 3, 1));
	assert_int_equal(evicted, 6);
	assert_int_equal(pool.queued, 4);
}

static void
nothing_starts_while_stopping(void **state)
{
	struct pool_grant grant;

	(void)state;
	make_pool(1, 1, 1);
	make_ready(1);
	assert_true(enqueue(0, 1, 0));
	pool.stopping = true;
	assert_false(pool_grant_next(&pool, 0, &grant));
	assert_int_equal(pick_start(0), POOL_NONE);
}

static void
a_lease_is_for_once_without_reuse(void **state)
{
	struct pool_grant grant;

	(void)state;
	make_pool(1, 1, 4);
	make_ready(1);
	assert_true(enqueue(1, 1, 1));
	assert_true(pool_grant_next(&pool, 1, &grant));
	assert_false(pool_take_back(&pool, grant.slot, 2));
	assert_int_equal(pool.slots[grant.slot].state, SLOT_LEASED);
}

static void
make_reused_pool(uint32_t ready, uint32_t running)
{
	make_pool(ready, running, 4);
	pool.limits.reuse = true;
}

static void
a_reused_sandbox_is_ready_again_from_a_lease_only(void **state)
{
	struct pool_grant grant;
	uint32_t slot;

	(void)state;
	make_reused_pool(1, 1);
	slot = pick_start(1);
	assert_false(pool_take_back(&pool, slot, 1));
	set_state(&pool, slot, SLOT_STARTING, 1);
	assert_false(pool_take_back(&pool, slot, 1));
	set_state(&pool, slot, SLOT_READY, 1);
	assert_false(pool_take_back(&pool, slot, 1));
	assert_true(enqueue(1, 1, 2));
	assert_true(pool_grant_next(&pool, 2, &grant));
	assert_int_equal(grant.slot, slot);
	assert_true(pool_take_back(&pool, slot, 3));
	assert_int_equal(pool.slots[slot].state, SLOT_READY);
	assert_false(pool_take_back(&pool, slot, 3));
	set_state(&pool, slot, SLOT_DEAD, 4);
	assert_false(pool_take_back(&pool, slot, 4));
}

static void
a_reused_sandbox_ages_from_its_first_day(void **state)
{
	struct pool_grant grant;

	(void)state;
	make_reused_pool(1, 1);
	make_ready(1); /* at 1 */
	assert_true(enqueue(1, 1, 599ULL * SECOND_US));
	assert_true(pool_grant_next(&pool, 599ULL * SECOND_US, &grant));
	assert_true(pool_take_back(&pool, grant.slot, 599ULL * SECOND_US + 1));
	assert_int_equal(
	    pool_pick_stale(&pool, 599ULL * SECOND_US + 2), POOL_NONE);
	assert_int_equal(
	    pool_pick_stale(&pool, 600ULL * SECOND_US + 1), grant.slot);
	assert_true(enqueue(1, 1, 599ULL * SECOND_US + 3));
	assert_true(pool_grant_next(&pool, 599ULL * SECOND_US + 3, &grant));
	assert_false(pool_take_back(&pool, grant.slot, 600ULL * SECOND_US + 1));
	pool.stopping = true;
	assert_false(pool_take_back(&pool, grant.slot, 599ULL * SECOND_US + 4));
}

/* A transition that comes late, or twice, changes no count. */
static void
each_transition_leaves_one_state_only(void **state)
{
	static const uint8_t client[POOL_CLIENT_BYTES] = { 1 };
	static struct pool before; /* large */
	uint32_t from;

	(void)state;
	make_pool(1, 1, 1);
	for (from = SLOT_EMPTY; from <= SLOT_DEAD; from++) {
		set_state(&pool, 0, from, from + 1);
		before = pool;
		assert_true(from == SLOT_EMPTY || !pool_start(&pool, 0, 0, 9));
		assert_true(
		    from == SLOT_STARTING || !pool_make_ready(&pool, 0, 9));
		assert_true(
		    from == SLOT_READY || !pool_lease(&pool, 0, client, 9));
		assert_false(pool_take_back(&pool, 0, 9)); /* no reuse */
		assert_true((from != SLOT_EMPTY && from != SLOT_DEAD) ||
			    !pool_end(&pool, 0, 9));
		assert_true(from == SLOT_DEAD || !pool_empty(&pool, 0, 9));
		assert_memory_equal(&pool, &before, sizeof(pool));
	}
}

static void
who_is_soon_back_needs_no_other_start(void **state)
{
	struct pool_grant grant;

	(void)state;
	make_reused_pool(1, 2);
	make_ready(1);
	assert_true(enqueue(1, 1, 2));
	assert_true(pool_grant_next(&pool, 2, &grant));
	assert_int_equal(pick_start(3), POOL_NONE);
	assert_int_equal(pool_next_event_us(&pool, 3), 2 + POOL_SOON_BACK_US);
	assert_int_not_equal(pick_start(2 + POOL_SOON_BACK_US), POOL_NONE);
	/* Somebody waits for it. */
	assert_true(enqueue(2, 1, 3));
	assert_int_not_equal(pick_start(3), POOL_NONE);
}

static void
those_in_use_take_turns_and_others_stay_unused(void **state)
{
	const uint64_t late_us = POOL_SURPLUS_US;
	uint64_t now_us;
	struct pool_grant grant;
	uint32_t slots[4];
	int i;

	(void)state;
	make_reused_pool(3, 2);
	make_ready(3); /* at 1 */
	for (i = 0; i < 2; i++) {
		assert_true(enqueue(1, 1, late_us));
		assert_true(pool_grant_next(&pool, late_us, &grant));
		slots[i] = grant.slot;
	}
	assert_true(pool_take_back(&pool, slots[1], late_us + 1));
	assert_true(pool_take_back(&pool, slots[0], late_us + 2));
	for (i = 0; i < 4; i++) {
		now_us = late_us + 3 + (uint64_t)i;
		assert_true(enqueue(1, 1, now_us));
		assert_true(pool_grant_next(&pool, now_us, &grant));
		assert_int_equal(grant.slot, slots[1 - i % 2]);
		assert_true(pool_take_back(&pool, grant.slot, now_us));
	}
}

static void
who_waits_for_a_place_needs_no_start(void **state)
{
	struct pool_grant grant;

	(void)state;
	make_reused_pool(1, 1);
	make_ready(1);
	assert_true(enqueue(1, 1, 2));
	assert_true(pool_grant_next(&pool, 2, &grant));
	assert_true(enqueue(2, 1, 3));
	assert_int_equal(pick_start(3), POOL_NONE);
	pool_adapt(&pool, 3);
	assert_int_equal(pool.stock[0].target, 1);
}

static void
what_comes_back_is_no_surplus_at_once(void **state)
{
	(void)state;
	make_reused_pool(1, 2);
	make_ready(1);
	set_state(&pool, 2, SLOT_STARTING, 2);
	set_state(&pool, 2, SLOT_READY, 2);
	assert_int_equal(pool_pick_surplus(&pool), POOL_NONE);
	pool.limits.reuse = false;
	assert_int_not_equal(pool_pick_surplus(&pool), POOL_NONE);
}

static void
more_than_enough_that_wait_are_given_up(void **state)
{
	(void)state;
	make_reused_pool(2, 2);
	make_ready(2);
	assert_int_equal(
	    pool_pick_stale(&pool, POOL_SURPLUS_US + 1), POOL_NONE);
	set_state(&pool, 3, SLOT_STARTING, 2);
	set_state(&pool, 3, SLOT_READY, 2);
	assert_int_equal(pool_next_event_us(&pool, 3), 1 + POOL_SURPLUS_US);
	assert_int_equal(pool_pick_stale(&pool, POOL_SURPLUS_US), POOL_NONE);
	assert_int_not_equal(
	    pool_pick_stale(&pool, POOL_SURPLUS_US + 1), POOL_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_until_enough_wait),
		cmocka_unit_test(warm_slots_first_and_barred_ones_never),
		cmocka_unit_test(of_warm_slots_the_one_that_was_empty_longest),
		cmocka_unit_test(who_has_to_wait_makes_the_pool_grow),
		cmocka_unit_test(what_was_due_is_no_event_for_ever),
		cmocka_unit_test(a_full_house_does_not_make_the_pool_grow),
		cmocka_unit_test(a_start_gives_way_to_a_run_that_has_begun),
		cmocka_unit_test(no_start_gives_way_when_few_are_left),
		cmocka_unit_test(no_start_gives_way_while_somebody_waits),
		cmocka_unit_test(failing_starts_do_not_make_the_pool_grow),
		cmocka_unit_test(after_a_while_of_calm_the_pool_shrinks),
		cmocka_unit_test(a_used_slot_is_never_ready_again),
		cmocka_unit_test(failures_back_off_and_mean_down),
		cmocka_unit_test(back_off_has_a_ceiling),
		cmocka_unit_test(while_starts_fail_one_is_tried_at_a_time),
		cmocka_unit_test(ready_sandboxes_serve_while_docker_is_down),
		cmocka_unit_test(full_queue_refuses),
		cmocka_unit_test(no_queue_still_serves_what_is_ready),
		cmocka_unit_test(no_more_runs_than_allowed),
		cmocka_unit_test(the_client_with_fewest_leases_is_next),
		cmocka_unit_test(waiting_ends),
		cmocka_unit_test(the_old_are_replaced_one_by_one),
		cmocka_unit_test(the_old_stay_while_starts_fail_or_hang),
		cmocka_unit_test(retry_after_follows_what_waits),
		cmocka_unit_test(retry_after_follows_the_pace_of_starts),
		cmocka_unit_test(retry_after_follows_ones_own_share),
		cmocka_unit_test(
		    nobody_holds_more_than_half_while_there_are_others),
		cmocka_unit_test(a_share_is_rounded_up),
		cmocka_unit_test(
		    the_last_place_is_left_for_who_was_here_lately),
		cmocka_unit_test(turns_are_not_pushed_ahead),
		cmocka_unit_test(alone_a_client_may_have_all),
		cmocka_unit_test(a_share_is_one_at_least),
		cmocka_unit_test(clients_alternate_however_many_each_has),
		cmocka_unit_test(a_full_queue_makes_room_for_who_has_fewer),
		cmocka_unit_test(nothing_starts_while_stopping),
		cmocka_unit_test(a_lease_is_for_once_without_reuse),
		cmocka_unit_test(
		    a_reused_sandbox_is_ready_again_from_a_lease_only),
		cmocka_unit_test(a_reused_sandbox_ages_from_its_first_day),
		cmocka_unit_test(each_transition_leaves_one_state_only),
		cmocka_unit_test(who_is_soon_back_needs_no_other_start),
		cmocka_unit_test(
		    those_in_use_take_turns_and_others_stay_unused),
		cmocka_unit_test(who_waits_for_a_place_needs_no_start),
		cmocka_unit_test(what_comes_back_is_no_surplus_at_once),
		cmocka_unit_test(more_than_enough_that_wait_are_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
