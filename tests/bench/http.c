/* SPDX-License-Identifier: MIT */
/* Only what our servers send: a length, no chunks. */
#include "http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATUS_AT 9 /* behind "HTTP/1.1 " */
#define LENGTH_NAME "\r\nContent-Length:"
#define REASON "{\"error\":"

char *
http_read_file(const char *path, size_t *len)
{
	FILE *file = fopen(path, "re");
	char *text = malloc(HTTP_BYTES_MAX);

	if (file != NULL && text != NULL)
		*len = fread(text, 1, HTTP_BYTES_MAX, file);
	if (file != NULL)
		(void)fclose(file);
	return file != NULL ? text : NULL;
}

char *
http_make_request(
    const char *path, const char *body, size_t body_len, bool keep, size_t *len)
{
	size_t room = body_len + strlen(path) + 256;
	char *text = body == NULL ? NULL : malloc(room);
	int n;

	if (text == NULL)
		return NULL;
	n = snprintf(text, room,
	    "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: %s\r\n"
	    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
	    path, keep ? "keep-alive" : "close", body_len);
	memcpy(text + n, body, body_len);
	*len = (size_t)n + body_len;
	return text;
}

static bool
has_status(const char *answer, const char *status)
{
	return strncmp(answer + STATUS_AT, status, 3) == 0;
}

static enum ending
judge(const char *answer, const char *body, size_t len, const char *expected,
    size_t expected_len)
{
	if (has_status(answer, "200") && len == expected_len &&
	    memcmp(body, expected, len) == 0)
		return ENDED_OK;
	if (has_status(answer, "503") && len > strlen(REASON) &&
	    memcmp(body, REASON, strlen(REASON)) == 0)
		return ENDED_REFUSED;
	return ENDED_WRONG;
}

bool
http_answer_is_whole(char *answer, size_t got, const char *expected,
    size_t expected_len, enum ending *ending, bool *kept)
{
	char *body = strstr(answer, "\r\n\r\n");
	const char *at;
	size_t len;
	size_t there;

	if (body == NULL)
		return false;
	*body = '\0'; /* what is before it is the header */
	at = strcasestr(answer, LENGTH_NAME);
	len = at == NULL ? 0 : strtoul(at + strlen(LENGTH_NAME), NULL, 10);
	*kept = strcasestr(answer, "\r\nConnection: close") == NULL;
	*body = '\r';
	body += 4;
	there = got - (size_t)(body - answer);
	if (at != NULL && there < len)
		return false;
	*ending = at == NULL || there > len
		      ? ENDED_WRONG
		      : judge(answer, body, len, expected, expected_len);
	return true;
}
