/* SPDX-License-Identifier: MIT */
/*
 * Server-sent events of a run, in the order in which its output came. Pure:
 * the output itself stays where the run keeps it; here is only which stream
 * had how many bytes next, and how much of each has been told.
 */
#ifndef SCE_EVENTS_H
#define SCE_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "responder/api/run/body.h"

/* Most output in one event: bytes, before they are escaped. */
#define EVENTS_PIECE_MAX 2048

enum events_stream { EVENTS_STDOUT, EVENTS_STDERR, EVENTS_STREAMS };

struct events {
	uint32_t *segments; /* length << 1 | stream */
	size_t count;
	size_t size;
	size_t next;
	enum events_stream current;
	size_t end[EVENTS_STREAMS];  /* of what may be told by now */
	size_t told[EVENTS_STREAMS]; /* bytes */
	bool pending;                /* events_next may have something */
};

/* An event's text, ready to send; on the heap. */
struct event_text {
	char *data;
	size_t len;
};

/* For a new run; keeps its memory. All zeros will do for the first one. */
void events_reset(struct events *events);
void events_finish(struct events *events);

/* The stream has len more bytes. 0, or -1: ENOMEM. */
int events_note(struct events *events, enum events_stream stream, size_t len);

/*
 * The next event, of complete characters only; is_over: the program has
 * ended, so that no character can still be completed. 1; 0: there is none
 * just now; -1: ENOMEM.
 */
int events_next(struct events *events, const struct result *result,
    bool is_over, struct event_text *text);

/*
 * Both streams in the order in which they came, of events that were noted and
 * never told. out has room for both; returns how many bytes it got.
 */
size_t events_join(
    const struct events *events, const struct result *result, uint8_t *out);

/* The last two events: timing and result. 0, or -1: ENOMEM. */
int events_format_ending(const struct result *result, uint64_t queue_us,
    uint64_t run_us, struct event_text *text);

#endif
