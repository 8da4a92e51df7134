/* SPDX-License-Identifier: MIT */
/* The stock of each language: starts for it and for waiters, its growth, and
 * the sandboxes that should not wait any longer. */
#include "supervisor/pool/pool.h"

#include <string.h>

/* A language's sandboxes by state, and its waiters. */
struct tally {
	uint32_t starting;
	uint32_t ready;
	uint32_t leased;
	uint32_t waiters;
};

static void
take_tally(const struct pool *pool, struct tally of[LANGUAGES_MAX])
{
	const struct pool_slot *s;
	uint32_t i;

	memset(of, 0, LANGUAGES_MAX * sizeof(*of));
	for (s = pool->slots; s < pool->slots + pool->slot_count; s++) {
		of[s->language].starting += s->state == SLOT_STARTING;
		of[s->language].ready += s->state == SLOT_READY;
		of[s->language].leased += s->state == SLOT_LEASED;
	}
	for (i = 0; i < pool->queued; i++)
		of[pool->queue[i].language].waiters++;
}

/* A warm slot comes first, then the slot that has been empty longest. */
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
count_leased(const struct pool *pool, const struct tally of[LANGUAGES_MAX])
{
	uint32_t count = 0;
	uint32_t i;

	for (i = 0; i < pool->limits.languages; i++)
		count += of[i].leased;
	return count;
}

static uint64_t
yields_until_us(const struct pool *pool, const struct tally of[LANGUAGES_MAX])
{
	uint64_t newest_us = 0;
	uint32_t i;

	if (pool->queued > 0)
		return 0;
	for (i = 0; i < pool->limits.languages; i++) {
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
	struct tally of[LANGUAGES_MAX];

	take_tally(pool, of);
	return yields_until_us(pool, of);
}

/* Counts the leased sandboxes that will be back soon; *late_us is when the
 * first of them counts no more. */
static uint32_t
soon_back(const struct pool *pool, const struct tally of[LANGUAGES_MAX],
    uint32_t language, uint64_t now_us, uint64_t *late_us)
{
	const struct pool_slot *s;
	uint64_t at_us;
	uint32_t count = 0;

	*late_us = UINT64_MAX;
	if (!pool->limits.reuse || of[language].leased == 0 ||
	    (of[language].waiters > 0 &&
		count_leased(pool, of) < pool->limits.running))
		return 0;
	for (s = pool->slots; s < pool->slots + pool->slot_count; s++) {
		at_us = s->since_us + POOL_SOON_BACK_US;
		if (s->state != SLOT_LEASED || s->language != language ||
		    at_us <= now_us)
			continue;
		*late_us = at_us < *late_us ? at_us : *late_us;
		count++;
	}
	return count;
}

/* True if a start has not been seen to succeed, or the last one failed. */
static bool
is_doubtful(const struct pool *pool, uint32_t language)
{
	return pool->stock[language].failures > 0 ||
	       !pool->stock[language].is_proven;
}

/* While starts of a language fail, one at a time tells as much as many. Such
 * starts may also hang: they do not count, so that other languages do not wait
 * for them. */
static bool
may_start(const struct pool *pool, const struct tally of[LANGUAGES_MAX],
    uint32_t language, uint64_t now_us)
{
	uint32_t starting = 0;
	uint32_t i;

	if (pool->stock[language].is_missing ||
	    now_us < pool->stock[language].next_start_us)
		return false;
	if (is_doubtful(pool, language))
		return of[language].starting == 0;
	for (i = 0; i < pool->limits.languages; i++)
		starting += is_doubtful(pool, i) ? 0 : of[i].starting;
	return starting < pool->limits.starting;
}

/* On demand, as many start beyond their place as could run if all of them did.
 */
static bool
has_room_for_more(const struct pool *pool, const struct tally of[LANGUAGES_MAX])
{
	uint32_t taken = count_leased(pool, of);
	uint32_t waiting;
	uint32_t i;

	for (i = 0; i < pool->limits.languages; i++) {
		waiting = of[i].ready + of[i].starting;
		if (waiting > pool_place_of(pool, i))
			taken += waiting - pool_place_of(pool, i);
	}
	return taken < pool->limits.running;
}

/* The language that lacks a sandbox most, or POOL_NONE: see pool_pick_start. */
static uint32_t
who_lacks_most(const struct pool *pool, const struct tally of[LANGUAGES_MAX],
    uint64_t now_us)
{
	uint32_t bare = 0;   /* bits: somebody waits, none is on the way */
	uint32_t wanted = 0; /* bits: more wait than are on the way */
	uint32_t emptiest = POOL_NONE;
	uint32_t least = UINT32_MAX;
	uint32_t waiting;
	uint64_t late_us;
	uint32_t i;

	for (i = 0; i < pool->limits.languages; i++) {
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
	return i == POOL_NONE ? emptiest : pool->queue[i].language;
}

uint32_t
pool_pick_start(const struct pool *pool, uint64_t now_us, uint32_t *language)
{
	struct tally of[LANGUAGES_MAX];
	uint32_t slot;

	take_tally(pool, of);
	if (pool->stopping || now_us < yields_until_us(pool, of))
		return POOL_NONE;
	slot = pick_empty(pool);
	if (slot == POOL_NONE)
		return POOL_NONE;
	*language = who_lacks_most(pool, of, now_us);
	return *language == POOL_NONE ? POOL_NONE : slot;
}

/* True if a waiter would run if there were a sandbox. */
static bool
misses_one(const struct pool *pool, uint32_t language,
    const struct tally of[LANGUAGES_MAX])
{
	return of[language].waiters > 0 &&
	       pool->stock[language].failures == 0 && of[language].ready == 0 &&
	       count_leased(pool, of) < pool->limits.running;
}

void
pool_adapt(struct pool *pool, uint64_t now_us)
{
	struct tally of[LANGUAGES_MAX];
	struct pool_stock *stock;
	uint64_t since_us;
	uint32_t i;

	/* A reused sandbox comes back: none is added to the stock. */
	if (pool->limits.reuse)
		return;
	take_tally(pool, of);
	for (i = 0; i < pool->limits.languages; i++) {
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

/* True if a waiter's language cannot be started for want of a slot, now or
 * soon.
 */
static bool
is_crowded(const struct pool *pool, const struct tally of[LANGUAGES_MAX])
{
	uint32_t i;

	for (i = 0; i < pool->slot_count; i++) {
		if (pool->slots[i].state == SLOT_EMPTY ||
		    pool->slots[i].state == SLOT_DEAD)
			return false;
	}
	for (i = 0; i < pool->limits.languages; i++) {
		if (of[i].waiters > 0 && of[i].ready + of[i].starting == 0 &&
		    !pool->stock[i].is_missing)
			return true;
	}
	return false;
}

uint32_t
pool_pick_surplus(const struct pool *pool)
{
	struct tally of[LANGUAGES_MAX];
	const struct pool_slot *best = NULL;
	const struct pool_slot *s;
	uint32_t enough[LANGUAGES_MAX];
	bool crowded;
	uint32_t i;

	take_tally(pool, of);
	crowded = is_crowded(pool, of);
	/* A reused sandbox goes when it was not needed for long: stale. */
	if (pool->limits.reuse && !crowded)
		return POOL_NONE;
	for (i = 0; i < pool->limits.languages; i++) {
		enough[i] = pool->stock[i].target > of[i].waiters
				? pool->stock[i].target
				: of[i].waiters;
		if (enough[i] == 0 && pool->stock[i].is_owed)
			enough[i] = 1;
		if (crowded &&
		    of[i].ready + of[i].starting > pool_place_of(pool, i))
			enough[i] = 0;
		else if (pool->limits.reuse)
			enough[i] = UINT32_MAX;
	}
	for (s = pool->slots; s < pool->slots + pool->slot_count; s++) {
		if (s->state == SLOT_READY &&
		    of[s->language].ready > enough[s->language] &&
		    (best == NULL || s->since_us < best->since_us))
			best = s;
	}
	return best == NULL ? POOL_NONE : (uint32_t)(best - pool->slots);
}

/* Old sandboxes are replaced one at a time, and only while starts succeed: an
 * old sandbox is better than none. */
static bool
may_replace(const struct pool *pool, const struct tally *of, uint32_t language)
{
	return pool->stock[language].failures == 0 && of->starting == 0 &&
	       of->ready >= pool->limits.stock[language].ready;
}

/* True for the only sandbox of a language that somebody waited for in vain. */
static bool
is_owed(const struct pool *pool, const struct tally *of, uint32_t language)
{
	return pool->stock[language].is_owed && of->ready == 1 &&
	       pool->stock[language].target == 0;
}

/* When a READY slot has to go. A sandbox that cannot be replaced yet is not too
 * old: UINT64_MAX. */
static uint64_t
stale_at_us(
    const struct pool *pool, const struct pool_slot *s, const struct tally *of)
{
	uint64_t old_us = s->born_us + pool->limits.max_age_us;
	uint64_t idle_us = UINT64_MAX;

	if (is_owed(pool, of, s->language))
		idle_us = s->since_us + POOL_OWED_US;
	else if (!may_replace(pool, of, s->language))
		return UINT64_MAX;
	else if (pool->limits.reuse &&
		 of->ready > pool->stock[s->language].target)
		idle_us = s->since_us + POOL_SURPLUS_US;
	return idle_us < old_us ? idle_us : old_us;
}

/* The READY slot that goes first, and when. */
static uint32_t
next_stale(const struct pool *pool, const struct tally of[LANGUAGES_MAX],
    uint64_t *at_us)
{
	const struct pool_slot *s;
	uint32_t found = POOL_NONE;
	uint64_t goes_us;

	*at_us = UINT64_MAX;
	for (s = pool->slots; s < pool->slots + pool->slot_count; s++) {
		if (s->state != SLOT_READY || pool->stopping)
			continue;
		goes_us = stale_at_us(pool, s, &of[s->language]);
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
	struct tally of[LANGUAGES_MAX];
	uint64_t at_us;
	uint32_t slot;

	take_tally(pool, of);
	slot = next_stale(pool, of, &at_us);
	return slot == POOL_NONE || now_us < at_us ? POOL_NONE : slot;
}

/* Keeps the earlier time. A time that is over is no event any more. */
static void
note_time(uint64_t *next_us, uint64_t at_us, uint64_t now_us)
{
	if (at_us > now_us && at_us < *next_us)
		*next_us = at_us;
}

/* When a waiter gives up, or may have a larger share. */
static uint64_t
next_turn_us(const struct pool *pool, uint64_t now_us)
{
	uint64_t next_us = UINT64_MAX;
	uint32_t i;

	if (pool->queued == 0)
		return next_us;
	next_us = pool->queue[0].since_us + pool->limits.queue_wait_us;
	/* When the other client is forgotten, a share becomes the whole. */
	for (i = 0; i < 2; i++) {
		if (pool->seen[i].seen_us != 0)
			note_time(&next_us,
			    pool->seen[i].seen_us + POOL_PRESENCE_US, now_us);
	}
	return next_us;
}

uint64_t
pool_next_event_us(const struct pool *pool, uint64_t now_us)
{
	struct tally of[LANGUAGES_MAX];
	const struct pool_stock *stock;
	uint64_t next_us = next_turn_us(pool, now_us);
	uint64_t at_us;
	uint32_t i;

	take_tally(pool, of);
	note_time(&next_us, yields_until_us(pool, of), now_us);
	for (i = 0; i < pool->limits.languages; i++) {
		stock = &pool->stock[i];
		note_time(&next_us, stock->next_start_us, now_us);
		if (stock->target > pool->limits.stock[i].ready)
			note_time(
			    &next_us, stock->missed_us + POOL_CALM_US, now_us);
		(void)soon_back(pool, of, i, now_us, &at_us);
		note_time(&next_us, at_us, now_us);
	}
	(void)next_stale(pool, of, &at_us);
	return at_us < next_us ? at_us : next_us;
}
