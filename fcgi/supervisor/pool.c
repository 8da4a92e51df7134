/* SPDX-License-Identifier: MIT */
/* The policy of the pool: refill, fairness, waiting time, back-off. */
#include "supervisor/pool.h"

#include <string.h>

void
pool_init(struct pool *pool, const struct pool_limits *limits)
{
	memset(pool, 0, sizeof(*pool));
	pool->limits = *limits;
	pool->slot_count = limits->ready + limits->running;
	if (pool->slot_count > POOL_SLOTS_MAX)
		pool->slot_count = POOL_SLOTS_MAX;
	if (pool->limits.queue > POOL_QUEUE_MAX)
		pool->limits.queue = POOL_QUEUE_MAX;
	pool->lease_avg_us = 1000000;
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

/* The slot that has been in the state longest, or POOL_NONE. */
static uint32_t
oldest(const struct pool *pool, enum slot_state state)
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

uint32_t
pool_pick_start(const struct pool *pool, uint64_t now_us)
{
	uint32_t starting = pool_count(pool, SLOT_STARTING);
	uint32_t waiting = pool_count(pool, SLOT_READY) + starting;

	if (pool->stopping || now_us < pool->next_start_us)
		return POOL_NONE;
	/* While starts fail, one at a time tells as much as many. */
	if (starting >= (pool->failures > 0 ? 1 : pool->limits.starting))
		return POOL_NONE;
	if (waiting >= pool->limits.ready)
		return POOL_NONE;
	return oldest(pool, SLOT_EMPTY);
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

uint32_t
pool_pick_stale(const struct pool *pool, uint64_t now_us)
{
	uint32_t slot = oldest(pool, SLOT_READY);

	if (slot == POOL_NONE || !may_replace(pool))
		return POOL_NONE;
	if (now_us - pool->slots[slot].since_us < pool->limits.max_age_us)
		return POOL_NONE;
	return slot;
}

void
pool_set_state(
    struct pool *pool, uint32_t slot, enum slot_state state, uint64_t now_us)
{
	struct pool_slot *s = &pool->slots[slot];

	if (s->state == SLOT_LEASED)
		pool->lease_avg_us += ((now_us - s->since_us) / 8) -
				      (pool->lease_avg_us / 8);
	s->state = state;
	s->since_us = now_us;
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
	       oldest(pool, SLOT_READY) == POOL_NONE;
}

static bool
can_serve(const struct pool *pool)
{
	return !pool->stopping && oldest(pool, SLOT_READY) != POOL_NONE &&
	       pool_count(pool, SLOT_LEASED) < pool->limits.running;
}

bool
pool_enqueue(struct pool *pool, const struct pool_waiter *waiter)
{
	/* Whoever can be served at once does not count as waiting. */
	bool served = can_serve(pool);

	if (pool->queued >= (served ? POOL_QUEUE_MAX : pool->limits.queue))
		return false;
	pool->queue[pool->queued++] = *waiter;
	return true;
}

static void
remove_waiter(struct pool *pool, uint32_t index)
{
	pool->queued--;
	memmove(&pool->queue[index], &pool->queue[index + 1],
	    (pool->queued - index) * sizeof(*pool->queue));
}

bool
pool_dequeue(struct pool *pool, uint32_t worker)
{
	uint32_t i;

	for (i = 0; i < pool->queued; i++) {
		if (pool->queue[i].worker == worker) {
			remove_waiter(pool, i);
			return true;
		}
	}
	return false;
}

static uint32_t
leases_of(const struct pool *pool, const uint8_t client[POOL_CLIENT_BYTES])
{
	uint32_t count = 0;
	uint32_t i;

	for (i = 0; i < pool->slot_count; i++)
		count += pool->slots[i].state == SLOT_LEASED &&
			 memcmp(pool->slots[i].client, client,
			     POOL_CLIENT_BYTES) == 0;
	return count;
}

/* Index of the waiter to serve; the queue is not empty. */
static uint32_t
fairest(const struct pool *pool)
{
	uint32_t best = 0;
	uint32_t best_leases = UINT32_MAX;
	uint32_t leases;
	uint32_t i;

	for (i = 0; i < pool->queued && best_leases > 0; i++) {
		leases = leases_of(pool, pool->queue[i].client);
		if (leases < best_leases) {
			best = i;
			best_leases = leases;
		}
	}
	return best;
}

bool
pool_grant_next(struct pool *pool, uint64_t now_us, struct pool_grant *grant)
{
	uint32_t slot;
	uint32_t index;

	if (pool->queued == 0 || !can_serve(pool))
		return false;
	slot = oldest(pool, SLOT_READY);
	index = fairest(pool);
	grant->waiter = pool->queue[index];
	grant->slot = slot;
	remove_waiter(pool, index);
	pool_set_state(pool, slot, SLOT_LEASED, now_us);
	memcpy(
	    pool->slots[slot].client, grant->waiter.client, POOL_CLIENT_BYTES);
	return true;
}

uint32_t
pool_pick_expired(const struct pool *pool, uint64_t now_us)
{
	uint32_t i;

	for (i = 0; i < pool->queued; i++) {
		if (now_us - pool->queue[i].since_us >=
		    pool->limits.queue_wait_us)
			return pool->queue[i].worker;
	}
	return POOL_NONE;
}

uint64_t
pool_next_event_us(const struct pool *pool, uint64_t now_us)
{
	uint32_t ready = oldest(pool, SLOT_READY);
	uint64_t next_us = UINT64_MAX;
	uint64_t at_us;

	if (pool->next_start_us > now_us)
		next_us = pool->next_start_us;
	if (pool->queued > 0) {
		at_us = pool->queue[0].since_us + pool->limits.queue_wait_us;
		next_us = at_us < next_us ? at_us : next_us;
	}
	if (ready != POOL_NONE && may_replace(pool)) {
		at_us = pool->slots[ready].since_us + pool->limits.max_age_us;
		next_us = at_us < next_us ? at_us : next_us;
	}
	return next_us;
}

uint32_t
pool_retry_after_s(const struct pool *pool)
{
	uint64_t wait_us;
	uint64_t wait_s;

	if (pool_is_down(pool))
		return POOL_BACKOFF_MAX_US / 1000000;
	wait_us = pool->lease_avg_us * (pool->queued + 1) /
		  (pool->limits.running > 0 ? pool->limits.running : 1);
	wait_s = (wait_us + 999999) / 1000000;
	return wait_s < 1 ? 1 : wait_s > 60 ? 60 : (uint32_t)wait_s;
}
