/* SPDX-License-Identifier: MIT */
/*
 * Slot states (pool.c), the queue and whose turn it is (queue.c), what is kept
 * in stock of each language (refill.c). Pure: no descriptor, no clock, no
 * process; time is an argument (microseconds, CLOCK_MONOTONIC).
 *
 *   EMPTY -> STARTING -> READY -> LEASED -> DEAD -> EMPTY
 *               |          |                ^
 *               +----------+----------------+
 *
 * and, where sandboxes are reused (isolation = fork), LEASED -> READY.
 *
 * An EMPTY slot has no language; it gets one when it is started. There are as
 * many slots as runs at once and, of each language, as many sandboxes as may
 * wait, but at least one. So a slot can be found for a waiter that has no
 * sandbox of its language on the way: if none is EMPTY or about to be, some
 * other language has more waiting than that, and gives one up.
 */
#ifndef SCE_POOL_H
#define SCE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/limits.h"

#define POOL_CLIENT_BYTES 16
#define POOL_NONE UINT32_MAX

/* Back-off after a failed start: doubles from the first to the second. */
#define POOL_BACKOFF_MIN_US (250 * 1000)
#define POOL_BACKOFF_MAX_US (10 * 1000 * 1000)
/* So many failed starts in a row mean that none can be had just now. */
#define POOL_FAILURES_MEAN_DOWN 2
/* A client that asked within this time counts as one who may ask again. */
#define POOL_PRESENCE_US (60ULL * 1000 * 1000)
#define POOL_RETRY_AFTER_MAX_S 60
/* A sandbox on demand that came too late waits so long for the next request. */
#define POOL_OWED_US (POOL_RETRY_AFTER_MAX_S * 1000000ULL)
/* A target that has grown is back at ready so long after the last request that
 * had to wait for a sandbox. */
#define POOL_CALM_US (5ULL * 1000 * 1000)
/* A start gives way to a grant for so long, while there are enough: most
 * programs are over by then, and a start takes more than a core. */
#define POOL_YIELD_US (20 * 1000)
/* A reused sandbox beyond the target stays until it was idle for so long. */
#define POOL_SURPLUS_US (2ULL * 1000 * 1000)
/* A reused sandbox that was leased for less is expected back any moment, and
 * counts as waiting while nobody else waits. */
#define POOL_SOON_BACK_US (500ULL * 1000)

enum slot_state {
	SLOT_EMPTY,
	SLOT_STARTING,
	SLOT_READY,
	SLOT_LEASED,
	SLOT_DEAD
};

struct pool_stock_limits {
	uint32_t ready;     /* sandboxes kept waiting; 0: started on demand */
	uint32_t ready_max; /* the same, while the pool is found empty */
};

struct pool_limits {
	uint32_t languages; /* how many there are */
	struct pool_stock_limits stock[LANGUAGES_MAX];
	uint32_t running;  /* leases at once */
	uint32_t starting; /* starts at once */
	uint32_t queue;    /* waiters */
	uint64_t queue_wait_us;
	uint64_t max_age_us; /* of a READY sandbox */
	bool reuse;          /* a sandbox can be READY again after its lease */
};

struct pool_slot {
	enum slot_state state;
	uint32_t language;                 /* unless EMPTY */
	uint64_t since_us;                 /* when it entered the state */
	uint64_t born_us;                  /* when it was READY first */
	uint8_t client[POOL_CLIENT_BYTES]; /* LEASED: for whom */
	/* Written by box/network.c. EMPTY: it starts faster than others; it
	 * must not be started now. */
	bool is_warm;
	bool is_barred;
};

struct pool_waiter {
	uint32_t responder;
	uint32_t wall_limit_ms;
	uint32_t memory_kib; /* 0: as configured */
	uint32_t language;
	uint64_t since_us;
	uint8_t client[POOL_CLIENT_BYTES]; /* all zeros: nobody's, a probe */
	/* Set by pool_enqueue: the round in which it is due, and whether no
	 * other waiter of its client was before it. */
	uint64_t turn;
	bool is_first;
};

/* When a client asked last. */
struct pool_presence {
	uint8_t client[POOL_CLIENT_BYTES];
	uint64_t seen_us; /* 0: nobody */
};

/* The stock of one language. */
struct pool_stock {
	uint32_t target;        /* sandboxes to keep waiting now */
	uint64_t missed_us;     /* when one was last missed; 0: never */
	uint32_t failures;      /* of starts, in a row */
	uint64_t next_start_us; /* not before, after a failure */
	uint64_t start_avg_us;  /* how long a start takes, sliding */
	bool is_proven;         /* a start has succeeded */
	bool is_missing;        /* there is no image: upkeep/images.c */
	bool is_owed; /* somebody waited in vain: one more may wait for long */
};

struct pool {
	struct pool_limits limits;
	struct pool_stock stock[LANGUAGES_MAX];
	uint32_t slot_count; /* see above */
	struct pool_slot slots[POOL_BOXES_MAX];
	uint32_t queued;
	struct pool_waiter queue[POOL_QUEUE_MAX]; /* oldest first */
	uint64_t lease_avg_us;        /* how long a lease lasts, sliding */
	uint64_t turn;                /* of the last grant */
	struct pool_presence seen[2]; /* the last two clients, newest first */
	bool stopping;                /* supervisor.c */
};

struct pool_grant {
	struct pool_waiter waiter;
	uint32_t slot;
};

void pool_init(struct pool *pool, const struct pool_limits *limits);

/* How many slots are in a state. */
uint32_t pool_count(const struct pool *pool, enum slot_state state);

/* The same of one language; POOL_NONE: of all. */
uint32_t pool_count_of(
    const struct pool *pool, uint32_t language, enum slot_state state);

/*
 * The transitions, the only writers of a slot's state. Each is false, and
 * changes nothing, if the slot is in another state than the one that it leaves.
 */
/* EMPTY to STARTING. Of a network language 0. */
bool pool_start(
    struct pool *pool, uint32_t slot, uint32_t language, uint64_t now_us);
/* STARTING to READY. */
bool pool_make_ready(struct pool *pool, uint32_t slot, uint64_t now_us);
/* READY to LEASED; never a network. */
bool pool_lease(struct pool *pool, uint32_t slot,
    const uint8_t client[POOL_CLIENT_BYTES], uint64_t now_us);
/* LEASED to READY. False also if that is not wanted: without reuse, at a stop,
 * or when the sandbox is older than max_age. */
bool pool_take_back(struct pool *pool, uint32_t slot, uint64_t now_us);
/* STARTING, READY or LEASED to DEAD. */
bool pool_end(struct pool *pool, uint32_t slot, uint64_t now_us);
/* DEAD to EMPTY. */
bool pool_empty(struct pool *pool, uint32_t slot, uint64_t now_us);

/* The outcome of a start, for the language's back-off. */
void pool_note_start(
    struct pool *pool, uint32_t language, bool succeeded, uint64_t now_us);

/*
 * True if no sandbox of the language is waiting and none can be started just
 * now. One that is started on demand is down until the next try is due, for
 * without a request there would be none.
 */
bool pool_is_down(const struct pool *pool, uint32_t language, uint64_t now_us);

/* So many sandboxes of a language may stay while others are wanted. */
uint32_t pool_place_of(const struct pool *pool, uint32_t language);

/* --- queue.c: whose turn it is --- */

/*
 * False if there is no place in the queue. A responder waits at most once.
 * When the queue is full, the newest waiter of the client with most of them
 * makes room for one of a client with fewer: *evicted, else POOL_NONE, is that
 * responder, and has to be told.
 */
bool pool_enqueue(
    struct pool *pool, const struct pool_waiter *waiter, uint32_t *evicted);

/* Takes a responder out of the queue; false if it was not in it. */
bool pool_dequeue(struct pool *pool, uint32_t responder);

/*
 * The waiter that is served next of those that wait for one of some languages,
 * which are bits: an index of the queue, or POOL_NONE, also if all clients have
 * their share.
 */
uint32_t pool_fairest(
    const struct pool *pool, uint32_t languages, uint64_t now_us);

/*
 * The next lease: a READY slot and the waiter that is served. A waiter whose
 * language has no READY slot is passed over. Clients below their share that
 * hold the fewest leases come first, then each in turn, of one client the
 * oldest. Marks the slot LEASED.
 *
 * The share of a client: half of running while somebody else waits or runs; all
 * but one place, for another client that may come again, while one was here
 * lately; else all.
 */
bool pool_grant_next(
    struct pool *pool, uint64_t now_us, struct pool_grant *grant);

/* Takes a responder that waited too long out of the queue, or POOL_NONE. */
uint32_t pool_expire(struct pool *pool, uint64_t now_us);

/*
 * Seconds, 1..POOL_RETRY_AFTER_MAX_S, after which a refused client may try
 * again: when those who wait now will have been served, by the places, by the
 * pace of starts, and by its own share.
 */
uint32_t pool_retry_after_s(const struct pool *pool, uint32_t language,
    const uint8_t client[POOL_CLIENT_BYTES], uint64_t now_us);

/* --- refill.c: what waits of each language --- */

/*
 * Starts wait until then (0: they need not), so that a run that has just begun
 * has the cores: only while nobody waits and half of each target is there.
 */
uint64_t pool_yields_until_us(const struct pool *pool);

/*
 * A slot to start a sandbox in now, and of which language; or POOL_NONE. First
 * for the next waiter that has none of its language on the way, then for other
 * waiters of a language that is started on demand, then for stock.
 */
uint32_t pool_pick_start(
    const struct pool *pool, uint64_t now_us, uint32_t *language);

/*
 * To be called when leases have been granted: a waiter that finds a place to
 * run and no sandbox is missing one, and then one more is kept waiting for the
 * next time, up to ready_max; for each that was missed, but once a start at the
 * most, since the next is on its way. When none has been missed for a while,
 * the target is back at ready.
 */
void pool_adapt(struct pool *pool, uint64_t now_us);

/* A READY slot beyond its target that nobody waits for, or one that stands in
 * the way of a waiter of another language, the oldest; or POOL_NONE. */
uint32_t pool_pick_surplus(const struct pool *pool);

/* A READY slot that has waited too long and should be replaced, or NONE. */
uint32_t pool_pick_stale(const struct pool *pool, uint64_t now_us);

/* When, after now, a function of this header may say something new without
 * another event; UINT64_MAX: never. */
uint64_t pool_next_event_us(const struct pool *pool, uint64_t now_us);

#endif
