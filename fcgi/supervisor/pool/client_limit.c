/* SPDX-License-Identifier: MIT */
/* How much of the pool one client may have, and who else there is. */
#include <string.h>

#include "supervisor/pool/pool.h"

bool
pool_is_same(
    const uint8_t a[POOL_CLIENT_BYTES], const uint8_t b[POOL_CLIENT_BYTES])
{
	return memcmp(a, b, POOL_CLIENT_BYTES) == 0;
}

/* Our own probes are nobody's. */
static bool
is_nobody(const uint8_t client[POOL_CLIENT_BYTES])
{
	static const uint8_t nobody[POOL_CLIENT_BYTES];

	return pool_is_same(client, nobody);
}

void
pool_note_presence(struct pool *pool, const struct pool_waiter *waiter)
{
	struct pool_presence now = { .seen_us = waiter->since_us };

	if (is_nobody(waiter->client))
		return;
	memcpy(now.client, waiter->client, sizeof(now.client));
	if (!pool_is_same(pool->seen[0].client, now.client))
		pool->seen[1] = pool->seen[0];
	pool->seen[0] = now;
}

/* When somebody else was here; 0: never. */
static uint64_t
others_seen_us(const struct pool *pool, const uint8_t client[POOL_CLIENT_BYTES])
{
	return pool_is_same(pool->seen[0].client, client)
		   ? pool->seen[1].seen_us
		   : pool->seen[0].seen_us;
}

/* Does anybody but the client and nobody wait, or hold a lease? */
static bool
has_rivals(const struct pool *pool, const uint8_t client[POOL_CLIENT_BYTES])
{
	const uint8_t *other;
	uint32_t i;

	for (i = 0; i < pool->queued; i++) {
		other = pool->queue[i].client;
		if (!is_nobody(other) && !pool_is_same(other, client))
			return true;
	}
	for (i = 0; i < pool->slot_count; i++) {
		other = pool->slots[i].client;
		if (pool->slots[i].state == SLOT_LEASED && !is_nobody(other) &&
		    !pool_is_same(other, client))
			return true;
	}
	return false;
}

uint32_t
pool_share(const struct pool *pool, const uint8_t client[POOL_CLIENT_BYTES],
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
