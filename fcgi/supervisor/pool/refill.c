/* SPDX-License-Identifier: MIT */
/* The policy of each runtime's stock: refill, growth, replacement. */
#include <string.h>

#include "supervisor/pool/refill.h"

void
stock_take_tally(const struct pool *pool, struct tally of[RUNTIMES_MAX])
{
	const struct pool_slot *s;
	uint32_t i;

	memset(of, 0, RUNTIMES_MAX * sizeof(*of));
	for (s = pool->slots; s < pool->slots + pool->slot_count; s++) {
		of[s->runtime].starting += s->state == SLOT_STARTING;
		of[s->runtime].ready += s->state == SLOT_READY;
		of[s->runtime].leased += s->state == SLOT_LEASED;
	}
	for (i = 0; i < pool->queued; i++)
		of[pool->queue[i].runtime].waiters++;
}

uint32_t
stock_place_of(const struct pool *pool, uint32_t runtime)
{
	uint32_t ready_max = pool->limits.stock[runtime].ready_max;

	return ready_max > 0 ? ready_max : 1;
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

static uint32_t
count_leased(const struct pool *pool, const struct tally of[RUNTIMES_MAX])
{
	uint32_t count = 0;
	uint32_t i;

	for (i = 0; i < pool->limits.runtimes; i++)
		count += of[i].leased;
	return count;
}

static uint64_t
yields_until_us(const struct pool *pool, const struct tally of[RUNTIMES_MAX])
{
	uint64_t newest_us = 0;
	uint32_t i;

	if (pool->queued > 0)
		return 0;
	for (i = 0; i < pool->limits.runtimes; i++) {
		if (!pool->stock[i].is_missing &&
		    2 * of[i].ready < pool->stock[i].target)
			return 0;
	}
	for (i = 0; i < pool->slot_count; i++) {
		if (pool->slots[i].state == SLOT_LEASED &&
		    pool->slots[i].since_us + POOL_YIELD_US > newest_us)
			newest_us = pool->slots[i].since_us + POOL_YIELD_US;
	}
	return newest_us;
}

uint64_t
pool_yields_until_us(const struct pool *pool)
{
	struct tally of[RUNTIMES_MAX];

	stock_take_tally(pool, of);
	return yields_until_us(pool, of);
}

/* How many will be back soon, and when the first of them is late. */
static uint32_t
soon_back(const struct pool *pool, const struct tally of[RUNTIMES_MAX],
    uint32_t runtime, uint64_t now_us, uint64_t *late_us)
{
	const struct pool_slot *s;
	uint64_t at_us;
	uint32_t count = 0;

	*late_us = UINT64_MAX;
	if (!pool->limits.reuse || of[runtime].leased == 0 ||
	    (of[runtime].waiters > 0 &&
		count_leased(pool, of) < pool->limits.running))
		return 0;
	for (s = pool->slots; s < pool->slots + pool->slot_count; s++) {
		at_us = s->since_us + POOL_SOON_BACK_US;
		if (s->state != SLOT_LEASED || s->runtime != runtime ||
		    at_us <= now_us)
			continue;
		*late_us = at_us < *late_us ? at_us : *late_us;
		count++;
	}
	return count;
}

/* It has not been seen to succeed, or not lately. */
static bool
is_doubtful(const struct pool *pool, uint32_t runtime)
{
	return pool->stock[runtime].failures > 0 ||
	       !pool->stock[runtime].is_proven;
}

/*
 * While starts fail, one at a time tells as much as many. Those may also hang;
 * so that the other runtimes do not wait for them, they do not count.
 */
static bool
may_start(const struct pool *pool, const struct tally of[RUNTIMES_MAX],
    uint32_t runtime, uint64_t now_us)
{
	uint32_t starting = 0;
	uint32_t i;

	if (pool->stock[runtime].is_missing ||
	    now_us < pool->stock[runtime].next_start_us)
		return false;
	if (is_doubtful(pool, runtime))
		return of[runtime].starting == 0;
	for (i = 0; i < pool->limits.runtimes; i++)
		starting += is_doubtful(pool, i) ? 0 : of[i].starting;
	return starting < pool->limits.starting;
}

/* On demand, beyond its place: as many as could run if all of those did. */
static bool
has_room_for_more(const struct pool *pool, const struct tally of[RUNTIMES_MAX])
{
	uint32_t taken = count_leased(pool, of);
	uint32_t waiting;
	uint32_t i;

	for (i = 0; i < pool->limits.runtimes; i++) {
		waiting = of[i].ready + of[i].starting;
		if (waiting > stock_place_of(pool, i))
			taken += waiting - stock_place_of(pool, i);
	}
	return taken < pool->limits.running;
}

/* The runtime that lacks a sandbox most, or POOL_NONE: see pool_pick_start. */
static uint32_t
who_lacks_most(const struct pool *pool, const struct tally of[RUNTIMES_MAX],
    uint64_t now_us)
{
	uint32_t bare = 0;   /* bits: somebody waits, none is on the way */
	uint32_t wanted = 0; /* bits: more wait than are on the way */
	uint32_t emptiest = POOL_NONE;
	uint32_t least = UINT32_MAX;
	uint32_t waiting;
	uint64_t late_us;
	uint32_t i;

	for (i = 0; i < pool->limits.runtimes; i++) {
		if (!may_start(pool, of, i, now_us))
			continue;
		waiting = of[i].ready + of[i].starting +
			  soon_back(pool, of, i, now_us, &late_us);
		if (of[i].waiters > 0 && waiting == 0)
			bare |= 1U << i;
		if (pool->limits.stock[i].ready == 0 &&
		    of[i].waiters > waiting && has_room_for_more(pool, of))
			wanted |= 1U << i;
		if (waiting < pool->stock[i].target && waiting < least) {
			least = waiting;
			emptiest = i;
		}
	}
	i = bare != 0 ? pool_fairest(pool, bare, now_us) : POOL_NONE;
	if (i == POOL_NONE && wanted != 0)
		i = pool_fairest(pool, wanted, now_us);
	return i == POOL_NONE ? emptiest : pool->queue[i].runtime;
}

uint32_t
pool_pick_start(const struct pool *pool, uint64_t now_us, uint32_t *runtime)
{
	struct tally of[RUNTIMES_MAX];
	uint32_t slot;

	stock_take_tally(pool, of);
	if (pool->stopping || now_us < yields_until_us(pool, of))
		return POOL_NONE;
	slot = pick_empty(pool);
	if (slot == POOL_NONE)
		return POOL_NONE;
	*runtime = who_lacks_most(pool, of, now_us);
	return *runtime == POOL_NONE ? POOL_NONE : slot;
}

/* Is there somebody who would run if there were a sandbox? */
static bool
misses_one(const struct pool *pool, uint32_t runtime,
    const struct tally of[RUNTIMES_MAX])
{
	return of[runtime].waiters > 0 && pool->stock[runtime].failures == 0 &&
	       of[runtime].ready == 0 &&
	       count_leased(pool, of) < pool->limits.running;
}

void
pool_adapt(struct pool *pool, uint64_t now_us)
{
	struct tally of[RUNTIMES_MAX];
	struct pool_stock *stock;
	uint64_t since_us;
	uint32_t i;

	/* What comes back soon is not to be kept in stock. */
	if (pool->limits.reuse)
		return;
	stock_take_tally(pool, of);
	for (i = 0; i < pool->limits.runtimes; i++) {
		stock = &pool->stock[i];
		since_us = now_us - stock->missed_us;
		if (!misses_one(pool, i, of)) {
			if (since_us >= POOL_CALM_US)
				stock->target = pool->limits.stock[i].ready;
		} else if (stock->missed_us == 0 ||
			   since_us >= stock->start_avg_us) {
			stock->missed_us = now_us;
			if (stock->target < pool->limits.stock[i].ready_max)
				stock->target++;
		}
	}
}

uint64_t
pool_next_stock_us(const struct pool *pool, uint64_t now_us)
{
	struct tally of[RUNTIMES_MAX];
	const struct pool_stock *stock;
	uint64_t next_us = UINT64_MAX;
	uint64_t at_us;
	uint32_t i;

	stock_take_tally(pool, of);
	at_us = yields_until_us(pool, of);
	if (at_us > now_us)
		next_us = at_us;
	for (i = 0; i < pool->limits.runtimes; i++) {
		stock = &pool->stock[i];
		if (stock->next_start_us > now_us &&
		    stock->next_start_us < next_us)
			next_us = stock->next_start_us;
		at_us = stock->missed_us + POOL_CALM_US;
		if (stock->target > pool->limits.stock[i].ready &&
		    at_us > now_us && at_us < next_us)
			next_us = at_us;
		if (soon_back(pool, of, i, now_us, &at_us) > 0 &&
		    at_us < next_us)
			next_us = at_us;
	}
	return next_us;
}
