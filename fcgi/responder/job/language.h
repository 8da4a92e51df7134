/* SPDX-License-Identifier: MIT */
/*
 * The languages of programs: a table whose rows come from sced, each in one
 * argument. Pure.
 */
#ifndef SCE_LANGUAGE_H
#define SCE_LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/limits.h"

struct language {
	uint32_t index; /* of its row, as sced has it */
	const char *name;
	const char *version;
	const char *aliases[LANGUAGE_ALIASES_MAX + 1]; /* ends with a NULL */
	const char *file; /* what a program without a name is called */
	bool compiles;    /* before it runs */
	bool is_python;   /* its own health can be asked in Python */
	uint64_t memory_bytes;
	uint32_t wall_default_ms;
	uint32_t wall_max_ms;
};

struct languages {
	struct language rows[LANGUAGES_MAX];
	size_t count;
};

/*
 * Adds a row, of fields between tabs: name, version, aliases between commas or
 * none, file, compiles (0 or 1), memory in bytes, timeout and timeout_max in
 * ms, is_python (0 or 1). The row points into text, which is cut up and has to
 * stay. NULL, or a sentence on what is wrong; then the row is not added.
 */
const char *languages_add(struct languages *languages, char *text);

/*
 * Finds a row by name or alias, and by a selector as npm's semver has them: *,
 * 3, 3.x, 3.11.2, one of ^ ~ > >= < <= = before such, or several between blanks
 * that must all hold. The newest row that fits; or, with NULL for any version,
 * the first. NULL: there is none.
 */
const struct language *language_find(
    const struct languages *languages, const char *name, const char *version);

/* Does a version, up to three numbers, satisfy a selector? */
bool language_version_satisfies(const char *version, const char *selector);

/* 0: both are the same; below 0: a is the older one. */
int language_version_compare(const char *a, const char *b);

#endif
