/* SPDX-License-Identifier: MIT */
/*
 * A job carries, beside its program and its stdin, the name under which the
 * program is started, its arguments, and files to lie beside it. As bytes, with
 * numbers of 32 bits, big endian:
 *
 *   count, then so many strings: the name, then the arguments
 *   count, then so many files: a string, its path; a length, and its bytes
 *
 * A string is its length, its bytes, a NUL that is not counted. No bytes at all
 * stand for main.py alone. A pure codec.
 */
#ifndef SCE_EXTRAS_H
#define SCE_EXTRAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/limits.h"

/* The name, unless the job says another. */
#define EXTRAS_SCRIPT "main.py"

/* The bytes that are left to read. */
struct extras_cursor {
	const uint8_t *at;
	size_t left;
};

struct extras_file {
	const char *path; /* below the working directory */
	const uint8_t *data;
	uint32_t len;
};

/* Are these bytes as above, below the ceilings of limits.h, each path safe? */
bool extras_are_valid(const uint8_t *buf, size_t len);

/*
 * A path that stays below the directory it begins in: components between
 * single slashes, none of them . or .., EXTRAS_DEPTH_MAX at the most.
 */
bool extras_path_is_safe(const char *path);

/*
 * The name and the arguments of valid bytes, which point into buf, then a NULL.
 * Returns how many there are: 1 at least.
 */
size_t extras_argv(
    const uint8_t *buf, size_t len, const char *argv[EXTRAS_ARGS_MAX + 2]);

/* Begins with the first file. */
void extras_files(struct extras_cursor *cursor, const uint8_t *buf, size_t len);

/* The next file; false: there was none left. */
bool extras_next(struct extras_cursor *cursor, struct extras_file *file);

#endif
