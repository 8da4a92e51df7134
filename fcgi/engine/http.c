/* SPDX-License-Identifier: MIT */
/*
 * Decodes an HTTP/1.x response from pieces of any size. In its head the status
 * line, Content-Length and Transfer-Encoding count; all else is passed over.
 */
#include "engine/http.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/bytes.h"

#define BODY_ROOM_MIN 4096
/* So many digits cannot overflow. */
#define LENGTH_DIGITS_MAX 18
#define SIZE_DIGITS_MAX 15

/* The head, as far as it tells how the body ends. */
struct head {
	unsigned int status;
	bool is_chunked;
	bool has_length;
	uint64_t length;
};

static int
parse_status(struct head *head, const char *line)
{
	if (strncmp(line, "HTTP/1.", 7) != 0 || strspn(line + 7, "01") < 1 ||
	    line[8] != ' ' || strspn(line + 9, "0123456789") != 3)
		return -1;
	head->status = (unsigned int)((line[9] - '0') * 100 +
				      (line[10] - '0') * 10 + line[11] - '0');
	/* Below 200 another answer follows. */
	return head->status >= 200 && head->status < 600 ? 0 : -1;
}

/* True if the line, of len bytes, is this field; then *value is its value,
 * without blanks around it. */
static bool
is_field(const char *line, size_t len, const char *name, const char **value,
    size_t *value_len)
{
	size_t n = strlen(name);

	if (len <= n || strncasecmp(line, name, n) != 0 || line[n] != ':')
		return false;
	for (n++; n < len && (line[n] == ' ' || line[n] == '\t'); n++)
		;
	while (len > n && (line[len - 1] == ' ' || line[len - 1] == '\t'))
		len--;
	*value = line + n;
	*value_len = len - n;
	return true;
}

static int
parse_length(struct head *head, const char *text, size_t len)
{
	size_t i;

	/* Twice, even if it says the same, is more than one answer says. */
	if (head->has_length || len < 1 || len > LENGTH_DIGITS_MAX)
		return -1;
	head->has_length = true;
	for (i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		head->length = head->length * 10 + (uint64_t)(text[i] - '0');
	}
	return 0;
}

static int
parse_field(struct head *head, const char *line, size_t len)
{
	const char *value;
	size_t n;

	if (is_field(line, len, "Content-Length", &value, &n))
		return parse_length(head, value, n);
	if (is_field(line, len, "Transfer-Encoding", &value, &n)) {
		if (head->is_chunked || n != strlen("chunked") ||
		    strncasecmp(value, "chunked", n) != 0)
			return -1;
		head->is_chunked = true;
	}
	return 0;
}

/* text: status line and fields, each with \r\n at its end. 0, or -1. */
static int
parse_head(struct head *head, const char *text, char why[ENGINE_WHY_MAX])
{
	const char *end = strstr(text, "\r\n");

	memset(head, 0, sizeof(*head));
	if (end == NULL || parse_status(head, text) == -1)
		return engine_fail(why, "Docker's answer is not HTTP");
	for (text = end + 2; *text != '\0'; text = end + 2) {
		end = strstr(text, "\r\n");
		if (end == NULL ||
		    parse_field(head, text, (size_t)(end - text)) == -1)
			break;
	}
	if (*text != '\0' || (head->is_chunked && head->has_length))
		return engine_fail(
		    why, "Docker's answer does not say how long it is");
	return 0;
}

/* The line before a chunk: hexadecimal, then perhaps an extension. */
static int
parse_chunk_size(const char *line, uint64_t *size)
{
	size_t len = strspn(line, "0123456789abcdefABCDEF");
	size_t i;

	if (len < 1 || len > SIZE_DIGITS_MAX ||
	    (line[len] != '\0' && strchr("; \t", line[len]) == NULL))
		return -1;
	*size = 0;
	for (i = 0; i < len; i++)
		*size = *size * 16 + (uint64_t)hex_value(line[i]);
	return 0;
}

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

/* The head is complete and says how the body ends. */
static int
begin_body(struct http *http, char why[ENGINE_WHY_MAX])
{
	struct head head;

	if (parse_head(&head, http->text, why) == -1)
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

/* The line is complete: a chunk's size, its end, or a trailer. */
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
		if (parse_chunk_size(line, &http->left) == -1)
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
