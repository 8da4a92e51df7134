/* SPDX-License-Identifier: MIT */
/*
 * The order in which a run's output came. Pure: the run keeps the output
 * itself; here is only which stream had how many bytes next, and how much of
 * each has been told.
 */
#ifndef SCE_ORDER_H
#define SCE_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "responder/run/result.h"

/* The longest piece: bytes. */
#define ORDER_PIECE_MAX 2048

enum order_stream { ORDER_STDOUT, ORDER_STDERR, ORDER_STREAMS };

struct order {
	uint32_t *segments; /* length << 1 | stream */
	size_t count;
	size_t size;
	size_t next;
	enum order_stream current;
	size_t end[ORDER_STREAMS];  /* of the bytes that may be told by now */
	size_t told[ORDER_STREAMS]; /* bytes */
	bool pending;               /* order_next may have something */
};

/* Bytes of one stream, to be told together; they are the run's. */
struct order_piece {
	enum order_stream stream;
	const uint8_t *data;
	size_t len;
};

/* For a new run; keeps its memory. All zeros will do for the first one. */
void order_reset(struct order *order);
void order_finish(struct order *order);

/* The stream has len more bytes. 0, or -1: ENOMEM. */
int order_note(struct order *order, enum order_stream stream, size_t len);

/*
 * The next piece, of complete characters only; is_over: the program has
 * ended, so that no character can still be completed. False: there is none
 * just now.
 */
bool order_next(struct order *order, const struct result *result, bool is_over,
    struct order_piece *piece);

/* Joins both streams in the order in which they came; their pieces were noted
 * and never told. out has room for both. Returns how many bytes it got. */
size_t order_join(
    const struct order *order, const struct result *result, uint8_t *out);

#endif
