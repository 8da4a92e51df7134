/* SPDX-License-Identifier: MIT */
/* The pool's slots: their states, what comes of starts, back-off. */
#include "supervisor/pool/pool.h"

#include <string.h>

/* Before there was any: how long a lease and a start take. */
#define LEASE_GUESS_US (1000 * 1000)
#define START_GUESS_US (500 * 1000)

uint32_t
pool_place_of(const struct pool *pool, uint32_t runtime)
{
	uint32_t ready_max = pool->limits.stock[runtime].ready_max;

	return ready_max > 0 ? ready_max : 1;
}

/* Of each runtime as many as may wait, but for a start on demand at least
 * one; and as many as may run. */
static void
init_stock(struct pool *pool, uint32_t runtime)
{
	struct pool_stock_limits *limits = &pool->limits.stock[runtime];

	if (limits->ready_max < limits->ready)
		limits->ready_max = limits->ready;
	pool->stock[runtime].target = limits->ready;
	pool->stock[runtime].start_avg_us = START_GUESS_US;
	pool->slot_count += pool_place_of(pool, runtime);
}

void
pool_init(struct pool *pool, const struct pool_limits *limits)
{
	uint32_t i;

	memset(pool, 0, sizeof(*pool));
	pool->limits = *limits;
	pool->slot_count = limits->running;
	for (i = 0; i < limits->runtimes; i++)
		init_stock(pool, i);
	if (pool->slot_count > POOL_SLOTS_MAX)
		pool->slot_count = POOL_SLOTS_MAX;
	if (pool->limits.queue > POOL_QUEUE_MAX)
		pool->limits.queue = POOL_QUEUE_MAX;
	pool->lease_avg_us = LEASE_GUESS_US;
	/* Without the first there is no service: it need not be careful. */
	pool->stock[0].is_proven = true;
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
pool_count_of(const struct pool *pool, uint32_t runtime, enum slot_state state)
{
	uint32_t count = 0;
	uint32_t i;

	for (i = 0; i < pool->slot_count; i++)
		count += pool->slots[i].state == state &&
			 pool->slots[i].runtime == runtime;
	return count;
}

/* Else it is the state of a network. */
static bool
is_sandbox(const struct pool *pool, const struct pool_slot *s)
{
	return s < pool->slots + pool->slot_count;
}

static void
slide(uint64_t *average_us, uint64_t newest_us)
{
	*average_us += newest_us / 8 - *average_us / 8;
}

/* All ways out of a state lead through here, so that each average and each
 * debt is settled once. */
static void
enter(struct pool *pool, struct pool_slot *s, enum slot_state state,
    uint64_t now_us)
{
	struct pool_stock *stock = &pool->stock[s->runtime];

	/* The one that was owed is taken, or there is none any more. */
	if (s->state == SLOT_READY && is_sandbox(pool, s) &&
	    (state == SLOT_LEASED ||
		pool_count_of(pool, s->runtime, SLOT_READY) == 1))
		stock->is_owed = false;
	if (s->state == SLOT_LEASED)
		slide(&pool->lease_avg_us, now_us - s->since_us);
	s->state = state;
	s->since_us = now_us;
}

bool
pool_start(struct pool *pool, uint32_t slot, uint32_t runtime, uint64_t now_us)
{
	struct pool_slot *s = &pool->slots[slot];

	if (s->state != SLOT_EMPTY)
		return false;
	s->runtime = runtime;
	enter(pool, s, SLOT_STARTING, now_us);
	return true;
}

bool
pool_make_ready(struct pool *pool, uint32_t slot, uint64_t now_us)
{
	struct pool_slot *s = &pool->slots[slot];

	if (s->state != SLOT_STARTING)
		return false;
	if (is_sandbox(pool, s))
		slide(&pool->stock[s->runtime].start_avg_us,
		    now_us - s->since_us);
	s->born_us = now_us;
	enter(pool, s, SLOT_READY, now_us);
	return true;
}

bool
pool_lease(struct pool *pool, uint32_t slot,
    const uint8_t client[POOL_CLIENT_BYTES], uint64_t now_us)
{
	struct pool_slot *s = &pool->slots[slot];

	if (s->state != SLOT_READY || !is_sandbox(pool, s))
		return false;
	enter(pool, s, SLOT_LEASED, now_us);
	memcpy(s->client, client, POOL_CLIENT_BYTES);
	return true;
}

bool
pool_take_back(struct pool *pool, uint32_t slot, uint64_t now_us)
{
	struct pool_slot *s = &pool->slots[slot];

	if (!pool->limits.reuse || pool->stopping || s->state != SLOT_LEASED ||
	    now_us - s->born_us >= pool->limits.max_age_us)
		return false;
	enter(pool, s, SLOT_READY, now_us);
	return true;
}

bool
pool_end(struct pool *pool, uint32_t slot, uint64_t now_us)
{
	struct pool_slot *s = &pool->slots[slot];

	if (s->state == SLOT_EMPTY || s->state == SLOT_DEAD)
		return false;
	enter(pool, s, SLOT_DEAD, now_us);
	return true;
}

bool
pool_empty(struct pool *pool, uint32_t slot, uint64_t now_us)
{
	struct pool_slot *s = &pool->slots[slot];

	if (s->state != SLOT_DEAD)
		return false;
	enter(pool, s, SLOT_EMPTY, now_us);
	return true;
}

void
pool_note_start(
    struct pool *pool, uint32_t runtime, bool succeeded, uint64_t now_us)
{
	struct pool_stock *stock = &pool->stock[runtime];
	uint64_t wait_us = POOL_BACKOFF_MIN_US;
	uint32_t i;

	if (succeeded) {
		stock->failures = 0;
		stock->next_start_us = 0;
		stock->is_proven = true;
		return;
	}
	for (i = 0; i < stock->failures && wait_us < POOL_BACKOFF_MAX_US; i++)
		wait_us *= 2;
	if (wait_us > POOL_BACKOFF_MAX_US)
		wait_us = POOL_BACKOFF_MAX_US;
	if (stock->failures < UINT32_MAX)
		stock->failures++;
	stock->next_start_us = now_us + wait_us;
}

bool
pool_is_down(const struct pool *pool, uint32_t runtime, uint64_t now_us)
{
	const struct pool_stock *stock = &pool->stock[runtime];
	bool is_tried = pool->limits.stock[runtime].ready > 0 ||
			now_us < stock->next_start_us;

	return (stock->is_missing ||
		   (stock->failures >= POOL_FAILURES_MEAN_DOWN && is_tried)) &&
	       pool_count_of(pool, runtime, SLOT_READY) == 0;
}
