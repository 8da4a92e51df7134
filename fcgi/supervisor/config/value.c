/* SPDX-License-Identifier: MIT */
/*
 * Converts one value of the configuration from text to field, and back; numbers
 * with their units: 128m, 500ms, 0.5.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "supervisor/config/schema.h"

/* More than a line of the file. */
#define ADDED_MAX 256

struct unit {
	const char *suffix;
	uint64_t factor;
};

/* Smallest first; zero is written with the first. */
static const struct unit plain_units[] = { { "", 1 }, { NULL, 0 } };
static const struct unit core_units[] = { { "", 1000 }, { NULL, 0 } };
static const struct unit size_units[] = { { "", 1 }, { "k", 1 << 10 },
	{ "m", 1 << 20 }, { "g", 1 << 30 }, { NULL, 0 } };
static const struct unit time_units[] = { { "ms", 1 }, { "s", 1000 },
	{ "m", 60000 }, { "h", 3600000 }, { NULL, 0 } };

static const struct unit *const units[] = {
	[CONFIG_INTEGER] = plain_units,
	[CONFIG_SIZE] = size_units,
	[CONFIG_DURATION] = time_units,
	[CONFIG_CORES] = core_units,
};

/* Takes digits off *text; a number that is too large becomes UINT64_MAX. */
static uint64_t
take_digits(const char **text)
{
	uint64_t value = 0;

	for (; **text >= '0' && **text <= '9'; (*text)++) {
		uint64_t digit = (uint64_t)(**text - '0');

		if (value > (UINT64_MAX - digit) / 10)
			value = UINT64_MAX;
		else
			value = value * 10 + digit;
	}
	return value;
}

/* Takes ".5", in thousandths. -1 unless there are one to three digits. */
static int
take_thousandths(const char **text, uint64_t *thousandths)
{
	const char *start = *text + 1;
	size_t digits = strspn(start, "0123456789");

	*thousandths = 0;
	if (**text != '.')
		return 0;
	if (digits < 1 || digits > 3)
		return -1;
	*text = start;
	*thousandths = take_digits(text);
	for (; digits < 3; digits++)
		*thousandths *= 10;
	return 0;
}

/* 0 and *number, or -1: not written as this type is. */
static int
parse_number(enum config_type type, const char *text, uint64_t *number)
{
	const struct unit *unit = units[type];
	uint64_t fraction = 0;
	uint64_t value;

	if (*text < '0' || *text > '9')
		return -1;
	value = take_digits(&text);
	if (type == CONFIG_CORES && take_thousandths(&text, &fraction) == -1)
		return -1;
	while (unit->suffix != NULL && strcmp(unit->suffix, text) != 0)
		unit++;
	if (unit->suffix == NULL)
		return -1;
	if (value > (UINT64_MAX - fraction) / unit->factor)
		*number = UINT64_MAX;
	else
		*number = value * unit->factor + fraction;
	return 0;
}

/* Writes 500 as 0.5, without zeros at the end. */
static void
format_cores(uint64_t thousandths, char *out, size_t out_size)
{
	size_t len;

	(void)snprintf(out, out_size, "%" PRIu64 ".%03u", thousandths / 1000,
	    (unsigned int)(thousandths % 1000));
	len = strlen(out);
	while (len > 0 && out[len - 1] == '0')
		out[--len] = '\0';
	if (len > 0 && out[len - 1] == '.')
		out[--len] = '\0';
}

void
config_number_format(
    enum config_type type, uint64_t value, char *out, size_t out_size)
{
	const struct unit *unit = units[type];

	if (type == CONFIG_CORES) {
		format_cores(value, out, out_size);
		return;
	}
	while (
	    value != 0 && unit[1].suffix != NULL && value % unit[1].factor == 0)
		unit++;
	snprintf(
	    out, out_size, "%" PRIu64 "%s", value / unit->factor, unit->suffix);
}

int
config_fail(char why[CONFIG_ERROR_MAX], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, CONFIG_ERROR_MAX, format, args);
	va_end(args);
	return -1;
}

bool
config_key_is_list(const struct config_key *key)
{
	return key->type >= CONFIG_NETWORKS;
}

static bool
is_text(const struct config_key *key)
{
	return key->type >= CONFIG_NAME;
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

static int
parse_text(const struct config_key *key, const char *text, char *field,
    char why[CONFIG_ERROR_MAX])
{
	size_t len = strlen(text);

	if (len < key->min)
		return config_fail(why, "must not be empty");
	if (len >= key->width)
		return config_fail(
		    why, "is longer than %zu characters", key->width - 1);
	if (!config_shape_fits(key->type, text))
		return config_fail(
		    why, "must be %s", config_shape_describe(key->type));
	/* A path becomes part of docker's --mount option, which is CSV. */
	if (!config_key_is_list(key) && strpbrk(text, ",\";") != NULL)
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
	if (key->type == CONFIG_WORDS)
		config_words_squeeze(text, field);
	else
		memcpy(field, text, len);
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

/* A number's field has one of three types, which its width tells. */
static void
store_number(void *field, size_t width, uint64_t value)
{
	if (width == sizeof(uint64_t))
		*(uint64_t *)field = value;
	else if (width == sizeof(uint32_t))
		*(uint32_t *)field = (uint32_t)value;
	else
		*(bool *)field = value != 0;
}

static uint64_t
load_number(const void *field, size_t width)
{
	if (width == sizeof(uint64_t))
		return *(const uint64_t *)field;
	if (width == sizeof(uint32_t))
		return *(const uint32_t *)field;
	return *(const bool *)field;
}

int
config_value_append(const struct config_key *key, const char *text, void *base,
    char why[CONFIG_ERROR_MAX])
{
	char *field = (char *)base + key->offset;
	char joined[CONFIG_LIST_MAX + ADDED_MAX];

	(void)snprintf(joined, sizeof(joined), "%s,%s", field, text);
	config_list_compact(joined, joined);
	return parse_text(key, joined, field, why);
}

int
config_value_parse(const struct config_key *key, const char *text, void *base,
    char why[CONFIG_ERROR_MAX])
{
	char *field = (char *)base + key->offset;
	uint64_t number = 0;

	/* A list that may not fit one printed line is kept without blanks. */
	if (config_key_is_list(key) && strlen(text) >= CONFIG_STRING_MAX) {
		field[0] = '\0';
		return config_value_append(key, text, base, why);
	}
	if (is_text(key))
		return parse_text(key, text, field, why);
	if (key->type == CONFIG_WORD) {
		if (parse_word(key, text, &number, why) == -1)
			return -1;
	} else if (parse_number(key->type, text, &number) == -1) {
		return config_fail(why, "must be %s, not \"%s\"",
		    config_shape_describe(key->type), text);
	}
	if (check_range(key, number, why) == -1)
		return -1;
	store_number(field, key->width, number);
	return 0;
}

/* A long list has a line for each item. */
static void
print_text(const char *field, FILE *out)
{
	bool is_long = strlen(field) >= CONFIG_STRING_MAX;

	if (is_long)
		fputs("\n\t", out);
	for (; *field != '\0'; field++) {
		if (is_long && *field == ',')
			fputs("\n\t", out);
		else
			fputc(*field, out);
	}
}

void
config_value_print(const struct config_key *key, const void *base, FILE *out)
{
	const char *field = (const char *)base + key->offset;
	char text[32];
	uint64_t number;

	if (is_text(key)) {
		print_text(field, out);
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
