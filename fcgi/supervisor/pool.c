/* SPDX-License-Identifier: MIT */
/* The policy of the pool's slots: refill, replacement, back-off. */
#include "supervisor/pool.h"

#include <string.h>

/* Before there was any: how long a lease and a start take. */
#define LEASE_GUESS_US (1000 * 1000)
#define START_GUESS_US (500 * 1000)

void
pool_init(struct pool *pool, const struct pool_limits *limits)
{
	memset(pool, 0, sizeof(*pool));
	pool->limits = *limits;
	if (pool->limits.ready_max < limits->ready)
		pool->limits.ready_max = limits->ready;
	pool->target = limits->ready;
	pool->slot_count = pool->limits.ready_max + limits->running;
	if (pool->slot_count > POOL_SLOTS_MAX)
		pool->slot_count = POOL_SLOTS_MAX;
	if (pool->limits.queue > POOL_QUEUE_MAX)
		pool->limits.queue = POOL_QUEUE_MAX;
	pool->lease_avg_us = LEASE_GUESS_US;
	pool->start_avg_us = START_GUESS_US;
}

uint32_t
pool_count(const struct pool *pool, enum slot_state state)
{
	uint32_t count = 0;
	uint32_t i;

	for (i = 0; i < pool->slot_count; i++)
		count += pool->slots[i].state == state;
	return count;
}

uint32_t
pool_oldest(const struct pool *pool, enum slot_state state)
{
	uint32_t found = POOL_NONE;
	uint32_t i;

	for (i = 0; i < pool->slot_count; i++) {
		if (pool->slots[i].state != state)
			continue;
		if (found == POOL_NONE ||
		    pool->slots[i].since_us < pool->slots[found].since_us)
			found = i;
	}
	return found;
}

/* A warm one, and of these the one that has been empty longest. */
static uint32_t
pick_empty(const struct pool *pool)
{
	const struct pool_slot *best = NULL;
	const struct pool_slot *s;

	for (s = pool->slots; s < pool->slots + pool->slot_count; s++) {
		if (s->state != SLOT_EMPTY || s->is_barred)
			continue;
		if (best == NULL || s->is_warm > best->is_warm ||
		    (s->is_warm == best->is_warm &&
			s->since_us < best->since_us))
			best = s;
	}
	return best == NULL ? POOL_NONE : (uint32_t)(best - pool->slots);
}

uint64_t
pool_yields_until_us(const struct pool *pool)
{
	uint64_t newest_us = 0;
	uint32_t i;

	if (pool->queued > 0 || 2 * pool_count(pool, SLOT_READY) < pool->target)
		return 0;
	for (i = 0; i < pool->slot_count; i++) {
		if (pool->slots[i].state == SLOT_LEASED &&
		    pool->slots[i].since_us + POOL_YIELD_US > newest_us)
			newest_us = pool->slots[i].since_us + POOL_YIELD_US;
	}
	return newest_us;
}

/* How many will be back soon, and when the first of them is late. */
static uint32_t
soon_back(const struct pool *pool, uint64_t now_us, uint64_t *late_us)
{
	uint64_t at_us;
	uint32_t count = 0;
	uint32_t i;

	*late_us = UINT64_MAX;
	if (!pool->limits.reuse ||
	    (pool->queued > 0 &&
		pool_count(pool, SLOT_LEASED) < pool->limits.running))
		return 0;
	for (i = 0; i < pool->slot_count; i++) {
		at_us = pool->slots[i].since_us + POOL_SOON_BACK_US;
		if (pool->slots[i].state != SLOT_LEASED || at_us <= now_us)
			continue;
		*late_us = at_us < *late_us ? at_us : *late_us;
		count++;
	}
	return count;
}

uint32_t
pool_pick_start(const struct pool *pool, uint64_t now_us)
{
	uint32_t starting = pool_count(pool, SLOT_STARTING);
	uint32_t waiting = pool_count(pool, SLOT_READY) + starting;
	uint64_t late_us;

	if (pool->stopping || now_us < pool->next_start_us ||
	    now_us < pool_yields_until_us(pool))
		return POOL_NONE;
	/* While starts fail, one at a time tells as much as many. */
	if (starting >= (pool->failures > 0 ? 1 : pool->limits.starting))
		return POOL_NONE;
	if (waiting + soon_back(pool, now_us, &late_us) >= pool->target)
		return POOL_NONE;
	return pick_empty(pool);
}

/* One at a time, and only while starts are known to succeed: an old sandbox
 * is better than none. */
static bool
may_replace(const struct pool *pool)
{
	return !pool->stopping && pool->failures == 0 &&
	       pool_count(pool, SLOT_STARTING) == 0 &&
	       pool_count(pool, SLOT_READY) >= pool->limits.ready;
}

/* Is there somebody who would run if there were a sandbox? */
static bool
misses_one(const struct pool *pool)
{
	return pool->queued > 0 && pool->failures == 0 &&
	       pool_count(pool, SLOT_READY) == 0 &&
	       pool_count(pool, SLOT_LEASED) < pool->limits.running;
}

void
pool_adapt(struct pool *pool, uint64_t now_us)
{
	uint64_t since_us = now_us - pool->missed_us;

	/* What comes back soon is not to be kept in stock. */
	if (pool->limits.reuse)
		return;
	if (!misses_one(pool)) {
		if (since_us >= POOL_CALM_US)
			pool->target = pool->limits.ready;
	} else if (pool->missed_us == 0 || since_us >= pool->start_avg_us) {
		pool->missed_us = now_us;
		if (pool->target < pool->limits.ready_max)
			pool->target++;
	}
}

uint32_t
pool_pick_surplus(const struct pool *pool)
{
	/* Those that come back go when they have not been needed: stale. */
	if (pool->limits.reuse || pool_count(pool, SLOT_READY) <= pool->target)
		return POOL_NONE;
	return pool_oldest(pool, SLOT_READY);
}

/* The READY slot that goes first, and when. Whoever was never leased has
 * waited since it was born. */
static uint32_t
next_stale(const struct pool *pool, uint64_t *at_us)
{
	uint32_t oldest = pool_oldest(pool, SLOT_READY);
	uint32_t found = POOL_NONE;
	uint32_t i;

	*at_us = UINT64_MAX;
	for (i = 0; i < pool->slot_count; i++) {
		if (pool->slots[i].state != SLOT_READY ||
		    pool->slots[i].born_us + pool->limits.max_age_us >= *at_us)
			continue;
		*at_us = pool->slots[i].born_us + pool->limits.max_age_us;
		found = i;
	}
	if (oldest == POOL_NONE || !pool->limits.reuse ||
	    pool_count(pool, SLOT_READY) <= pool->target ||
	    pool->slots[oldest].since_us + POOL_SURPLUS_US >= *at_us)
		return found;
	*at_us = pool->slots[oldest].since_us + POOL_SURPLUS_US;
	return oldest;
}

uint32_t
pool_pick_stale(const struct pool *pool, uint64_t now_us)
{
	uint64_t at_us;
	uint32_t slot = next_stale(pool, &at_us);

	if (slot == POOL_NONE || !may_replace(pool) || now_us < at_us)
		return POOL_NONE;
	return slot;
}

static void
slide(uint64_t *average_us, uint64_t newest_us)
{
	*average_us += newest_us / 8 - *average_us / 8;
}

void
pool_set_state(
    struct pool *pool, uint32_t slot, enum slot_state state, uint64_t now_us)
{
	struct pool_slot *s = &pool->slots[slot];

	if (s->state == SLOT_LEASED)
		slide(&pool->lease_avg_us, now_us - s->since_us);
	if (s->state == SLOT_STARTING && state == SLOT_READY) {
		if (slot < pool->slot_count)
			slide(&pool->start_avg_us, now_us - s->since_us);
		s->born_us = now_us;
	}
	s->state = state;
	s->since_us = now_us;
}

bool
pool_return(struct pool *pool, uint32_t slot, uint64_t now_us)
{
	struct pool_slot *s = &pool->slots[slot];

	if (!pool->limits.reuse || pool->stopping || s->state != SLOT_LEASED ||
	    now_us - s->born_us >= pool->limits.max_age_us)
		return false;
	pool_set_state(pool, slot, SLOT_READY, now_us);
	return true;
}

void
pool_note_start(struct pool *pool, bool succeeded, uint64_t now_us)
{
	uint64_t wait_us = POOL_BACKOFF_MIN_US;
	uint32_t i;

	if (succeeded) {
		pool->failures = 0;
		pool->next_start_us = 0;
		return;
	}
	for (i = 0; i < pool->failures && wait_us < POOL_BACKOFF_MAX_US; i++)
		wait_us *= 2;
	if (wait_us > POOL_BACKOFF_MAX_US)
		wait_us = POOL_BACKOFF_MAX_US;
	if (pool->failures < UINT32_MAX)
		pool->failures++;
	pool->next_start_us = now_us + wait_us;
}

bool
pool_is_down(const struct pool *pool)
{
	return pool->failures >= POOL_FAILURES_MEAN_DOWN &&
	       pool_oldest(pool, SLOT_READY) == POOL_NONE;
}

uint64_t
pool_next_event_us(const struct pool *pool, uint64_t now_us)
{
	uint64_t next_us = pool_next_turn_us(pool, now_us);
	uint64_t at_us;

	if (pool->next_start_us > now_us && pool->next_start_us < next_us)
		next_us = pool->next_start_us;
	at_us = pool_yields_until_us(pool);
	if (at_us > now_us && at_us < next_us)
		next_us = at_us;
	if (pool->target > pool->limits.ready) {
		at_us = pool->missed_us + POOL_CALM_US;
		next_us = at_us < next_us ? at_us : next_us;
	}
	if (next_stale(pool, &at_us) != POOL_NONE && may_replace(pool))
		next_us = at_us < next_us ? at_us : next_us;
	if (soon_back(pool, now_us, &at_us) > 0)
		next_us = at_us < next_us ? at_us : next_us;
	return next_us;
}
