/* SPDX-License-Identifier: MIT */
/*
 * The messages between a responder and the supervisor: fixed size, native
 * byte order (both ends are of one build on one machine), one per
 * SOCK_SEQPACKET record. A responder has one request under way at a time:
 *
 *   ACQUIRE -> GRANT + descriptor | REFUSE      (CANCEL may come in between;
 *                                    then too: GRANT or REFUSE, whichever
 *                                    was first)
 *   RELEASE after every GRANT, also an expired one; no answer
 *   HEALTH  -> HEALTH
 *
 * The supervisor sends REOPEN + descriptor at any time. Everything else is a
 * violation and ends the responder.
 */
#ifndef SCE_LEASE_H
#define SCE_LEASE_H

#include <stdint.h>

#define LEASE_PROTOCOL_VERSION 1

/* A responder's fixed descriptors. */
#define RESPONDER_LISTEN_FD 0
#define RESPONDER_LEASE_FD 3
#define RESPONDER_LOG_FD 4
/* Its RLIMIT_NOFILE. */
#define RESPONDER_OPEN_FILES 32

enum lease_request_kind {
	LEASE_ACQUIRE = 1,
	LEASE_CANCEL = 2,
	LEASE_RELEASE = 3,
	LEASE_HEALTH = 4
};

enum lease_reply_kind {
	LEASE_GRANT = 1,
	LEASE_REFUSE = 2,
	LEASE_HEALTH_IS = 3,
	LEASE_REOPEN = 4
};

enum lease_refusal {
	LEASE_QUEUE_FULL = 1,
	LEASE_QUEUE_TIMEOUT = 2,
	LEASE_NO_SANDBOX = 3, /* none can be started just now */
	LEASE_STOPPING = 4,
	LEASE_CANCELLED = 5
};

enum lease_health {
	LEASE_HEALTHY = 1,
	LEASE_BUSY = 2,
	LEASE_DOWN = 3,
	LEASE_PROBE = 4 /* nobody knows: the asker runs a probe */
};

struct lease_request {
	uint32_t version;
	uint32_t kind;          /* enum lease_request_kind */
	uint64_t lease_id;      /* RELEASE */
	uint32_t wall_limit_ms; /* ACQUIRE */
	uint32_t verdict;       /* RELEASE: enum verdict_kind, 0 if none came */
	uint8_t client[16];     /* ACQUIRE: the address to be fair between */
};

struct lease_reply {
	uint32_t version;
	uint32_t kind; /* enum lease_reply_kind */
	uint64_t lease_id;
	uint64_t queue_us;      /* GRANT: time spent waiting */
	uint32_t reason;        /* enum lease_refusal or enum lease_health */
	uint32_t retry_after_s; /* REFUSE */
	uint32_t ready;         /* HEALTH_IS */
	uint32_t running;
	uint32_t queued;
	uint32_t reserved;
};

#endif
