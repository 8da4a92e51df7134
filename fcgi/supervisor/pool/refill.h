/* SPDX-License-Identifier: MIT */
/* What stock.c and surplus.c share. */
#ifndef SCE_STOCK_H
#define SCE_STOCK_H

#include "supervisor/pool/pool.h"

/* What there is of each runtime. */
struct tally {
	uint32_t starting;
	uint32_t ready;
	uint32_t leased;
	uint32_t waiters;
};

void stock_take_tally(const struct pool *pool, struct tally of[RUNTIMES_MAX]);

/* How many of a runtime may stay while others are wanted. */
uint32_t stock_place_of(const struct pool *pool, uint32_t runtime);

#endif
