/* SPDX-License-Identifier: MIT */
/*
 * The number by which one request is found in every log: nginx's $request_id,
 * 16 bytes, written as 32 hexadecimal digits. All zeros: none.
 */
#ifndef SCE_TRACE_H
#define SCE_TRACE_H

#include <stdint.h>

#define TRACE_BYTES 16
#define TRACE_TEXT_BYTES (2 * TRACE_BYTES + 1)

/* Anything but 32 lower-case digits, also NULL, is none. */
void trace_parse(const char *text, uint8_t trace[TRACE_BYTES]);

void trace_format(
    const uint8_t trace[TRACE_BYTES], char text[TRACE_TEXT_BYTES]);

#endif
