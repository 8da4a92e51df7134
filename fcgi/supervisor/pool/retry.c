/* SPDX-License-Identifier: MIT */
/* When whoever is refused may try again. */
#include "supervisor/pool/pool.h"

/* So many at a time, each taking so long, until count of them are through. */
static uint64_t
rounds_us(uint64_t each_us, uint32_t count, uint32_t at_a_time)
{
	return each_us * count / (at_a_time > 0 ? at_a_time : 1);
}

uint32_t
pool_retry_after_s(const struct pool *pool, uint32_t runtime,
    const uint8_t client[POOL_CLIENT_BYTES], uint64_t now_us)
{
	uint64_t wait_us;
	uint64_t other_us;
	uint64_t wait_s;

	if (pool_is_down(pool, runtime, now_us))
		return POOL_BACKOFF_MAX_US / 1000000;
	wait_us = rounds_us(
	    pool->lease_avg_us, pool->queued + 1, pool->limits.running);
	other_us = rounds_us(pool->stock[runtime].start_avg_us,
	    pool->queued + 1, pool->limits.starting);
	if (!pool->limits.reuse && other_us > wait_us)
		wait_us = other_us;
	other_us = rounds_us(pool->lease_avg_us,
	    pool_waiters_of(pool, client) + 1,
	    pool_share(pool, client, now_us));
	wait_us = other_us > wait_us ? other_us : wait_us;
	wait_s = (wait_us + 999999) / 1000000;
	if (wait_s > POOL_RETRY_AFTER_MAX_S)
		return POOL_RETRY_AFTER_MAX_S;
	return wait_s < 1 ? 1 : (uint32_t)wait_s;
}
