/* SPDX-License-Identifier: MIT */
/* The responder's side of the lease protocol (common/lease.h). */
#ifndef SCE_LINK_H
#define SCE_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "common/lease.h"

struct link {
	int fd;     /* to the supervisor */
	int log_fd; /* executions.log; replaced when the supervisor says so */
	bool lost;  /* the supervisor is gone: finish the request and exit */
};

enum link_outcome {
	LINK_GRANTED,
	LINK_REFUSED,     /* the reply says why and for how long */
	LINK_CLIENT_GONE, /* nobody waits for the answer any more */
	LINK_LOST         /* no supervisor */
};

/*
 * Waits for a lease as long as the supervisor lets us wait. GRANTED: the
 * caller owns *sandbox_fd and releases reply->lease_id. client_fd is watched
 * for its end; -1: no client.
 */
enum link_outcome link_acquire(struct link *link, const uint8_t client[16],
    uint32_t wall_limit_ms, int client_fd, struct lease_reply *reply,
    int *sandbox_fd);

/* verdict: enum verdict_kind, or 0 if none came. */
void link_release(struct link *link, uint64_t lease_id, uint32_t verdict);

/* LINK_GRANTED with the reply, or LINK_LOST. */
enum link_outcome link_ask_health(struct link *link, struct lease_reply *reply);

/* For a client: why there is no lease, in one sentence. */
const char *link_describe_refusal(enum lease_refusal reason);

/* Between requests, when link->fd is readable. */
void link_on_idle_message(struct link *link);

#endif
