/* SPDX-License-Identifier: MIT */
/* One value of the configuration: text to field, and back. */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "supervisor/config/schema.h"

/* What a name may consist of: no blank, no comma, no quote. */
#define NAME_CHARACTERS                                                        \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:/"  \
	"@+[]"

int
config_fail(char why[CONFIG_ERROR_MAX], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, CONFIG_ERROR_MAX, format, args);
	va_end(args);
	return -1;
}

static const char *
type_description(enum config_type type)
{
	switch (type) {
	case CONFIG_SIZE:
		return "a size such as 128m, 64k or 4096";
	case CONFIG_DURATION:
		return "a duration such as 5s, 500ms or 2m";
	case CONFIG_CORES:
		return "a number of cores such as 0.5 or 2";
	case CONFIG_INTEGER:
	case CONFIG_WORD:
	case CONFIG_NAME:
	case CONFIG_PATH:
	case CONFIG_NETWORKS:
	case CONFIG_ORIGINS:
	case CONFIG_MODULES:
	case CONFIG_ALIASES:
	case CONFIG_WORDS:
	case CONFIG_VERSION:
	case CONFIG_FILE:
		break;
	}
	return "a whole number";
}

/* Several, between commas, which are not for docker. */
static bool
is_list(enum config_type type)
{
	return type == CONFIG_NETWORKS || type == CONFIG_ORIGINS ||
	       type == CONFIG_MODULES || type == CONFIG_ALIASES;
}

static bool
is_text(enum config_type type)
{
	return type == CONFIG_NAME || type == CONFIG_PATH ||
	       type == CONFIG_WORDS || type == CONFIG_VERSION ||
	       type == CONFIG_FILE || is_list(type);
}

static int
parse_word(const struct config_key *key, const char *text, uint64_t *number,
    char why[CONFIG_ERROR_MAX])
{
	char words[128] = "";
	size_t len = 0;

	for (const struct config_word *w = key->words; w->word != NULL; w++) {
		if (strcmp(w->word, text) == 0) {
			*number = w->value;
			return 0;
		}
		len += (size_t)snprintf(words + len, sizeof(words) - len,
		    "%s%s", len == 0 ? "" : " or ", w->word);
	}
	return config_fail(why, "must be %s, not \"%s\"", words, text);
}

static bool
has_shape(enum config_type type, const char *text)
{
	switch (type) {
	case CONFIG_NAME:
		return text[0] != '-' &&
		       text[strspn(text, NAME_CHARACTERS)] == '\0';
	case CONFIG_PATH:
		return text[0] == '\0' || text[0] == '/';
	case CONFIG_NETWORKS:
		return config_networks_are_valid(text);
	case CONFIG_ORIGINS:
		return config_origins_are_valid(text);
	case CONFIG_MODULES:
		return config_modules_are_valid(text);
	case CONFIG_ALIASES:
		return config_aliases_are_valid(text);
	case CONFIG_WORDS:
		return config_words_are_valid(text);
	case CONFIG_VERSION:
		return config_version_is_valid(text);
	case CONFIG_FILE:
		return config_file_is_valid(text);
	case CONFIG_SIZE:
	case CONFIG_DURATION:
	case CONFIG_CORES:
	case CONFIG_INTEGER:
	case CONFIG_WORD:
		break;
	}
	return true;
}

/* For the sentence; what is not in it has no text. */
static const char *const shapes[] = {
	[CONFIG_NAME] = "of letters, digits and ._-:/@+[] and not begin with "
			"a -",
	[CONFIG_PATH] = "an absolute path",
	[CONFIG_NETWORKS] = "IP addresses or networks such as 10.0.0.1, "
			    "fd00::/8",
	[CONFIG_ORIGINS] = "* or origins such as https://example.org",
	[CONFIG_MODULES] = "names of modules such as json, os.path",
	[CONFIG_ALIASES] = "at most 8 names such as py, python3",
	[CONFIG_WORDS] = "at most 16 words of letters, digits and "
			 "._-+=:/@%~, the first without a - before it",
	[CONFIG_VERSION] = "three numbers such as 3.11.2",
	[CONFIG_FILE] = "a file's name of letters, digits and ._-+ that "
			"begins with a letter or a digit",
};

static int
parse_text(const struct config_key *key, const char *text, char *field,
    char why[CONFIG_ERROR_MAX])
{
	size_t len = strlen(text);

	if (len < key->min)
		return config_fail(why, "must not be empty");
	if (len > key->max)
		return config_fail(
		    why, "is longer than %" PRIu64 " characters", key->max);
	if (!has_shape(key->type, text))
		return config_fail(why, "must be %s", shapes[key->type]);
	/* A path becomes part of docker's --mount option, which is CSV. */
	if (!is_list(key->type) && strpbrk(text, ",\";") != NULL)
		return config_fail(why,
		    "must not have a comma, a semicolon or a "
		    "double quote in it");
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return config_fail(why,
			    "must not have a control character "
			    "in it");
	}
	/* Zeros to its end, so that equal values are equal bytes. */
	memset(field, 0, key->width);
	memcpy(field, text, len);
	if (key->type == CONFIG_WORDS)
		config_words_squeeze(field);
	return 0;
}

static int
check_range(
    const struct config_key *key, uint64_t value, char why[CONFIG_ERROR_MAX])
{
	char min[32];
	char max[32];

	if (value >= key->min && value <= key->max)
		return 0;
	config_number_format(key->type, key->min, min, sizeof(min));
	config_number_format(key->type, key->max, max, sizeof(max));
	return config_fail(why, "must be between %s and %s", min, max);
}

static void
store_number(void *field, size_t width, uint64_t value)
{
	uint32_t narrow = (uint32_t)value;
	bool truth = value != 0;

	if (width == sizeof(value))
		memcpy(field, &value, sizeof(value));
	else if (width == sizeof(narrow))
		memcpy(field, &narrow, sizeof(narrow));
	else
		memcpy(field, &truth, sizeof(truth));
}

static uint64_t
load_number(const void *field, size_t width)
{
	uint64_t value;
	uint32_t narrow;
	bool truth;

	if (width == sizeof(value)) {
		memcpy(&value, field, sizeof(value));
		return value;
	}
	if (width == sizeof(narrow)) {
		memcpy(&narrow, field, sizeof(narrow));
		return narrow;
	}
	memcpy(&truth, field, sizeof(truth));
	return truth;
}

int
config_value_parse(const struct config_key *key, const char *text, void *base,
    char why[CONFIG_ERROR_MAX])
{
	char *field = (char *)base + key->offset;
	uint64_t number = 0;

	if (is_text(key->type))
		return parse_text(key, text, field, why);
	if (key->type == CONFIG_WORD) {
		if (parse_word(key, text, &number, why) == -1)
			return -1;
	} else if (config_number_parse(key->type, text, &number) == -1) {
		return config_fail(why, "must be %s, not \"%s\"",
		    type_description(key->type), text);
	}
	if (check_range(key, number, why) == -1)
		return -1;
	store_number(field, key->width, number);
	return 0;
}

void
config_value_print(const struct config_key *key, const void *base, FILE *out)
{
	const char *field = (const char *)base + key->offset;
	char text[32];
	uint64_t number;

	if (is_text(key->type)) {
		fputs(field, out);
		return;
	}
	number = load_number(field, key->width);
	if (key->type == CONFIG_WORD) {
		const struct config_word *w = key->words;

		while (w->word != NULL && w->value != number)
			w++;
		fputs(w->word == NULL ? "" : w->word, out);
		return;
	}
	config_number_format(key->type, number, text, sizeof(text));
	fputs(text, out);
}
