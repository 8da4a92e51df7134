/* SPDX-License-Identifier: MIT */
/* How the service is, in one word; with a real run if nobody knows. */
#ifndef SCE_HEALTH_H
#define SCE_HEALTH_H

#include <stdint.h>

#include "responder/link.h"
#include "responder/run.h"

/*
 * "ok", "busy" (merely busy is healthy) or "down"; *health has the pool's
 * numbers. A probe takes at most wall_ms, and goes on without its asker: who
 * hangs up must not make the service look ill.
 */
const char *health_find(struct link *link, struct run *run, uint32_t wall_ms,
    struct lease_reply *health);

#endif
