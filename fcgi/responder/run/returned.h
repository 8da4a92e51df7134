/* SPDX-License-Identifier: MIT */
/*
 * The files that a guest returns, however hostile it is: their names are safe
 * to show, each comes once, in order, and all keep to limits.h. Pure.
 */
#ifndef SCE_RETURNED_H
#define SCE_RETURNED_H

#include <stddef.h>
#include <stdint.h>

#include "common/limits.h"

struct returned_file {
	char path[EXTRAS_PATH_MAX + 1];
	size_t at; /* of its bytes in data */
	size_t len;
};

/* All zeros are an empty one. */
struct returned {
	uint8_t *data; /* NULL before the first byte */
	size_t len;
	size_t missing; /* bytes of the last file: it is not whole yet */
	size_t count;
	struct returned_file files[RETURN_FILES_MAX];
};

/* Takes a FRAME_FILE's payload. 0, or -1: nonsense, or no memory. */
int returned_take(
    struct returned *returned, const uint8_t *payload, size_t len);

/* Takes back a file that is not whole. */
void returned_drop_part(struct returned *returned);

void returned_finish(struct returned *returned);

#endif
