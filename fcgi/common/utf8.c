/* SPDX-License-Identifier: MIT */
/*
 * Owns what is and what is not UTF-8. Both uses walk over parts of the input:
 * one valid character, or one maximal invalid part, which is as much of a
 * character as could still have become valid (Unicode 15, section 3.9).
 */
#include "common/utf8.h"

#include <string.h>

enum utf8_part {
	UTF8_VALID,
	UTF8_INVALID,
	UTF8_INCOMPLETE /* the bytes end before the character does */
};

/* How many bytes a character that begins so has, 0 if none does. */
static size_t
sequence_len(uint8_t lead)
{
	if (lead < 0x80)
		return 1;
	if (lead < 0xc2 || lead > 0xf4)
		return 0;
	if (lead < 0xe0)
		return 2;
	return lead < 0xf0 ? 3 : 4;
}

/* The second byte keeps out overlong forms, surrogates, above U+10FFFF. */
static void
second_byte_range(uint8_t lead, uint8_t *low, uint8_t *high)
{
	*low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	*high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
}

/* Looks at the part at buf, len > 0. *part_len gets its length, at least 1. */
static enum utf8_part
next_part(const uint8_t *buf, size_t len, size_t *part_len)
{
	size_t whole_len = sequence_len(buf[0]);
	uint8_t low, high;

	*part_len = 1;
	if (whole_len == 0)
		return UTF8_INVALID;
	second_byte_range(buf[0], &low, &high);
	while (*part_len < whole_len) {
		if (*part_len == len)
			return UTF8_INCOMPLETE;
		if (buf[*part_len] < low || buf[*part_len] > high)
			return UTF8_INVALID;
		low = 0x80;
		high = 0xbf;
		++*part_len;
	}
	return UTF8_VALID;
}

bool
utf8_check(const uint8_t *buf, size_t len, size_t *code_points)
{
	size_t count = 0;
	size_t part_len;

	for (size_t at = 0; at < len; at += part_len) {
		if (next_part(buf + at, len - at, &part_len) != UTF8_VALID)
			return false;
		count++;
	}
	if (code_points != NULL)
		*code_points = count;
	return true;
}

size_t
utf8_whole_len(const uint8_t *buf, size_t len)
{
	size_t part_len;
	size_t back;

	/* It would begin within the last three bytes. */
	for (back = 1; back <= 3 && back <= len; back++) {
		if (next_part(buf + len - back, back, &part_len) ==
		    UTF8_INCOMPLETE)
			return len - back;
	}
	return len;
}

size_t
utf8_repair(const uint8_t *buf, size_t len, bool cut, uint8_t *out)
{
	static const uint8_t replacement[] = { 0xef, 0xbf, 0xbd };
	enum utf8_part part;
	size_t out_len = 0;
	size_t part_len;

	for (size_t at = 0; at < len; at += part_len) {
		part = next_part(buf + at, len - at, &part_len);
		if (part == UTF8_INCOMPLETE && cut)
			break; /* it is the last part */
		if (part == UTF8_VALID) {
			memcpy(out + out_len, buf + at, part_len);
			out_len += part_len;
		} else {
			memcpy(out + out_len, replacement, sizeof(replacement));
			out_len += sizeof(replacement);
		}
	}
	return out_len;
}
