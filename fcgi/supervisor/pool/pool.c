/* SPDX-License-Identifier: MIT */
/* The pool's slots: their states, what comes of starts, back-off. */
#include "supervisor/pool/pool.h"

#include <string.h>

/* Before there was any: how long a lease and a start take. */
#define LEASE_GUESS_US (1000 * 1000)
#define START_GUESS_US (500 * 1000)

uint32_t
pool_place_of(const struct pool *pool, uint32_t language)
{
	uint32_t ready_max = pool->limits.stock[language].ready_max;

	return ready_max > 0 ? ready_max : 1;
}

/* The slots are as many as may run and, of each language, as many as may wait,
 * but at least one for a start on demand. */
static void
init_stock(struct pool *pool, uint32_t language)
{
	struct pool_stock_limits *limits = &pool->limits.stock[language];

	if (limits->ready_max < limits->ready)
		limits->ready_max = limits->ready;
	pool->stock[language].target = limits->ready;
	pool->stock[language].start_avg_us = START_GUESS_US;
	pool->slot_count += pool_place_of(pool, language);
}

void
pool_init(struct pool *pool, const struct pool_limits *limits)
{
	uint32_t i;

	memset(pool, 0, sizeof(*pool));
	pool->limits = *limits;
	pool->slot_count = limits->running;
	for (i = 0; i < limits->languages; i++)
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
	return pool_count_of(pool, POOL_NONE, state);
}

uint32_t
pool_count_of(const struct pool *pool, uint32_t language, enum slot_state state)
{
	uint32_t count = 0;
	uint32_t i;

	for (i = 0; i < pool->slot_count; i++)
		count += pool->slots[i].state == state &&
			 (language == POOL_NONE ||
			     pool->slots[i].language == language);
	return count;
}

static void
slide(uint64_t *average_us, uint64_t newest_us)
{
	*average_us += newest_us / 8 - *average_us / 8;
}

#define IN(state) (1U << (state))

/* From one of some states, which are bits, to another; false if it is in none
 * of them. Settles what leaving a state means for averages and debts. */
static bool
move(struct pool *pool, uint32_t slot, unsigned int from, enum slot_state to,
    uint64_t now_us)
{
	struct pool_slot *s = &pool->slots[slot];
	struct pool_stock *stock = &pool->stock[s->language];
	bool is_network = slot >= pool->slot_count;

	if ((from & IN(s->state)) == 0)
		return false;
	/* The one that was owed is taken, or there is none any more. */
	if (s->state == SLOT_READY && !is_network &&
	    (to == SLOT_LEASED ||
		pool_count_of(pool, s->language, SLOT_READY) == 1))
		stock->is_owed = false;
	if (s->state == SLOT_LEASED)
		slide(&pool->lease_avg_us, now_us - s->since_us);
	if (s->state == SLOT_STARTING && to == SLOT_READY) {
		if (!is_network)
			slide(&stock->start_avg_us, now_us - s->since_us);
		s->born_us = now_us;
	}
	s->state = to;
	s->since_us = now_us;
	return true;
}

bool
pool_start(struct pool *pool, uint32_t slot, uint32_t language, uint64_t now_us)
{
	if (!move(pool, slot, IN(SLOT_EMPTY), SLOT_STARTING, now_us))
		return false;
	pool->slots[slot].language = language;
	return true;
}

bool
pool_make_ready(struct pool *pool, uint32_t slot, uint64_t now_us)
{
	return move(pool, slot, IN(SLOT_STARTING), SLOT_READY, now_us);
}

bool
pool_lease(struct pool *pool, uint32_t slot,
    const uint8_t client[POOL_CLIENT_BYTES], uint64_t now_us)
{
	if (slot >= pool->slot_count ||
	    !move(pool, slot, IN(SLOT_READY), SLOT_LEASED, now_us))
		return false;
	memcpy(pool->slots[slot].client, client, POOL_CLIENT_BYTES);
	return true;
}

bool
pool_take_back(struct pool *pool, uint32_t slot, uint64_t now_us)
{
	return pool->limits.reuse && !pool->stopping &&
	       now_us - pool->slots[slot].born_us < pool->limits.max_age_us &&
	       move(pool, slot, IN(SLOT_LEASED), SLOT_READY, now_us);
}

bool
pool_end(struct pool *pool, uint32_t slot, uint64_t now_us)
{
	return move(pool, slot,
	    IN(SLOT_STARTING) | IN(SLOT_READY) | IN(SLOT_LEASED), SLOT_DEAD,
	    now_us);
}

bool
pool_empty(struct pool *pool, uint32_t slot, uint64_t now_us)
{
	return move(pool, slot, IN(SLOT_DEAD), SLOT_EMPTY, now_us);
}

void
pool_note_start(
    struct pool *pool, uint32_t language, bool succeeded, uint64_t now_us)
{
	struct pool_stock *stock = &pool->stock[language];
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
pool_is_down(const struct pool *pool, uint32_t language, uint64_t now_us)
{
	const struct pool_stock *stock = &pool->stock[language];
	bool is_tried = pool->limits.stock[language].ready > 0 ||
			now_us < stock->next_start_us;

	return (stock->is_missing ||
		   (stock->failures >= POOL_FAILURES_MEAN_DOWN && is_tried)) &&
	       pool_count_of(pool, language, SLOT_READY) == 0;
}
