/* SPDX-License-Identifier: MIT */
/* Owns versions and their selectors. */
#include "responder/job/language.h"

#include <string.h>

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
