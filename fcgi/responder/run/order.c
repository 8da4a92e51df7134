/* SPDX-License-Identifier: MIT */
/* Owns which bytes are told next. */
#include "responder/run/order.h"

#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"

#define SEGMENTS_MIN 64

void
order_reset(struct order *order)
{
	uint32_t *segments = order->segments;
	size_t size = order->size;

	memset(order, 0, sizeof(*order));
	order->segments = segments;
	order->size = size;
}

void
order_finish(struct order *order)
{
	free(order->segments);
	memset(order, 0, sizeof(*order));
}

static int
grow(struct order *order)
{
	size_t size = order->size > 0 ? 2 * order->size : SEGMENTS_MIN;
	uint32_t *segments;

	if (order->count < order->size)
		return 0;
	segments = realloc(order->segments, size * sizeof(*segments));
	if (segments == NULL)
		return -1;
	order->segments = segments;
	order->size = size;
	return 0;
}

int
order_note(struct order *order, enum order_stream stream, size_t len)
{
	uint32_t *last;

	if (len == 0)
		return 0;
	order->pending = true;
	/* The last segment grows unless it has been begun. */
	last = order->count > order->next ? &order->segments[order->count - 1]
					  : NULL;
	if (last != NULL && (*last & 1) == (uint32_t)stream) {
		*last += (uint32_t)len << 1; /* OUTPUT_BYTES_MAX fits */
		return 0;
	}
	if (grow(order) == -1)
		return -1;
	order->segments[order->count++] = (uint32_t)len << 1 | (uint32_t)stream;
	return 0;
}

/* How many bytes of the stream can be told at once; 0: none yet. */
static size_t
tellable(const struct order *order, enum order_stream stream,
    const uint8_t *data, bool is_over)
{
	size_t told = order->told[stream];
	size_t len = order->end[stream] - told;
	size_t whole;

	if (len > ORDER_PIECE_MAX)
		len = ORDER_PIECE_MAX;
	if (len == 0)
		return 0;
	whole = utf8_whole_len(data + told, len);
	return whole == 0 && is_over ? len : whole;
}

static bool
take_piece(struct order *order, enum order_stream stream,
    const struct result *result, bool is_over, struct order_piece *piece)
{
	const uint8_t *data = stream == ORDER_STDOUT ? result->stdout_data
						     : result->stderr_data;

	piece->stream = stream;
	piece->data = data + order->told[stream];
	piece->len = tellable(order, stream, data, is_over);
	order->told[stream] += piece->len;
	return piece->len > 0;
}

/* Half a character at the end of a stream that was cut is not told. */
static bool
drops_rest(enum order_stream stream, const struct result *result)
{
	return (result->verdict.truncated &
		   (stream == ORDER_STDOUT ? VERDICT_TRUNCATED_STDOUT
					   : VERDICT_TRUNCATED_STDERR)) != 0;
}

/* Takes the rest of both streams, when all segments have been told. */
static bool
take_rest(
    struct order *order, const struct result *result, struct order_piece *piece)
{
	enum order_stream stream;

	for (stream = ORDER_STDOUT; stream < ORDER_STREAMS; stream++) {
		if (!drops_rest(stream, result) &&
		    take_piece(order, stream, result, true, piece))
			return true;
	}
	return false;
}

bool
order_next(struct order *order, const struct result *result, bool is_over,
    struct order_piece *piece)
{
	uint32_t segment;

	for (;;) {
		if (take_piece(order, order->current, result, false, piece))
			return true;
		if (order->next == order->count)
			break;
		segment = order->segments[order->next++];
		order->current = (enum order_stream)(segment & 1);
		order->end[order->current] += segment >> 1;
	}
	/* All were begun: their places can be used again. */
	order->next = order->count = 0;
	if (is_over && take_rest(order, result, piece))
		return true;
	order->pending = false;
	return false;
}

size_t
order_join(const struct order *order, const struct result *result, uint8_t *out)
{
	const uint8_t *data[ORDER_STREAMS] = { result->stdout_data,
		result->stderr_data };
	size_t len = 0;
	size_t piece;
	size_t i;

	for (i = 0; i < order->count; i++) {
		const uint8_t **from = &data[order->segments[i] & 1];

		piece = order->segments[i] >> 1;
		memcpy(out + len, *from, piece);
		*from += piece;
		len += piece;
	}
	return len;
}
