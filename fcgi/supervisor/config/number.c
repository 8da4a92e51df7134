/* SPDX-License-Identifier: MIT */
/* Numbers of the configuration with their units: 128m, 500ms, 0.5. */
#include <inttypes.h>
#include <string.h>

#include "supervisor/config/schema.h"

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

int
config_number_parse(enum config_type type, const char *text, uint64_t *number)
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
