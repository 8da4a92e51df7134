/* SPDX-License-Identifier: MIT */
/* Decodes an HTTP/1.x response from pieces of any size. */
#include "engine/http.h"

#include <stdlib.h>
#include <string.h>

#include "engine/http_head.h"

#define BODY_ROOM_MIN 4096

void
http_init(struct http *http, size_t body_max)
{
	memset(http, 0, offsetof(struct http, text));
	http->text[0] = '\0';
	http->body_max = body_max;
}

void
http_finish(struct http *http)
{
	free(http->body);
	http->body = NULL;
}

static int
add_to_body(
    struct http *http, const char *data, size_t len, char why[ENGINE_WHY_MAX])
{
	size_t room = http->room > 0 ? http->room : BODY_ROOM_MIN;
	char *body;

	if (len > http->body_max - http->body_len)
		return engine_fail(why,
		    "Docker's answer is longer than %zu bytes", http->body_max);
	while (room - http->body_len <= len) /* with the NUL */
		room *= 2;
	if (room != http->room) {
		body = realloc(http->body, room);
		if (body == NULL)
			return engine_fail(why, "no memory is left");
		http->body = body;
		http->room = room;
	}
	memcpy(http->body + http->body_len, data, len);
	http->body_len += len;
	http->body[http->body_len] = '\0';
	return 0;
}

/* The head is complete: how does the body end? */
static int
begin_body(struct http *http, char why[ENGINE_WHY_MAX])
{
	struct http_head head;

	if (http_head_parse(&head, http->text, why) == -1)
		return -1;
	http->status = head.status;
	http->used = 0;
	if (head.status == 204 || head.status == 304) {
		http->state = HTTP_DONE;
	} else if (head.is_chunked) {
		http->state = HTTP_CHUNK_SIZE;
	} else if (!head.has_length) {
		http->state = HTTP_UNTIL_END;
	} else if (head.length > http->body_max) {
		return engine_fail(why,
		    "Docker's answer is longer than %zu bytes", http->body_max);
	} else {
		http->left = head.length;
		http->state = head.length > 0 ? HTTP_LENGTH : HTTP_DONE;
	}
	return 0;
}

/* A chunk's size is there, or the end of one, or a trailer. */
static int
end_line(struct http *http, char why[ENGINE_WHY_MAX])
{
	const char *line = http->text;

	http->text[http->used] = '\0';
	if (http->state == HTTP_CHUNK_END) {
		if (http->used != 0)
			return engine_fail(why,
			    "Docker's answer has a chunk longer than it says");
		http->state = HTTP_CHUNK_SIZE;
	} else if (http->state == HTTP_TRAILER) {
		if (http->used == 0)
			http->state = HTTP_DONE;
		else if (++http->trailers > HTTP_TRAILERS_MAX)
			return engine_fail(
			    why, "Docker's answer has too many trailers");
	} else {
		if (http_chunk_size(line, &http->left) == -1)
			return engine_fail(
			    why, "Docker's answer has no size before a chunk");
		http->state = http->left > 0 ? HTTP_CHUNK : HTTP_TRAILER;
	}
	http->used = 0;
	return 0;
}

/* Up to the line's end, or all there is. How much it took, or -1. */
static ptrdiff_t
take_line(
    struct http *http, const char *data, size_t len, char why[ENGINE_WHY_MAX])
{
	const char *end = memchr(data, '\n', len);
	size_t n = end != NULL ? (size_t)(end - data) : len;

	if (n > HTTP_LINE_MAX - http->used)
		return engine_fail(why, "Docker's answer has too long a line");
	memcpy(http->text + http->used, data, n);
	http->used += n;
	if (end == NULL)
		return (ptrdiff_t)n;
	if (http->used > 0 && http->text[http->used - 1] == '\r')
		http->used--;
	return end_line(http, why) == -1 ? -1 : (ptrdiff_t)n + 1;
}

static ptrdiff_t
take_head(
    struct http *http, const char *data, size_t len, char why[ENGINE_WHY_MAX])
{
	size_t before = http->used;
	size_t n = len < HTTP_HEAD_MAX - before ? len : HTTP_HEAD_MAX - before;
	size_t from = before > 3 ? before - 3 : 0;
	const char *end;

	memcpy(http->text + before, data, n);
	http->text[before + n] = '\0';
	http->used += n;
	end = memmem(http->text + from, http->used - from, "\r\n\r\n", 4);
	if (end == NULL && http->used == HTTP_HEAD_MAX)
		return engine_fail(why,
		    "Docker's answer has a head longer than %d bytes",
		    HTTP_HEAD_MAX);
	if (end == NULL)
		return (ptrdiff_t)n;
	n = (size_t)(end - http->text) + 4;
	http->text[n - 2] = '\0'; /* each field ends with a line's end */
	if (strlen(http->text) != n - 2)
		return engine_fail(why, "Docker's answer has a NUL in it");
	return begin_body(http, why) == -1 ? -1 : (ptrdiff_t)(n - before);
}

static ptrdiff_t
take_body(
    struct http *http, const char *data, size_t len, char why[ENGINE_WHY_MAX])
{
	size_t n = http->left < len ? (size_t)http->left : len;

	if (http->state == HTTP_UNTIL_END)
		n = len;
	if (add_to_body(http, data, n, why) == -1)
		return -1;
	if (http->state == HTTP_UNTIL_END)
		return (ptrdiff_t)n;
	http->left -= n;
	if (http->left == 0)
		http->state = http->state == HTTP_CHUNK ? HTTP_CHUNK_END
							: HTTP_DONE;
	return (ptrdiff_t)n;
}

static ptrdiff_t
take(struct http *http, const char *data, size_t len, char why[ENGINE_WHY_MAX])
{
	switch (http->state) {
	case HTTP_HEAD:
		return take_head(http, data, len, why);
	case HTTP_CHUNK_SIZE:
	case HTTP_CHUNK_END:
	case HTTP_TRAILER:
		return take_line(http, data, len, why);
	case HTTP_LENGTH:
	case HTTP_CHUNK:
	case HTTP_UNTIL_END:
		return take_body(http, data, len, why);
	case HTTP_DONE:
		return (ptrdiff_t)len;
	case HTTP_BROKEN:
		break;
	}
	return engine_fail(why, "Docker's answer is broken");
}

int
http_feed(
    struct http *http, const char *data, size_t len, char why[ENGINE_WHY_MAX])
{
	ptrdiff_t n;

	while (len > 0) {
		n = take(http, data, len, why);
		if (n < 0) {
			http->state = HTTP_BROKEN;
			return -1;
		}
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

int
http_end(struct http *http, char why[ENGINE_WHY_MAX])
{
	if (http->state == HTTP_UNTIL_END)
		http->state = HTTP_DONE;
	if (http->state == HTTP_DONE)
		return 0;
	if (http->state == HTTP_HEAD && http->used == 0)
		return engine_fail(why, "Docker hung up without an answer");
	return engine_fail(why, "Docker hung up in the middle of its answer");
}
