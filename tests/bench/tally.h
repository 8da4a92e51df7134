/* SPDX-License-Identifier: MIT */
/* What happened to the requests of one order, and how long each took. */
#ifndef SCE_BENCH_TALLY_H
#define SCE_BENCH_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a request ended. */
enum ending {
	ENDED_OK,      /* the answer that was expected, byte for byte */
	ENDED_REFUSED, /* 503 with a reason */
	ENDED_WRONG,   /* any other answer */
	ENDED_BROKEN,  /* no whole answer */
	ENDED_CUT,     /* given up by us, as the order said */
	ENDED_KINDS
};

/* One line of standard input; all numbers. */
struct order {
	uint64_t clients;
	uint64_t requests;  /* 0: as many as fit in the window */
	uint64_t lead_ms;   /* before the window; not counted in it */
	uint64_t window_ms; /* 0: until all requests are done */
	uint64_t keep;      /* 1: connections are used again */
	uint64_t pause_ms;  /* of a client that was refused */
	uint64_t cut;       /* 1: at the end of the window, hang up */
};

struct times {
	uint64_t *ns;
	size_t count;
	size_t room;
};

struct tally {
	uint64_t count[ENDED_KINDS];
	uint64_t in_window[ENDED_KINDS];
	struct times ok;
	struct times refused;
	uint64_t begun_ns;
	uint64_t window_from_ns;
	uint64_t window_to_ns;
	uint64_t last_ns;
	uint64_t cpu_begun_us;
};

uint64_t now_ns(void);

/* False: standard input is at its end. */
bool order_read(struct order *order);

void tally_begin(struct tally *tally, const struct order *order);

/* Whether another request may begin. */
bool tally_goes_on(
    const struct tally *tally, const struct order *order, uint64_t begun);

void tally_note(struct tally *tally, enum ending ending, uint64_t begun_ns);

/* One line of JSON on standard output. */
void tally_print(struct tally *tally, const struct order *order);

#endif
