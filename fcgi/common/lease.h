/* SPDX-License-Identifier: MIT */
/*
 * The messages between a responder and the supervisor: fixed size, native
 * byte order (both ends are of one build on one machine), one per
 * SOCK_SEQPACKET record. A responder has one request under way at a time:
 *
 *   ACQUIRE -> GRANT + descriptor | REFUSE      (CANCEL may come in between;
 *                                    then too: GRANT or REFUSE, whichever
 *                                    was first)
 *   RELEASE after every GRANT, also an expired one, or one without its
 *                                    descriptor, when the sandbox has died or
 *                                    cannot be limited; no answer
 *   ANSWERED when a request has its answer, whatever that is; no answer
 *   HEALTH  -> HEALTH_IS
 *   METRICS -> METRICS_ARE, then struct lease_text as often as its text_bytes
 *                                    need
 *
 * The supervisor sends REOPEN + descriptor at any time, but not in the midst
 * of a text. Everything else is a violation and ends the responder.
 */
#ifndef SCE_LEASE_H
#define SCE_LEASE_H

#include <stdint.h>

#define LEASE_PROTOCOL_VERSION 4
#define LEASE_TEXT_BYTES 4096
/* The whole text: bytes. */
#define LEASE_TEXT_MAX (8 * LEASE_TEXT_BYTES)

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
	LEASE_HEALTH = 4,
	LEASE_METRICS = 5,
	LEASE_ANSWERED = 6
};

enum lease_reply_kind {
	LEASE_GRANT = 1,
	LEASE_REFUSE = 2,
	LEASE_HEALTH_IS = 3,
	LEASE_REOPEN = 4,
	LEASE_METRICS_ARE = 5
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

/* The client's answer to a run, for the metrics: enum verdict_kind, or one of
 * these. */
enum lease_outcome {
	LEASE_NEVER_STARTED = 0, /* the job never got through */
	LEASE_ABANDONED = 6      /* the client went away */
};

struct lease_request {
	uint32_t version;
	uint32_t kind;          /* enum lease_request_kind */
	uint64_t lease_id;      /* RELEASE */
	uint32_t wall_limit_ms; /* ACQUIRE */
	uint32_t verdict;       /* RELEASE: enum verdict_kind, 0 if none came */
	uint32_t outcome;       /* RELEASE: enum lease_outcome */
	uint32_t truncated;     /* RELEASE: VERDICT_TRUNCATED_* */
	uint32_t http_status;   /* ANSWERED */
	uint32_t memory_kib; /* ACQUIRE: of the sandbox; 0: all it may have */
	uint32_t language;   /* ACQUIRE: index of the configuration's row */
	uint32_t padding;    /* 0 */
	uint8_t client[16];  /* ACQUIRE: the address to be fair between */
	uint8_t trace[16];   /* ACQUIRE: nginx's number of the request */
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
	uint32_t text_bytes; /* METRICS_ARE: of what follows */
};

/* A piece of a text; the last one is padded with zeros. */
struct lease_text {
	char bytes[LEASE_TEXT_BYTES];
};

#endif
