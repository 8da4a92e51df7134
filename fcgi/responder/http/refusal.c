/* SPDX-License-Identifier: MIT */
/*
 * Owns the sentence of a refusal: it is bounded and has whole characters only.
 */
#include "responder/http/refusal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/utf8.h"

int
refusal_set(struct refusal *refusal, int http_status, const char *format, ...)
{
	size_t size = sizeof(refusal->message);
	size_t len;
	va_list args;

	memset(refusal, 0, sizeof(*refusal));
	refusal->http_status = http_status;
	va_start(args, format);
	vsnprintf(refusal->message, size, format, args);
	va_end(args);
	/* A cut message must not end within a character. */
	len = strlen(refusal->message);
	while (!utf8_check((const uint8_t *)refusal->message, len, NULL))
		refusal->message[--len] = '\0';
	return -1;
}

int
refusal_set_no_memory(struct refusal *refusal)
{
	refusal_set(refusal, 503, "Out of memory: try again in a second");
	refusal->retry_after_s = 1;
	return -1;
}
