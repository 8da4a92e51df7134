/* SPDX-License-Identifier: MIT */
/* The result of a run, for the answer and the log. */
#ifndef SCE_RESULT_H
#define SCE_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/frame.h"
#include "common/limits.h"

/*
 * The files that a guest returns, however hostile it is: their names are safe
 * to show, each comes once, in order, and all keep to limits.h. Pure.
 */
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

/* Its bytes belong to whoever filled it in. */
struct result {
	struct verdict verdict;
	const uint8_t *stdout_data; /* as the program wrote it, up to the cap */
	size_t stdout_len;
	const uint8_t *stderr_data;
	size_t stderr_len;
	uint32_t cpu_limit_ms;       /* 0: none of its own */
	uint32_t wall_limit_ms;      /* for the timeout's sentence */
	uint64_t memory_limit_bytes; /* for the memory's sentence */
	bool abandoned;              /* the client went away before the end */
	bool is_compiler; /* the compiler's: the program has not run */
	const struct returned *files; /* NULL: nobody asked for any */
};

/* Takes a FRAME_FILE's payload. 0, or -1: nonsense, or no memory. */
int returned_take(
    struct returned *returned, const uint8_t *payload, size_t len);

/* Takes back a file that is not whole. */
void returned_drop_part(struct returned *returned);

void returned_finish(struct returned *returned);

/* "SIGSEGV" for 11, "40" for a signal without a name: never NULL. */
const char *signal_name(uint32_t signal_number);

#endif
