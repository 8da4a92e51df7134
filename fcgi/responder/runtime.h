/* SPDX-License-Identifier: MIT */
/* What programs can be written in: one row for now. Pure. */
#ifndef SCE_RUNTIME_H
#define SCE_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>

struct runtime {
	const char *language;
	const char *version;
	const char *const *aliases; /* ends with a NULL */
};

/* Ends with a row without language. */
extern const struct runtime runtimes[];

/*
 * By name or alias and by a selector as npm's semver has them: *, 3, 3.x,
 * 3.11.2, one of ^ ~ > >= < <= = before such, several that must all hold
 * between blanks. NULL selects any version. NULL: there is none.
 */
const struct runtime *runtime_find(const char *language, const char *version);

/* Does a version, three numbers, satisfy a selector? */
bool runtime_version_satisfies(const char *version, const char *selector);

#endif
