/* SPDX-License-Identifier: MIT */
/*
 * Decodes one HTTP/1.x response as it comes: a pure codec, bytes in, status and
 * body out. The caller bounds how much it keeps.
 */
#ifndef SCE_ENGINE_HTTP_H
#define SCE_ENGINE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/engine.h"

/* Status line and fields together, and a line of chunked coding. */
#define HTTP_HEAD_MAX 8192
#define HTTP_LINE_MAX 256
#define HTTP_TRAILERS_MAX 32

enum http_state {
	HTTP_HEAD,       /* status line and fields */
	HTTP_LENGTH,     /* a body of `left` bytes */
	HTTP_CHUNK_SIZE, /* the line with a chunk's size */
	HTTP_CHUNK,      /* `left` bytes of a chunk */
	HTTP_CHUNK_END,  /* the line's end after it */
	HTTP_TRAILER,    /* lines up to an empty one */
	HTTP_UNTIL_END,  /* a body that ends with the connection */
	HTTP_DONE,
	HTTP_BROKEN
};

struct http {
	enum http_state state;
	unsigned int status; /* once the state is none of HTTP_HEAD, _BROKEN */
	char *body;          /* a string, or NULL for none; NULs may be in it */
	size_t body_len;
	size_t body_max;
	/* The decoder's own. */
	size_t room;
	uint64_t left;
	unsigned int trailers;
	size_t used;
	char text[HTTP_HEAD_MAX + 1]; /* the head, or a line */
};

/* At most so many bytes of a body are taken. */
void http_init(struct http *http, size_t body_max);
void http_finish(struct http *http);

/* Takes the next bytes; those after the response's end are passed over. 0, or
 * -1 with why: this is no response, or too large a one. */
int http_feed(
    struct http *http, const char *data, size_t len, char why[ENGINE_WHY_MAX]);

/* The connection has ended. 0 if the response is complete, or -1 with why. */
int http_end(struct http *http, char why[ENGINE_WHY_MAX]);

#endif
