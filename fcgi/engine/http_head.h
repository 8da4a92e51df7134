/* SPDX-License-Identifier: MIT */
/* What the head of a response says of its body. Only http.c includes this. */
#ifndef SCE_ENGINE_HTTP_HEAD_H
#define SCE_ENGINE_HTTP_HEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/engine.h"

struct http_head {
	unsigned int status;
	bool is_chunked;
	bool has_length;
	uint64_t length;
};

/* text: status line and fields, each with \r\n at its end. 0, or -1. */
int http_head_parse(
    struct http_head *head, const char *text, char why[ENGINE_WHY_MAX]);

/* The line before a chunk: hexadecimal, then perhaps an extension. */
int http_chunk_size(const char *line, uint64_t *size);

#endif
