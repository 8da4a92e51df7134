/* SPDX-License-Identifier: MIT */
/* A run that its client watches: POST /run with Accept: text/event-stream. */
#ifndef SCE_LIVE_H
#define SCE_LIVE_H

#include "responder/http/exchange.h"
#include "responder/run/run.h"

struct live {
	struct run_watcher watcher; /* first: send gets its address */
	struct exchange *exchange;
	struct run *run;
};

/* Watches the next run, as its watcher. */
void live_attach(struct live *live, struct exchange *exchange, struct run *run);

/*
 * Sends the rest of the output and the ending, once the run has its result.
 * Output that a slow client does not take in time is lost, and the ending with
 * it, so that the client notices. 0, or -1: it was lost.
 */
int live_end(struct live *live, uint64_t run_us);

#endif
