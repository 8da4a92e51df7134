/* SPDX-License-Identifier: MIT */
/* Which bytes are told next, and how an event is written. */
#include "responder/run/order.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"

#define SEGMENTS_MIN 64

static const char *const stream_names[EVENTS_STREAMS] = { "stdout", "stderr" };

void
events_reset(struct events *events)
{
	uint32_t *segments = events->segments;
	size_t size = events->size;

	memset(events, 0, sizeof(*events));
	events->segments = segments;
	events->size = size;
}

void
events_finish(struct events *events)
{
	free(events->segments);
	memset(events, 0, sizeof(*events));
}

/* The last segment, if it is the stream's and has not been begun. */
static uint32_t *
extendable(struct events *events, enum events_stream stream)
{
	uint32_t *last;

	if (events->next == events->count)
		return NULL;
	last = &events->segments[events->count - 1];
	return (*last & 1) == (uint32_t)stream ? last : NULL;
}

static int
grow(struct events *events)
{
	size_t size = events->size > 0 ? 2 * events->size : SEGMENTS_MIN;
	uint32_t *segments;

	if (events->count < events->size)
		return 0;
	segments = realloc(events->segments, size * sizeof(*segments));
	if (segments == NULL)
		return -1;
	events->segments = segments;
	events->size = size;
	return 0;
}

int
events_note(struct events *events, enum events_stream stream, size_t len)
{
	uint32_t *last = extendable(events, stream);

	if (len == 0)
		return 0;
	events->pending = true;
	if (last != NULL) {
		*last += (uint32_t)len << 1; /* OUTPUT_BYTES_MAX fits */
		return 0;
	}
	if (grow(events) == -1)
		return -1;
	events->segments[events->count++] = (uint32_t)len << 1 |
					    (uint32_t)stream;
	return 0;
}

/* "event: NAME\ndata: LINE\n\n"; line ends with a newline itself. */
static int
format_event(const char *name, const char *line, struct event_text *text)
{
	int n = asprintf(&text->data, "event: %s\ndata: %s\n", name, line);

	if (n == -1) {
		text->data = NULL;
		return -1;
	}
	text->len = (size_t)n;
	return 0;
}

static int
format_text(enum events_stream stream, const uint8_t *data, size_t len,
    struct event_text *text)
{
	struct reply reply;
	int rc;

	if (reply_format_text(data, len, &reply) == -1)
		return -1;
	rc = format_event(stream_names[stream], reply.body, text);
	reply_finish(&reply);
	return rc;
}

/* How many bytes of the stream can be told in one event; 0: none yet. */
static size_t
tellable(const struct events *events, enum events_stream stream,
    const uint8_t *data, bool is_over)
{
	size_t told = events->told[stream];
	size_t len = events->end[stream] - told;
	size_t whole;

	if (len > EVENTS_PIECE_MAX)
		len = EVENTS_PIECE_MAX;
	if (len == 0)
		return 0;
	whole = utf8_whole_len(data + told, len);
	return whole == 0 && is_over ? len : whole;
}

static int
tell(struct events *events, enum events_stream stream,
    const struct result *result, bool is_over, struct event_text *text)
{
	const uint8_t *data = stream == EVENTS_STDOUT ? result->stdout_data
						      : result->stderr_data;
	size_t len = tellable(events, stream, data, is_over);

	if (len == 0)
		return 0;
	if (format_text(stream, data + events->told[stream], len, text) == -1)
		return -1;
	events->told[stream] += len;
	return 1;
}

/* At the end of a stream that was cut, half a character is not told. */
static bool
drops_rest(enum events_stream stream, const struct result *result)
{
	return (result->verdict.truncated &
		   (stream == EVENTS_STDOUT ? VERDICT_TRUNCATED_STDOUT
					    : VERDICT_TRUNCATED_STDERR)) != 0;
}

/* What is left of both streams when all segments have been told. */
static int
tell_rest(
    struct events *events, const struct result *result, struct event_text *text)
{
	enum events_stream stream;
	int rc;

	for (stream = EVENTS_STDOUT; stream < EVENTS_STREAMS; stream++) {
		if (drops_rest(stream, result))
			continue;
		rc = tell(events, stream, result, true, text);
		if (rc != 0)
			return rc;
	}
	return 0;
}

int
events_next(struct events *events, const struct result *result, bool is_over,
    struct event_text *text)
{
	uint32_t segment;
	int rc;

	for (;;) {
		rc = tell(events, events->current, result, false, text);
		if (rc != 0)
			return rc;
		if (events->next == events->count)
			break;
		segment = events->segments[events->next++];
		events->current = (enum events_stream)(segment & 1);
		events->end[events->current] += segment >> 1;
	}
	/* All were begun: their places can be used again. */
	events->next = events->count = 0;
	rc = is_over ? tell_rest(events, result, text) : 0;
	if (rc == 0)
		events->pending = false;
	return rc;
}

size_t
events_join(
    const struct events *events, const struct result *result, uint8_t *out)
{
	const uint8_t *data[EVENTS_STREAMS] = { result->stdout_data,
		result->stderr_data };
	size_t len = 0;
	size_t piece;
	size_t i;

	for (i = 0; i < events->count; i++) {
		const uint8_t **from = &data[events->segments[i] & 1];

		piece = events->segments[i] >> 1;
		memcpy(out + len, *from, piece);
		*from += piece;
		len += piece;
	}
	return len;
}

int
events_format_ending(const struct result *result, uint64_t queue_us,
    uint64_t run_us, struct event_text *text)
{
	struct reply reply;
	int n;

	if (reply_format_ending(result, &reply) == -1)
		return -1;
	n = asprintf(&text->data,
	    "event: timing\ndata: {\"queue_ms\":%" PRIu64 ".%03" PRIu64
	    ",\"run_ms\":%" PRIu64 ".%03" PRIu64 "}\n\n"
	    "event: result\ndata: %s\n",
	    queue_us / 1000, queue_us % 1000, run_us / 1000, run_us % 1000,
	    reply.body);
	reply_finish(&reply);
	if (n == -1) {
		text->data = NULL;
		return -1;
	}
	text->len = (size_t)n;
	return 0;
}
