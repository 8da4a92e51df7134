/* SPDX-License-Identifier: MIT */
/* Owns the table of runtimes: its rows, and which row a name means. */
#include "responder/job/runtime.h"

#include <stdlib.h>
#include <string.h>

#include "common/args_and_files.h"

enum field {
	FIELD_NAME,
	FIELD_VERSION,
	FIELD_ALIASES,
	FIELD_FILE,
	FIELD_COMPILES,
	FIELD_MEMORY,
	FIELD_TIMEOUT,
	FIELD_TIMEOUT_MAX,
	FIELD_IS_PYTHON,
	FIELDS
};

/* Cuts text at each tab. False: there are more or fewer than FIELDS. */
static bool
split_fields(char *text, char *fields[FIELDS])
{
	size_t i;

	for (i = 0; i < FIELDS; i++) {
		fields[i] = strsep(&text, "\t");
		if (fields[i] == NULL)
			return false;
	}
	return text == NULL;
}

/* A name is one word that can be shown and sent as it is. */
static bool
is_name(const char *name)
{
	size_t len = strlen(name);
	size_t i;

	for (i = 0; i < len; i++) {
		if (name[i] <= ' ' || name[i] > '~' || name[i] == ',')
			return false;
	}
	return len > 0 && len <= RUNTIME_NAME_MAX;
}

static bool
take_aliases(char *text, struct runtime *runtime)
{
	size_t count = 0;

	while (text != NULL && *text != '\0') {
		if (count == RUNTIME_ALIASES_MAX)
			return false;
		runtime->aliases[count] = strsep(&text, ",");
		if (!is_name(runtime->aliases[count++]))
			return false;
	}
	runtime->aliases[count] = NULL;
	return text == NULL || count == 0;
}

/* Decimal digits alone. */
static bool
take_number(const char *text, uint64_t min, uint64_t max, uint64_t *number)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	*number = strtoull(text, &end, 10);
	return *end == '\0' && *number >= min && *number <= max;
}

static bool
take_numbers(char *fields[FIELDS], struct runtime *runtime)
{
	uint64_t compiles, is_python, wall_max_ms, wall_default_ms;

	if (!take_number(fields[FIELD_COMPILES], 0, 1, &compiles) ||
	    !take_number(fields[FIELD_IS_PYTHON], 0, 1, &is_python) ||
	    !take_number(
		fields[FIELD_MEMORY], 1, INT64_MAX, &runtime->memory_bytes) ||
	    !take_number(
		fields[FIELD_TIMEOUT_MAX], 1, WALL_MS_MAX, &wall_max_ms) ||
	    !take_number(
		fields[FIELD_TIMEOUT], 1, wall_max_ms, &wall_default_ms))
		return false;
	runtime->compiles = compiles == 1;
	runtime->is_python = is_python == 1;
	runtime->wall_max_ms = (uint32_t)wall_max_ms;
	runtime->wall_default_ms = (uint32_t)wall_default_ms;
	return true;
}

const char *
runtimes_add(struct runtimes *runtimes, char *text)
{
	struct runtime runtime = { .index = (uint32_t)runtimes->count };
	char *fields[FIELDS];

	if (runtimes->count == RUNTIMES_MAX)
		return "there are too many";
	if (!split_fields(text, fields))
		return "it has not as many fields as it is to have";
	runtime.language = fields[FIELD_NAME];
	runtime.version = fields[FIELD_VERSION];
	runtime.file = fields[FIELD_FILE];
	if (!is_name(runtime.language) ||
	    !take_aliases(fields[FIELD_ALIASES], &runtime))
		return "a name is not one";
	if (!is_name(runtime.version) ||
	    !runtime_version_satisfies(runtime.version, "*"))
		return "the version is not one";
	if (!extras_path_is_safe(runtime.file))
		return "the file is not one";
	if (!take_numbers(fields, &runtime))
		return "a number is out of range";
	runtimes->rows[runtimes->count++] = runtime;
	return NULL;
}

static bool
is_called(const struct runtime *runtime, const char *language)
{
	const char *const *alias;

	if (strcmp(runtime->language, language) == 0)
		return true;
	for (alias = runtime->aliases; *alias != NULL; alias++) {
		if (strcmp(*alias, language) == 0)
			return true;
	}
	return false;
}

const struct runtime *
runtime_find(
    const struct runtimes *runtimes, const char *language, const char *version)
{
	const struct runtime *found = NULL;
	size_t i;

	for (i = 0; i < runtimes->count; i++) {
		const struct runtime *row = &runtimes->rows[i];

		if (!is_called(row, language))
			continue;
		if (version == NULL)
			return row;
		if (!runtime_version_satisfies(row->version, version))
			continue;
		if (found == NULL ||
		    runtime_version_compare(row->version, found->version) > 0)
			found = row;
	}
	return found;
}
