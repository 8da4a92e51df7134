/* SPDX-License-Identifier: MIT */
/* How the service is, in one word; with a real run if nobody knows. */
#ifndef SCE_HEALTH_H
#define SCE_HEALTH_H

#include <stdint.h>

#include "responder/link.h"
#include "responder/run.h"

/*
 * "ok", "busy" (merely busy is healthy) or "down"; *health has the pool's
 * numbers. A probe takes at most wall_ms and stops when client_fd ends.
 */
const char *health_find(struct link *link, struct run *run, uint32_t wall_ms,
    int client_fd, struct lease_reply *health);

#endif
