/* SPDX-License-Identifier: MIT */
/* Hexadecimal digits and bytes. */
#include "common/trace.h"

#include <string.h>

#include "common/bytes.h"

void
trace_parse(const char *text, uint8_t trace[TRACE_BYTES])
{
	size_t i;

	memset(trace, 0, TRACE_BYTES);
	if (text == NULL || strlen(text) != TRACE_TEXT_BYTES - 1 ||
	    strspn(text, "0123456789abcdef") != TRACE_TEXT_BYTES - 1)
		return;
	for (i = 0; i < TRACE_BYTES; i++) {
		trace[i] = (uint8_t)(hex_value(text[2 * i]) << 4 |
				     hex_value(text[2 * i + 1]));
	}
}

void
trace_format(const uint8_t trace[TRACE_BYTES], char text[TRACE_TEXT_BYTES])
{
	size_t i;

	for (i = 0; i < TRACE_BYTES; i++) {
		text[2 * i] = hex_digit(trace[i] >> 4);
		text[2 * i + 1] = hex_digit(trace[i]);
	}
	text[2 * TRACE_BYTES] = '\0';
}
