/* SPDX-License-Identifier: MIT */
/* Brings a slot into a state, over all those that lie between. */
#ifndef SCE_POOL_SUPPORT_H
#define SCE_POOL_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "supervisor/pool/pool.h"

static inline void
set_state(
    struct pool *pool, uint32_t slot, enum slot_state state, uint64_t now_us)
{
	static const uint8_t nobody[POOL_CLIENT_BYTES];
	const struct pool_slot *s = &pool->slots[slot];

	if (state == SLOT_STARTING && s->state != SLOT_EMPTY)
		set_state(pool, slot, SLOT_EMPTY, now_us);
	if (s->state == SLOT_EMPTY)
		assert_true(pool_start(pool, slot, s->language, now_us));
	if (s->state == SLOT_STARTING &&
	    (state == SLOT_READY || state == SLOT_LEASED))
		assert_true(pool_make_ready(pool, slot, now_us));
	if (state == SLOT_LEASED)
		assert_true(pool_lease(pool, slot, nobody, now_us));
	if (state == SLOT_DEAD || state == SLOT_EMPTY)
		assert_true(
		    s->state == SLOT_DEAD || pool_end(pool, slot, now_us));
	if (state == SLOT_EMPTY)
		assert_true(pool_empty(pool, slot, now_us));
	assert_int_equal(s->state, state);
}

#endif
