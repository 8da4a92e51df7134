/* SPDX-License-Identifier: MIT */
/*
 * Fairness: whose turn it is, who may wait, and for how long. The queue is in
 * order of arrival. Each waiter has a turn, the round in which it is due: one
 * more than that of its client's waiter before it, and never one that has
 * passed. So a client with sixty waiters and one with a single one alternate.
 */
#include "supervisor/pool/pool.h"

#include <string.h>

static bool
is_same(const uint8_t a[POOL_CLIENT_BYTES], const uint8_t b[POOL_CLIENT_BYTES])
{
	return memcmp(a, b, POOL_CLIENT_BYTES) == 0;
}

/* Our own probes are of no client. */
static bool
is_nobody(const uint8_t client[POOL_CLIENT_BYTES])
{
	static const uint8_t nobody[POOL_CLIENT_BYTES];

	return is_same(client, nobody);
}

static void
note_presence(struct pool *pool, const struct pool_waiter *waiter)
{
	struct pool_presence now = { .seen_us = waiter->since_us };

	if (is_nobody(waiter->client))
		return;
	memcpy(now.client, waiter->client, sizeof(now.client));
	if (!is_same(pool->seen[0].client, now.client))
		pool->seen[1] = pool->seen[0];
	pool->seen[0] = now;
}

/* When another client was here last; 0: never. */
static uint64_t
others_seen_us(const struct pool *pool, const uint8_t client[POOL_CLIENT_BYTES])
{
	return is_same(pool->seen[0].client, client) ? pool->seen[1].seen_us
						     : pool->seen[0].seen_us;
}

/* True if another client waits or holds a lease. */
static bool
has_rivals(const struct pool *pool, const uint8_t client[POOL_CLIENT_BYTES])
{
	const uint8_t *other;
	uint32_t i;

	for (i = 0; i < pool->queued; i++) {
		other = pool->queue[i].client;
		if (!is_nobody(other) && !is_same(other, client))
			return true;
	}
	for (i = 0; i < pool->slot_count; i++) {
		other = pool->slots[i].client;
		if (pool->slots[i].state == SLOT_LEASED && !is_nobody(other) &&
		    !is_same(other, client))
			return true;
	}
	return false;
}

static uint32_t
share_of(const struct pool *pool, const uint8_t client[POOL_CLIENT_BYTES],
    uint64_t now_us)
{
	uint64_t seen_us = others_seen_us(pool, client);
	uint32_t running = pool->limits.running;
	bool is_alone = seen_us == 0 || now_us - seen_us >= POOL_PRESENCE_US;

	if (is_nobody(client))
		return running;
	if (has_rivals(pool, client))
		return (running + 1) / 2;
	return is_alone || running == 1 ? running : running - 1;
}

static uint32_t
waiters_of(const struct pool *pool, const uint8_t client[POOL_CLIENT_BYTES])
{
	uint32_t count = 0;
	uint32_t i;

	for (i = 0; i < pool->queued; i++)
		count += is_same(pool->queue[i].client, client);
	return count;
}

static uint32_t
leases_of(const struct pool *pool, const uint8_t client[POOL_CLIENT_BYTES])
{
	uint32_t count = 0;
	uint32_t i;

	for (i = 0; i < pool->slot_count; i++)
		count += pool->slots[i].state == SLOT_LEASED &&
			 is_same(pool->slots[i].client, client);
	return count;
}

/* The languages that have a sandbox to lease now, as bits. */
static uint32_t
find_served(const struct pool *pool)
{
	uint32_t languages = 0;
	uint32_t i;

	if (pool->stopping ||
	    pool_count(pool, SLOT_LEASED) >= pool->limits.running)
		return 0;
	for (i = 0; i < pool->slot_count; i++) {
		if (pool->slots[i].state == SLOT_READY)
			languages |= 1U << pool->slots[i].language;
	}
	return languages;
}

static void
remove_waiter(struct pool *pool, uint32_t index)
{
	pool->queued--;
	memmove(&pool->queue[index], &pool->queue[index + 1],
	    (pool->queued - index) * sizeof(*pool->queue));
}

/* The newest waiter of the client with most of them, if those are more than the
 * asking client would have; or POOL_NONE. */
static uint32_t
who_makes_room(const struct pool *pool, const uint8_t client[POOL_CLIENT_BYTES])
{
	uint32_t most = waiters_of(pool, client) + 1;
	uint32_t found = POOL_NONE;
	uint32_t count;
	uint32_t i;

	for (i = pool->queued; i-- > 0;) {
		if (found != POOL_NONE &&
		    is_same(pool->queue[i].client, pool->queue[found].client))
			continue;
		count = waiters_of(pool, pool->queue[i].client);
		if (count > most) {
			most = count;
			found = i;
		}
	}
	return found;
}

/* One more than the turn of the client's last waiter, or of the last grant. */
static void
assign_turn(const struct pool *pool, struct pool_waiter *waiter)
{
	uint32_t i;

	waiter->turn = pool->turn + 1;
	waiter->is_first = true;
	for (i = pool->queued; i-- > 0;) {
		if (!is_same(pool->queue[i].client, waiter->client))
			continue;
		waiter->turn = pool->queue[i].turn + 1;
		waiter->is_first = false;
		return;
	}
}

bool
pool_enqueue(
    struct pool *pool, const struct pool_waiter *waiter, uint32_t *evicted)
{
	/* A waiter that can be served at once does not count as waiting. */
	bool served = (find_served(pool) >> waiter->language & 1) != 0 &&
		      leases_of(pool, waiter->client) <
			  share_of(pool, waiter->client, waiter->since_us);
	struct pool_waiter *place;
	uint32_t index;

	*evicted = POOL_NONE;
	note_presence(pool, waiter);
	if (pool->queued >= (served ? POOL_QUEUE_MAX : pool->limits.queue)) {
		index = who_makes_room(pool, waiter->client);
		if (index == POOL_NONE)
			return false;
		*evicted = pool->queue[index].responder;
		remove_waiter(pool, index);
	}
	place = &pool->queue[pool->queued];
	*place = *waiter;
	assign_turn(pool, place);
	pool->queued++;
	return true;
}

bool
pool_dequeue(struct pool *pool, uint32_t responder)
{
	uint32_t i;

	for (i = 0; i < pool->queued; i++) {
		if (pool->queue[i].responder == responder) {
			remove_waiter(pool, i);
			return true;
		}
	}
	return false;
}

/* Decides between clients with as many leases. b is younger than a: a tie goes
 * to a. */
static bool
is_due_before(const struct pool_waiter *b, const struct pool_waiter *a)
{
	if (b->turn != a->turn)
		return b->turn < a->turn;
	return b->is_first && !a->is_first;
}

uint32_t
pool_fairest(const struct pool *pool, uint32_t languages, uint64_t now_us)
{
	const struct pool_waiter *waiter;
	uint32_t best = POOL_NONE;
	uint32_t best_leases = UINT32_MAX;
	uint32_t leases;
	uint32_t i;

	for (i = 0; i < pool->queued; i++) {
		waiter = &pool->queue[i];
		if ((languages >> waiter->language & 1) == 0)
			continue;
		leases = leases_of(pool, waiter->client);
		if (leases >= share_of(pool, waiter->client, now_us))
			continue;
		if (leases < best_leases ||
		    (leases == best_leases &&
			is_due_before(waiter, &pool->queue[best]))) {
			best = i;
			best_leases = leases;
		}
	}
	return best;
}

/* Goes up to the turn that was served, but not past one that still waits: a
 * client with fewer leases may have been served out of turn. */
static void
advance_turn(struct pool *pool, uint64_t turn)
{
	uint32_t i;

	for (i = 0; i < pool->queued; i++) {
		if (pool->queue[i].turn < turn)
			turn = pool->queue[i].turn;
	}
	if (turn > pool->turn)
		pool->turn = turn;
}

/*
 * Picks the sandbox that has waited longest, for it ages. A returned sandbox is
 * reused in the same order, so that all share the load, unless it has been idle
 * for half of POOL_SURPLUS_US: then it is on its way out.
 */
static uint32_t
pick_ready(const struct pool *pool, uint32_t language, uint64_t now_us)
{
	const struct pool_slot *best = NULL;
	const struct pool_slot *s;
	bool is_idle;
	bool best_is_idle = false;

	for (s = pool->slots; s < pool->slots + pool->slot_count; s++) {
		if (s->state != SLOT_READY || s->language != language)
			continue;
		is_idle = pool->limits.reuse &&
			  now_us - s->since_us > POOL_SURPLUS_US / 2;
		/* The youngest idle one is next: older ones go first. */
		if (best == NULL || (best_is_idle && !is_idle) ||
		    (best_is_idle == is_idle &&
			(is_idle ? s->since_us > best->since_us
				 : s->since_us < best->since_us))) {
			best = s;
			best_is_idle = is_idle;
		}
	}
	return (uint32_t)(best - pool->slots);
}

bool
pool_grant_next(struct pool *pool, uint64_t now_us, struct pool_grant *grant)
{
	uint32_t languages;
	uint32_t slot;
	uint32_t index;

	if (pool->queued == 0)
		return false;
	languages = find_served(pool);
	index = pool_fairest(pool, languages, now_us);
	if (index == POOL_NONE)
		return false;
	slot = pick_ready(pool, pool->queue[index].language, now_us);
	grant->waiter = pool->queue[index];
	grant->slot = slot;
	remove_waiter(pool, index);
	advance_turn(pool, grant->waiter.turn);
	return pool_lease(pool, slot, grant->waiter.client, now_us);
}

uint32_t
pool_expire(struct pool *pool, uint64_t now_us)
{
	uint32_t responder;
	uint32_t i;

	for (i = 0; i < pool->queued; i++) {
		if (now_us - pool->queue[i].since_us <
		    pool->limits.queue_wait_us)
			continue;
		responder = pool->queue[i].responder;
		pool->stock[pool->queue[i].language].is_owed = true;
		remove_waiter(pool, i);
		return responder;
	}
	return POOL_NONE;
}

/* How long count of them take, so many at a time, each so long. */
static uint64_t
rounds_us(uint64_t each_us, uint32_t count, uint32_t at_a_time)
{
	return each_us * count / (at_a_time > 0 ? at_a_time : 1);
}

uint32_t
pool_retry_after_s(const struct pool *pool, uint32_t language,
    const uint8_t client[POOL_CLIENT_BYTES], uint64_t now_us)
{
	uint64_t wait_us;
	uint64_t other_us;
	uint64_t wait_s;

	if (pool_is_down(pool, language, now_us))
		return POOL_BACKOFF_MAX_US / 1000000;
	wait_us = rounds_us(
	    pool->lease_avg_us, pool->queued + 1, pool->limits.running);
	other_us = rounds_us(pool->stock[language].start_avg_us,
	    pool->queued + 1, pool->limits.starting);
	if (!pool->limits.reuse && other_us > wait_us)
		wait_us = other_us;
	other_us = rounds_us(pool->lease_avg_us, waiters_of(pool, client) + 1,
	    share_of(pool, client, now_us));
	wait_us = other_us > wait_us ? other_us : wait_us;
	wait_s = (wait_us + 999999) / 1000000;
	if (wait_s > POOL_RETRY_AFTER_MAX_S)
		return POOL_RETRY_AFTER_MAX_S;
	return wait_s < 1 ? 1 : (uint32_t)wait_s;
}
