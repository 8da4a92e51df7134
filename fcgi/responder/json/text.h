/* SPDX-License-Identifier: MIT */
/* What a stream has to say, as valid UTF-8. */
#ifndef SCE_TEXT_H
#define SCE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/limits.h"

/* The bytes are on the heap; text_finish frees them. */
struct text {
	char *data;
	size_t len;
};

/* Repaired; cut: half a character at the end is dropped. 0, or -1: ENOMEM. */
int text_repair(struct text *text, const uint8_t *data, size_t len, bool cut);

/* The same, without its trailing newlines. */
int text_init(struct text *text, const uint8_t *data, size_t len, bool cut);

void text_finish(struct text *text);

#endif
