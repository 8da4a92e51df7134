/* SPDX-License-Identifier: MIT */
/* The pool's policy where there is more than one language. */
#include "pool_support.h"

#include <stdlib.h>
#include <string.h>

#define SECOND_US 1000000ULL
/* The rows of most tests: one in stock, and two on demand. */
enum { PYTHON, SCI, OTHER };

static struct pool pool; /* large: not on the stack */
static uint32_t evicted; /* by the last enqueue */

static void
make_pool(uint32_t ready, uint32_t running, bool reuse)
{
	struct pool_limits limits = { .languages = 3,
		.stock = { [PYTHON] = { .ready = ready, .ready_max = ready } },
		.running = running,
		.starting = 2,
		.queue = 64,
		.queue_wait_us = 10 * SECOND_US,
		.max_age_us = 600 * SECOND_US,
		.reuse = reuse };
	uint32_t i;

	pool_init(&pool, &limits);
	for (i = 0; i < 3; i++)
		pool_note_start(&pool, i, true, 0);
}

/* The language of which one is started, or POOL_NONE. */
static uint32_t
start(uint64_t now_us, uint32_t *slot)
{
	uint32_t language = POOL_NONE;

	*slot = pool_pick_start(&pool, now_us, &language);
	if (*slot == POOL_NONE)
		return POOL_NONE;
	assert_int_equal(pool.slots[*slot].state, SLOT_EMPTY);
	pool.slots[*slot].language = language;
	set_state(&pool, *slot, SLOT_STARTING, now_us);
	return language;
}

static void
finish_start(uint32_t slot, uint64_t now_us)
{
	pool_note_start(&pool, pool.slots[slot].language, true, now_us);
	set_state(&pool, slot, SLOT_READY, now_us);
}

/* All of the stock is there. */
static void
fill(uint64_t now_us)
{
	uint32_t slot;

	while (start(now_us, &slot) != POOL_NONE)
		finish_start(slot, now_us);
}

/* The slot that has been in the state longest, or POOL_NONE. */
static uint32_t
oldest(enum slot_state state)
{
	uint32_t found = POOL_NONE;
	uint32_t i;

	for (i = 0; i < pool.slot_count; i++) {
		if (pool.slots[i].state != state)
			continue;
		if (found == POOL_NONE ||
		    pool.slots[i].since_us < pool.slots[found].since_us)
			found = i;
	}
	return found;
}

/* One of a language is there, whatever the policy says. */
static uint32_t
put(uint32_t language, enum slot_state state, uint64_t now_us)
{
	uint32_t slot = oldest(SLOT_EMPTY);

	assert_int_not_equal(slot, POOL_NONE);
	pool.slots[slot].language = language;
	set_state(&pool, slot, SLOT_STARTING, now_us);
	if (state != SLOT_STARTING)
		set_state(&pool, slot, SLOT_READY, now_us);
	if (state == SLOT_LEASED)
		set_state(&pool, slot, SLOT_LEASED, now_us);
	return slot;
}

static bool
enqueue(uint32_t responder, uint8_t client, uint32_t language, uint64_t now_us)
{
	struct pool_waiter waiter = { .responder = responder,
		.wall_limit_ms = 5000,
		.language = language,
		.since_us = now_us };

	waiter.client[15] = client;
	return pool_enqueue(&pool, &waiter, &evicted);
}

static void
on_demand_none_is_kept_and_one_is_started_when_asked_for(void **state)
{
	struct pool_grant grant;
	uint32_t slot;

	(void)state;
	make_pool(2, 2, false);
	fill(1);
	assert_int_equal(pool_count(&pool, SLOT_READY), 2);
	assert_true(enqueue(7, 1, SCI, 2));
	assert_false(pool_grant_next(&pool, 2, &grant));
	assert_int_equal(start(2, &slot), SCI);
	assert_int_equal(start(2, &slot), POOL_NONE); /* one is on the way */
	slot = oldest(SLOT_STARTING);
	finish_start(slot, 3);
	assert_int_equal(pool_pick_surplus(&pool), POOL_NONE);
	assert_true(pool_grant_next(&pool, 3, &grant));
	assert_int_equal(grant.waiter.responder, 7);
	assert_int_equal(grant.slot, slot);
	/* Nobody else's stock was touched, and none is started to replace it.*/
	assert_int_equal(pool_count_of(&pool, PYTHON, SLOT_READY), 2);
	set_state(&pool, slot, SLOT_EMPTY, 4);
	assert_int_equal(start(SECOND_US, &slot), POOL_NONE);
}

static void
on_demand_one_is_started_for_each_who_waits(void **state)
{
	uint32_t slot;
	uint32_t i;

	(void)state;
	make_pool(1, 3, false);
	pool.limits.starting = 8;
	fill(1);
	for (i = 0; i < 6; i++)
		assert_true(enqueue(i, 1, SCI, 2));
	/* The place that it always has, and as many as may run. */
	for (i = 0; i < 4; i++)
		assert_int_equal(start(2, &slot), SCI);
	assert_int_equal(start(2, &slot), POOL_NONE);
}

static void
who_went_away_leaves_nothing_behind(void **state)
{
	uint32_t slot;

	(void)state;
	make_pool(1, 2, false);
	fill(1);
	assert_true(enqueue(1, 1, SCI, 2));
	assert_int_equal(start(2, &slot), SCI);
	assert_true(pool_dequeue(&pool, 1));
	finish_start(slot, 3);
	assert_int_equal(pool_pick_surplus(&pool), slot);
	set_state(&pool, slot, SLOT_DEAD, 3);
	assert_int_equal(pool_pick_surplus(&pool), POOL_NONE);
}

/* Where a start takes longer than anybody may wait, nobody would ever be
 * served if it was not there when he comes again. */
static void
who_waited_in_vain_finds_it_the_next_time(bool reuse)
{
	uint64_t late_us = 1 + 10 * SECOND_US;
	struct pool_grant grant;
	uint32_t slot;

	make_pool(1, 2, reuse);
	fill(1);
	assert_true(enqueue(1, 1, SCI, 1));
	assert_int_equal(start(1, &slot), SCI);
	assert_int_equal(pool_expire(&pool, late_us), 1);
	finish_start(slot, late_us);
	assert_int_equal(pool_pick_surplus(&pool), POOL_NONE);
	assert_int_equal(
	    pool_pick_stale(&pool, late_us + POOL_OWED_US - 1), POOL_NONE);
	assert_int_equal(
	    pool_next_event_us(&pool, late_us), late_us + POOL_OWED_US);
	assert_int_equal(pool_pick_stale(&pool, late_us + POOL_OWED_US), slot);
	assert_true(enqueue(1, 1, SCI, late_us + SECOND_US));
	assert_true(pool_grant_next(&pool, late_us + SECOND_US, &grant));
	assert_int_equal(grant.slot, slot);
	assert_false(pool.stock[SCI].is_owed);
}

/* The others that were started for those who waited go. */
static void
however_many_waited_in_vain_one_is_left(void **state)
{
	uint64_t late_us = 1 + 10 * SECOND_US;
	uint32_t slots[2];
	uint32_t slot;

	(void)state;
	make_pool(1, 2, false);
	fill(1);
	assert_true(enqueue(1, 1, SCI, 1));
	assert_true(enqueue(2, 2, SCI, 1));
	assert_int_equal(start(1, &slots[0]), SCI);
	assert_int_equal(start(1, &slots[1]), SCI);
	assert_int_equal(pool_expire(&pool, late_us), 1);
	assert_int_equal(pool_expire(&pool, late_us), 2);
	finish_start(slots[0], late_us);
	finish_start(slots[1], late_us + 1);
	while ((slot = pool_pick_surplus(&pool)) != POOL_NONE)
		set_state(&pool, slot, SLOT_DEAD, late_us + 1);
	assert_int_equal(pool_count_of(&pool, SCI, SLOT_READY), 1);
	/* It goes in time though a start has failed meanwhile. */
	pool_note_start(&pool, SCI, false, late_us + 2);
	slot = pool_pick_stale(&pool, late_us + 1 + POOL_OWED_US);
	assert_int_not_equal(slot, POOL_NONE);
	set_state(&pool, slot, SLOT_DEAD, late_us + 1 + POOL_OWED_US);
	assert_false(pool.stock[SCI].is_owed);
}

static void
who_waited_in_vain_is_owed_one(void **state)
{
	(void)state;
	who_waited_in_vain_finds_it_the_next_time(false);
}

static void
who_waited_in_vain_is_owed_one_that_is_reused(void **state)
{
	(void)state;
	who_waited_in_vain_finds_it_the_next_time(true);
}

/* With reuse it stays for a while: the next one may come at once. */
static void
what_is_reused_stays_until_it_is_idle(void **state)
{
	struct pool_grant grant;
	uint32_t slot;

	(void)state;
	make_pool(1, 2, true);
	fill(1);
	assert_true(enqueue(1, 1, SCI, 2));
	assert_int_equal(start(2, &slot), SCI);
	finish_start(slot, 3);
	assert_true(pool_grant_next(&pool, 3, &grant));
	assert_true(pool_take_back(&pool, slot, 4));
	assert_int_equal(pool.slots[slot].language, SCI);
	assert_int_equal(pool_pick_surplus(&pool), POOL_NONE);
	assert_int_equal(pool_pick_stale(&pool, 5), POOL_NONE);
	assert_int_equal(pool_next_event_us(&pool, 5), 4 + POOL_SURPLUS_US);
	assert_int_equal(pool_pick_stale(&pool, 4 + POOL_SURPLUS_US), slot);
}

static void
who_waits_for_a_start_blocks_nobody(void **state)
{
	struct pool_grant grant;

	(void)state;
	make_pool(2, 2, false);
	fill(1);
	assert_true(enqueue(1, 1, SCI, 2));
	assert_true(enqueue(2, 1, PYTHON, 3));
	assert_true(enqueue(3, 2, PYTHON, 3));
	assert_true(pool_grant_next(&pool, 4, &grant));
	assert_int_equal(grant.waiter.language, PYTHON);
	assert_true(pool_grant_next(&pool, 4, &grant));
	assert_int_equal(grant.waiter.language, PYTHON);
	assert_int_equal(pool.queued, 1);
}

/* One client asks for one language again and again, somebody else for another:
 * starts alternate, although all of the first one's were there before. */
static void
starts_are_shared_between_clients(void **state)
{
	struct pool_grant grant;
	uint32_t slot;
	uint32_t i;

	(void)state;
	make_pool(0, 4, false);
	pool.limits.starting = 1;
	for (i = 0; i < 8; i++)
		assert_true(enqueue(i, 1, SCI, 1));
	assert_int_equal(start(1, &slot), SCI);
	assert_true(enqueue(20, 2, OTHER, 2));
	finish_start(slot, 3);
	assert_true(pool_grant_next(&pool, 3, &grant));
	set_state(&pool, grant.slot, SLOT_EMPTY, 3);
	assert_int_equal(start(4, &slot), OTHER);
}

/* A stock that is being refilled does not keep who waits waiting. */
static void
who_waits_comes_before_stock(void **state)
{
	uint32_t slot;

	(void)state;
	make_pool(4, 4, false);
	pool.limits.starting = 1;
	assert_int_equal(start(1, &slot), PYTHON);
	assert_true(enqueue(1, 1, SCI, 1));
	finish_start(slot, 2);
	assert_int_equal(start(2, &slot), SCI);
	finish_start(slot, 3);
	assert_int_equal(start(3, &slot), PYTHON);
}

/* While others keep all places to run, and their queue is never empty. */
static void
a_full_house_lets_another_language_start(void **state)
{
	struct pool_grant grant;
	uint32_t slot;
	uint32_t i;

	(void)state;
	make_pool(2, 2, false);
	fill(1);
	for (i = 0; i < 8; i++)
		assert_true(enqueue(i, 1, PYTHON, 2));
	while (pool_grant_next(&pool, 2, &grant))
		;
	assert_int_equal(pool_count(&pool, SLOT_LEASED), 2);
	assert_true(enqueue(20, 2, SCI, 3));
	assert_int_equal(start(3, &slot), SCI);
	finish_start(slot, 4);
	slot = oldest(SLOT_LEASED);
	set_state(&pool, slot, SLOT_DEAD, 5);
	/* The waiter with no lease yet is next. */
	assert_int_equal(start(5, &slot), PYTHON);
	finish_start(slot, 6);
	set_state(&pool, oldest(SLOT_LEASED), SLOT_DEAD, 6);
	assert_true(pool_grant_next(&pool, 6, &grant));
	assert_int_equal(grant.waiter.responder, 20);
}

/* All slots wait with, or for, something else. */
static void
others_stock_makes_room(void **state)
{
	uint32_t slot;

	(void)state;
	make_pool(1, 2, true); /* five slots */
	put(PYTHON, SLOT_READY, 1);
	put(PYTHON, SLOT_READY, 2);
	put(PYTHON, SLOT_READY, 3);
	put(PYTHON, SLOT_LEASED, 4);
	put(OTHER, SLOT_READY, 5);
	assert_int_equal(pool_pick_surplus(&pool), POOL_NONE);
	assert_true(enqueue(1, 1, SCI, 6));
	assert_int_equal(start(6, &slot), POOL_NONE);
	slot = pool_pick_surplus(&pool);
	assert_int_not_equal(slot, POOL_NONE);
	assert_int_equal(pool.slots[slot].language, PYTHON);
	assert_int_equal(pool.slots[slot].since_us, 1);
	set_state(&pool, slot, SLOT_DEAD, 7);
	/* One is enough. */
	assert_int_equal(pool_pick_surplus(&pool), POOL_NONE);
	set_state(&pool, slot, SLOT_EMPTY, 8);
	assert_int_equal(start(8, &slot), SCI);
}

/*
 * What the number of slots is for, in every state that there can be: who waits
 * and has none of its language on the way finds a slot that is EMPTY or about
 * to be, or one that is given up for it, or one that is still on its way to
 * that.
 */
static void
there_is_a_slot_for_whoever_has_none_on_the_way(void **state)
{
	static const enum slot_state states[] = { SLOT_EMPTY, SLOT_STARTING,
		SLOT_READY, SLOT_LEASED };
	uint32_t bare = 0;
	uint32_t slot;
	uint32_t i;
	int round;

	(void)state;
	srand(1);
	for (round = 0; round < 20000; round++) {
		make_pool((uint32_t)rand() % 3, 1 + (uint32_t)rand() % 3,
		    rand() % 2 == 0);
		for (i = 0; i < pool.slot_count; i++) {
			pool.slots[i].state = states[rand() % 4];
			pool.slots[i].language = (uint32_t)rand() % 3;
			if (pool.slots[i].state == SLOT_LEASED &&
			    pool_count(&pool, SLOT_LEASED) >
				pool.limits.running)
				pool.slots[i].state = SLOT_READY;
		}
		if (pool_count_of(&pool, SCI, SLOT_READY) +
			pool_count_of(&pool, SCI, SLOT_STARTING) >
		    0)
			continue;
		assert_true(enqueue(1, 1, SCI, SECOND_US));
		bare++;
		if (pool_count(&pool, SLOT_EMPTY) > 0)
			continue;
		slot = pool_pick_surplus(&pool);
		if (slot != POOL_NONE)
			assert_int_not_equal(pool.slots[slot].language, SCI);
		else
			assert_true(pool_count(&pool, SLOT_STARTING) > 0);
	}
	assert_true(bare > 1000);
}

/* A language that can not be started takes nothing from the others. */
static void
failures_are_a_languages_own(void **state)
{
	uint32_t slot;

	(void)state;
	make_pool(3, 2, false);
	pool_note_start(&pool, SCI, false, 1);
	pool_note_start(&pool, SCI, false, 1);
	assert_true(pool_is_down(&pool, SCI, 1));
	assert_false(pool_is_down(&pool, PYTHON, 1));
	assert_false(pool_is_down(&pool, OTHER, 1));
	assert_int_equal(start(1, &slot), PYTHON);
	assert_int_equal(start(1, &slot), PYTHON);
}

/* Nobody would ever try again: there is no stock to fill. */
static void
on_demand_a_failed_one_is_tried_again_when_asked_for(void **state)
{
	uint64_t again_us;
	uint32_t slot;

	(void)state;
	make_pool(1, 2, false);
	fill(1);
	pool_note_start(&pool, SCI, false, 2);
	pool_note_start(&pool, SCI, false, 2);
	again_us = pool.stock[SCI].next_start_us;
	assert_true(pool_is_down(&pool, SCI, again_us - 1));
	assert_false(pool_is_down(&pool, SCI, again_us));
	assert_true(enqueue(1, 1, SCI, again_us));
	assert_int_equal(start(again_us, &slot), SCI);
	/* One with stock is tried without being asked for. */
	set_state(&pool, oldest(SLOT_READY), SLOT_DEAD, 2);
	pool_note_start(&pool, PYTHON, false, 2);
	pool_note_start(&pool, PYTHON, false, 2);
	assert_true(pool_is_down(&pool, PYTHON, 60 * SECOND_US));
}

/* Neither one that hangs nor one that fails keeps the others from starting. */
static void
what_is_not_known_to_start_has_no_share_of_the_starts(void **state)
{
	uint32_t slot;

	(void)state;
	make_pool(4, 4, false);
	pool.stock[SCI].is_proven = pool.stock[OTHER].is_proven = false;
	assert_true(enqueue(1, 1, SCI, 1));
	assert_true(enqueue(2, 2, SCI, 1));
	assert_true(enqueue(3, 3, OTHER, 1));
	assert_int_equal(start(1, &slot), SCI);
	assert_int_equal(start(1, &slot), OTHER);
	assert_int_equal(start(1, &slot), PYTHON);
	assert_int_equal(start(1, &slot), PYTHON);
	assert_int_equal(start(1, &slot), POOL_NONE);
}

static void
without_an_image_there_is_no_start(void **state)
{
	struct pool_grant grant;
	uint32_t slot;

	(void)state;
	make_pool(1, 2, false);
	fill(1);
	pool.stock[SCI].is_missing = true;
	assert_true(pool_is_down(&pool, SCI, 1));
	assert_true(enqueue(1, 1, SCI, 1));
	assert_int_equal(start(1, &slot), POOL_NONE);
	pool.stock[SCI].is_missing = false;
	assert_false(pool_is_down(&pool, SCI, 1));
	assert_int_equal(start(1, &slot), SCI);
	/* A sandbox that is there serves although the image is gone. */
	finish_start(slot, 2);
	pool.stock[SCI].is_missing = true;
	assert_false(pool_is_down(&pool, SCI, 2));
	assert_true(pool_grant_next(&pool, 2, &grant));
}

/* Nothing of it can be started: the others' starts wait for runs as ever. */
static void
a_missing_image_does_not_hurry_the_others(void **state)
{
	struct pool_limits limits = { .languages = 2,
		.stock = { [PYTHON] = { .ready = 2, .ready_max = 2 },
		    [SCI] = { .ready = 2, .ready_max = 2 } },
		.running = 2,
		.starting = 2,
		.queue = 4,
		.queue_wait_us = 10 * SECOND_US,
		.max_age_us = 600 * SECOND_US };
	uint32_t slot;

	(void)state;
	pool_init(&pool, &limits);
	pool.stock[SCI].is_missing = true;
	fill(1);
	slot = oldest(SLOT_READY);
	set_state(&pool, slot, SLOT_LEASED, SECOND_US);
	assert_int_equal(start(SECOND_US, &slot), POOL_NONE);
	assert_int_equal(
	    pool_yields_until_us(&pool), SECOND_US + POOL_YIELD_US);
	pool.stock[SCI].is_missing = false;
	assert_int_equal(start(SECOND_US, &slot), SCI);
}

static void
each_language_grows_and_shrinks_by_itself(void **state)
{
	(void)state;
	make_pool(1, 4, false);
	pool.limits.stock[PYTHON].ready_max = 3;
	pool.limits.stock[OTHER].ready_max = 2;
	assert_true(enqueue(1, 1, OTHER, SECOND_US));
	pool_adapt(&pool, SECOND_US);
	assert_int_equal(pool.stock[PYTHON].target, 1);
	assert_int_equal(pool.stock[SCI].target, 0);
	assert_int_equal(pool.stock[OTHER].target, 1);
	assert_true(pool_dequeue(&pool, 1));
	pool_adapt(&pool, SECOND_US + POOL_CALM_US);
	assert_int_equal(pool.stock[OTHER].target, 0);
}

/* A young sandbox of one language does not keep an old one of another. */
static void
each_language_ages_by_itself(void **state)
{
	uint64_t late_us = 601 * SECOND_US;
	uint32_t old;

	(void)state;
	make_pool(1, 4, false);
	pool.limits.stock[OTHER] = (struct pool_stock_limits){ 1, 1 };
	put(PYTHON, SLOT_READY, late_us);
	old = put(OTHER, SLOT_READY, 1);
	assert_int_equal(pool_pick_stale(&pool, late_us), old);
	set_state(&pool, old, SLOT_STARTING, late_us);
	assert_int_equal(pool_pick_stale(&pool, late_us), POOL_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    on_demand_none_is_kept_and_one_is_started_when_asked_for),
		cmocka_unit_test(on_demand_one_is_started_for_each_who_waits),
		cmocka_unit_test(who_went_away_leaves_nothing_behind),
		cmocka_unit_test(however_many_waited_in_vain_one_is_left),
		cmocka_unit_test(who_waited_in_vain_is_owed_one),
		cmocka_unit_test(who_waited_in_vain_is_owed_one_that_is_reused),
		cmocka_unit_test(what_is_reused_stays_until_it_is_idle),
		cmocka_unit_test(who_waits_for_a_start_blocks_nobody),
		cmocka_unit_test(starts_are_shared_between_clients),
		cmocka_unit_test(who_waits_comes_before_stock),
		cmocka_unit_test(a_full_house_lets_another_language_start),
		cmocka_unit_test(others_stock_makes_room),
		cmocka_unit_test(
		    there_is_a_slot_for_whoever_has_none_on_the_way),
		cmocka_unit_test(failures_are_a_languages_own),
		cmocka_unit_test(
		    on_demand_a_failed_one_is_tried_again_when_asked_for),
		cmocka_unit_test(
		    what_is_not_known_to_start_has_no_share_of_the_starts),
		cmocka_unit_test(without_an_image_there_is_no_start),
		cmocka_unit_test(a_missing_image_does_not_hurry_the_others),
		cmocka_unit_test(each_language_grows_and_shrinks_by_itself),
		cmocka_unit_test(each_language_ages_by_itself),
	};

	return cmocka_run_group_tests_name("pool_runtimes", tests, NULL, NULL);
}
