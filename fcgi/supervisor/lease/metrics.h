/* SPDX-License-Identifier: MIT */
/*
 * The counters, and the text in which Prometheus reads them (format 0.0.4).
 * Pure. Requests by status, and outcomes, are reports of responders and as true
 * as these are; the supervisor sees the rest itself.
 */
#ifndef SCE_METRICS_H
#define SCE_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "common/lease.h"
#include "common/limits.h"

#define METRICS_STATUSES 11
#define METRICS_BUCKETS 14
#define METRICS_OUTCOMES (LEASE_ABANDONED + 1)
#define METRICS_REFUSALS (LEASE_CANCELLED + 1)

struct histogram {
	uint64_t buckets[METRICS_BUCKETS]; /* each without the smaller ones */
	uint64_t count;
	uint64_t sum_us;
};

struct metrics {
	uint64_t requests[METRICS_STATUSES + 1]; /* the last: any other */
	uint64_t runs[METRICS_OUTCOMES];         /* by enum lease_outcome */
	uint64_t refusals[METRICS_REFUSALS];     /* by enum lease_refusal */
	uint64_t truncated_stdout;
	uint64_t truncated_stderr;
	uint64_t leases_expired;
	uint64_t leases_lost; /* the responder ended with it */
	uint64_t start_failures;
	uint64_t ready_deaths;
	uint64_t lingering; /* sandboxes that had to be killed */
	uint64_t responder_deaths;
	struct histogram queue;
	struct histogram run;
	struct histogram start;
};

/* The present state of one language of the configuration. */
struct metrics_language {
	const char *name; /* of letters that need no escape */
	uint32_t ready;
	int up;
};

/* The present state, filled in by the caller that asks for the text. */
struct metrics_now {
	uint32_t slots_empty;
	uint32_t slots_starting;
	uint32_t slots_ready;
	uint32_t slots_leased;
	uint32_t slots_dead;
	uint32_t queued;
	uint32_t responders;
	uint32_t running_max;
	uint32_t queue_max;
	int up; /* a sandbox is ready, or can be started */
	uint64_t uptime_us;
	const char *version;
	const char *image_id;
	const char *runtime; /* of containers; it needs no escape either */
	uint32_t language_count;
	struct metrics_language languages[LANGUAGES_MAX];
};

void metrics_note_request(struct metrics *metrics, uint32_t http_status);
void metrics_note_run(struct metrics *metrics, uint32_t outcome,
    uint32_t truncated, uint64_t run_us);
void metrics_note_refusal(struct metrics *metrics, enum lease_refusal reason);
void metrics_observe(struct histogram *histogram, uint64_t us);

/* The text, NUL-terminated; its length, or 0 if it does not fit. */
size_t metrics_format(const struct metrics *metrics,
    const struct metrics_now *now, char *text, size_t size);

#endif
