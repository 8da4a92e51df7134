/* SPDX-License-Identifier: MIT */
/* The result of a run, for the answer and the log. */
#ifndef SCE_RESULT_H
#define SCE_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/frame.h"
#include "responder/run/returned.h"

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

/* "SIGSEGV" for 11, "40" for a signal without a name: never NULL. */
const char *signal_name(uint32_t signal_number);

#endif
