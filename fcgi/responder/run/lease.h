/* SPDX-License-Identifier: MIT */
/* The responder's side of the lease protocol (common/lease.h). */
#ifndef SCE_LINK_H
#define SCE_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/lease.h"
#include "common/log.h"

struct link {
	int fd;     /* to the supervisor */
	int log_fd; /* executions.log; replaced when the supervisor says so */
	bool lost;  /* the supervisor is gone: finish the request and exit */
};

enum link_outcome {
	LINK_GRANTED,
	LINK_BROKEN,      /* the sandbox cannot be used: ask again */
	LINK_REFUSED,     /* the reply says why and for how long */
	LINK_CLIENT_GONE, /* nobody waits for the answer any more */
	LINK_LOST         /* no supervisor */
};

/* The client of a lease. */
struct link_asker {
	uint8_t client[16];         /* see client.h; all zeros: nobody */
	uint8_t trace[TRACE_BYTES]; /* of the request */
};

/* The job of a lease. */
struct link_wish {
	uint32_t wall_limit_ms;
	uint32_t memory_kib; /* 0: all that a sandbox may have */
	uint32_t language;   /* its index */
};

/*
 * Waits for a lease as long as the supervisor lets us wait. GRANTED: the
 * caller owns *sandbox_fd and releases reply->lease_id. client_fd is watched
 * for its end; -1: no client.
 */
enum link_outcome link_acquire(struct link *link,
    const struct link_asker *asker, const struct link_wish *wish, int client_fd,
    struct lease_reply *reply, int *sandbox_fd);

/* The report at the end of a lease. */
struct link_report {
	uint32_t verdict;   /* the guest's: enum verdict_kind, 0 if none came */
	uint32_t outcome;   /* the client's: see enum lease_outcome */
	uint32_t truncated; /* VERDICT_TRUNCATED_* */
};

void link_release(
    struct link *link, uint64_t lease_id, const struct link_report *report);

/* Tells that a request has been answered with this status. */
void link_note_answer(struct link *link, uint32_t http_status);

/* How the supervisor is. 0, or -1: there is none. */
int link_ask_health(struct link *link, struct lease_reply *reply);

/* The text of the metrics and its length. 0, or -1: there is no supervisor. */
int link_ask_metrics(struct link *link, char text[LEASE_TEXT_MAX], size_t *len);

/* One sentence for a client on why there is no lease. */
const char *link_describe_refusal(enum lease_refusal reason);

/* Takes a message between requests, when link->fd is readable. */
void link_on_idle_message(struct link *link);

#endif
