/* SPDX-License-Identifier: MIT */
/* Owns the table of languages: its rows, and which row a name and a selector of
 * versions mean. */
#include "responder/job/language.h"

#include <stdlib.h>
#include <string.h>

#include "common/args_and_files.h"

/* --- versions --------------------------------------------------------------
 */

#define PARTS 3
#define VERSION_PART_MAX 1000000

struct version {
	unsigned long part[PARTS];
	size_t given; /* so many; the others are any */
};

enum comparison { LESS_EQUAL, MORE_EQUAL, LESS, MORE, CARET, TILDE, EQUAL };

/* EQUAL if there is no sign. */
static enum comparison
take_comparison(const char **text)
{
	/* As the enum has them: a sign that begins another comes after it. */
	static const char *const signs[] = { "<=", ">=", "<", ">", "^", "~",
		"=" };
	enum comparison comparison;
	size_t len;

	for (comparison = LESS_EQUAL; comparison <= EQUAL; comparison++) {
		len = strlen(signs[comparison]);
		if (strncmp(*text, signs[comparison], len) != 0)
			continue;
		*text += len;
		*text += strspn(*text, " ");
		return comparison;
	}
	return EQUAL;
}

/* Takes one part, a number or a sign for any. False: it is neither. */
static bool
take_part(const char **at, struct version *version, size_t i)
{
	if (**at == 'x' || **at == 'X' || **at == '*') {
		(*at)++;
		return true;
	}
	if (**at < '0' || **at > '9')
		return false;
	for (; **at >= '0' && **at <= '9'; (*at)++) {
		if (version->part[i] < VERSION_PART_MAX)
			version->part[i] = version->part[i] * 10 +
					   (unsigned long)(**at - '0');
	}
	if (version->given == i)
		version->given++;
	return true;
}

/* Takes "3.11", "v3", "3.x" or "*", up to a blank or the end. */
static bool
take_version(const char **text, struct version *version)
{
	size_t i;

	memset(version, 0, sizeof(*version));
	*text += **text == 'v';
	for (i = 0; i < PARTS; i++) {
		if (!take_part(text, version, i))
			return false;
		if (**text != '.')
			break;
		(*text)++;
	}
	return **text == '\0' || **text == ' ';
}

/* Compares so many parts. Below 0, 0 or above it. */
static int
compare(const struct version *a, const struct version *b, size_t parts)
{
	size_t i;

	for (i = 0; i < parts; i++) {
		if (a->part[i] != b->part[i])
			return a->part[i] < b->part[i] ? -1 : 1;
	}
	return 0;
}

static bool
holds(const struct version *version, enum comparison comparison,
    const struct version *limit)
{
	int order = compare(version, limit, limit->given);
	size_t alike;

	switch (comparison) {
	case EQUAL:
		return order == 0;
	case CARET:
		alike = limit->given > 1 && limit->part[0] == 0 ? 2 : 1;
		break;
	case TILDE:
		alike = 2;
		break;
	case LESS:
		return order < 0;
	case LESS_EQUAL:
		return order <= 0;
	case MORE:
		return order > 0;
	case MORE_EQUAL:
		return order >= 0;
	default:
		return false;
	}
	alike = alike < limit->given ? alike : limit->given;
	return order >= 0 && compare(version, limit, alike) == 0;
}

bool
language_version_satisfies(const char *version, const char *selector)
{
	enum comparison comparison;
	struct version is;
	struct version limit;

	if (!take_version(&version, &is))
		return false;
	selector += strspn(selector, " ");
	do {
		comparison = take_comparison(&selector);
		if (!take_version(&selector, &limit) ||
		    !holds(&is, comparison, &limit))
			return false;
		selector += strspn(selector, " ");
	} while (*selector != '\0');
	return true;
}

int
language_version_compare(const char *a, const char *b)
{
	struct version first;
	struct version second;

	if (!take_version(&a, &first) || !take_version(&b, &second))
		return 0;
	return compare(&first, &second, PARTS);
}

/* --- rows ------------------------------------------------------------------
 */

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
	return len > 0 && len <= LANGUAGE_NAME_MAX;
}

static bool
take_aliases(char *text, struct language *language)
{
	size_t count = 0;

	while (text != NULL && *text != '\0') {
		if (count == LANGUAGE_ALIASES_MAX)
			return false;
		language->aliases[count] = strsep(&text, ",");
		if (!is_name(language->aliases[count++]))
			return false;
	}
	language->aliases[count] = NULL;
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
take_numbers(char *fields[FIELDS], struct language *language)
{
	uint64_t compiles, is_python, wall_max_ms, wall_default_ms;

	if (!take_number(fields[FIELD_COMPILES], 0, 1, &compiles) ||
	    !take_number(fields[FIELD_IS_PYTHON], 0, 1, &is_python) ||
	    !take_number(
		fields[FIELD_MEMORY], 1, INT64_MAX, &language->memory_bytes) ||
	    !take_number(
		fields[FIELD_TIMEOUT_MAX], 1, WALL_MS_MAX, &wall_max_ms) ||
	    !take_number(
		fields[FIELD_TIMEOUT], 1, wall_max_ms, &wall_default_ms))
		return false;
	language->compiles = compiles == 1;
	language->is_python = is_python == 1;
	language->wall_max_ms = (uint32_t)wall_max_ms;
	language->wall_default_ms = (uint32_t)wall_default_ms;
	return true;
}

const char *
languages_add(struct languages *languages, char *text)
{
	struct language language = { .index = (uint32_t)languages->count };
	char *fields[FIELDS];

	if (languages->count == LANGUAGES_MAX)
		return "there are too many";
	if (!split_fields(text, fields))
		return "it has not as many fields as it is to have";
	language.name = fields[FIELD_NAME];
	language.version = fields[FIELD_VERSION];
	language.file = fields[FIELD_FILE];
	if (!is_name(language.name) ||
	    !take_aliases(fields[FIELD_ALIASES], &language))
		return "a name is not one";
	if (!is_name(language.version) ||
	    !language_version_satisfies(language.version, "*"))
		return "the version is not one";
	if (!extras_path_is_safe(language.file))
		return "the file is not one";
	if (!take_numbers(fields, &language))
		return "a number is out of range";
	languages->rows[languages->count++] = language;
	return NULL;
}

static bool
is_called(const struct language *language, const char *name)
{
	const char *const *alias;

	if (strcmp(language->name, name) == 0)
		return true;
	for (alias = language->aliases; *alias != NULL; alias++) {
		if (strcmp(*alias, name) == 0)
			return true;
	}
	return false;
}

const struct language *
language_find(
    const struct languages *languages, const char *name, const char *version)
{
	const struct language *found = NULL;
	size_t i;

	for (i = 0; i < languages->count; i++) {
		const struct language *row = &languages->rows[i];

		if (!is_called(row, name))
			continue;
		if (version == NULL)
			return row;
		if (!language_version_satisfies(row->version, version))
			continue;
		if (found == NULL ||
		    language_version_compare(row->version, found->version) > 0)
			found = row;
	}
	return found;
}
