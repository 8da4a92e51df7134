/* SPDX-License-Identifier: MIT */
/* Sandboxes that wait and should not: too many, in the way, too old. */
#include "supervisor/pool/refill.h"

/* Does somebody wait for a runtime of which none can be started for want of a
 * slot, now or soon? */
static bool
is_crowded(const struct pool *pool, const struct tally of[RUNTIMES_MAX])
{
	uint32_t i;

	for (i = 0; i < pool->slot_count; i++) {
		if (pool->slots[i].state == SLOT_EMPTY ||
		    pool->slots[i].state == SLOT_DEAD)
			return false;
	}
	for (i = 0; i < pool->limits.runtimes; i++) {
		if (of[i].waiters > 0 && of[i].ready + of[i].starting == 0 &&
		    !pool->stock[i].is_missing)
			return true;
	}
	return false;
}

/* The oldest of those of which too many wait, or POOL_NONE. */
uint32_t
pool_pick_surplus(const struct pool *pool)
{
	struct tally of[RUNTIMES_MAX];
	const struct pool_slot *best = NULL;
	const struct pool_slot *s;
	uint32_t enough[RUNTIMES_MAX];
	bool crowded;
	uint32_t i;

	stock_take_tally(pool, of);
	crowded = is_crowded(pool, of);
	/* Those that come back go when they have not been needed: stale. */
	if (pool->limits.reuse && !crowded)
		return POOL_NONE;
	for (i = 0; i < pool->limits.runtimes; i++) {
		enough[i] = pool->stock[i].target > of[i].waiters
				? pool->stock[i].target
				: of[i].waiters;
		if (enough[i] == 0 && pool->stock[i].is_owed)
			enough[i] = 1;
		if (crowded &&
		    of[i].ready + of[i].starting > stock_place_of(pool, i))
			enough[i] = 0;
		else if (pool->limits.reuse)
			enough[i] = UINT32_MAX;
	}
	for (s = pool->slots; s < pool->slots + pool->slot_count; s++) {
		if (s->state == SLOT_READY &&
		    of[s->runtime].ready > enough[s->runtime] &&
		    (best == NULL || s->since_us < best->since_us))
			best = s;
	}
	return best == NULL ? POOL_NONE : (uint32_t)(best - pool->slots);
}

/* One at a time, and only while starts are known to succeed: an old sandbox
 * is better than none. */
static bool
may_replace(const struct pool *pool, const struct tally *of, uint32_t runtime)
{
	return pool->stock[runtime].failures == 0 && of->starting == 0 &&
	       of->ready >= pool->limits.stock[runtime].ready;
}

/* The only one, which somebody waited for in vain. */
static bool
is_owed(const struct pool *pool, const struct tally *of, uint32_t runtime)
{
	return pool->stock[runtime].is_owed && of->ready == 1 &&
	       pool->stock[runtime].target == 0;
}

/* When a READY slot has to go: whoever was never leased has waited since it
 * was born. Until it can be replaced, one is not too old; UINT64_MAX. */
static uint64_t
stale_at_us(
    const struct pool *pool, const struct pool_slot *s, const struct tally *of)
{
	uint64_t old_us = s->born_us + pool->limits.max_age_us;
	uint64_t idle_us = UINT64_MAX;

	if (is_owed(pool, of, s->runtime))
		idle_us = s->since_us + POOL_OWED_US;
	else if (!may_replace(pool, of, s->runtime))
		return UINT64_MAX;
	else if (pool->limits.reuse &&
		 of->ready > pool->stock[s->runtime].target)
		idle_us = s->since_us + POOL_SURPLUS_US;
	return idle_us < old_us ? idle_us : old_us;
}

/* The READY slot that goes first, and when. */
static uint32_t
next_stale(const struct pool *pool, uint64_t *at_us)
{
	struct tally of[RUNTIMES_MAX];
	const struct pool_slot *s;
	uint32_t found = POOL_NONE;
	uint64_t goes_us;

	*at_us = UINT64_MAX;
	stock_take_tally(pool, of);
	for (s = pool->slots; s < pool->slots + pool->slot_count; s++) {
		if (s->state != SLOT_READY || pool->stopping)
			continue;
		goes_us = stale_at_us(pool, s, &of[s->runtime]);
		if (goes_us < *at_us) {
			*at_us = goes_us;
			found = (uint32_t)(s - pool->slots);
		}
	}
	return found;
}

uint32_t
pool_pick_stale(const struct pool *pool, uint64_t now_us)
{
	uint64_t at_us;
	uint32_t slot = next_stale(pool, &at_us);

	return slot == POOL_NONE || now_us < at_us ? POOL_NONE : slot;
}

uint64_t
pool_next_stale_us(const struct pool *pool)
{
	uint64_t at_us;

	(void)next_stale(pool, &at_us);
	return at_us;
}
