/* SPDX-License-Identifier: MIT */
/* Hexadecimal digits and bytes. */
#include "common/trace.h"

#include <string.h>

static const char digits[] = "0123456789abcdef";

void
trace_parse(const char *text, uint8_t trace[TRACE_BYTES])
{
	size_t i;

	memset(trace, 0, TRACE_BYTES);
	if (text == NULL || strlen(text) != TRACE_TEXT_BYTES - 1 ||
	    strspn(text, digits) != TRACE_TEXT_BYTES - 1)
		return;
	for (i = 0; i < TRACE_TEXT_BYTES - 1; i++) {
		trace[i / 2] = (uint8_t)(trace[i / 2] << 4 |
					 (strchr(digits, text[i]) - digits));
	}
}

void
trace_format(const uint8_t trace[TRACE_BYTES], char text[TRACE_TEXT_BYTES])
{
	size_t i;

	for (i = 0; i < TRACE_BYTES; i++) {
		text[2 * i] = digits[trace[i] >> 4];
		text[2 * i + 1] = digits[trace[i] & 15];
	}
	text[2 * TRACE_BYTES] = '\0';
}
