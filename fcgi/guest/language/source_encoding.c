/* SPDX-License-Identifier: MIT */
/*
 * Finds an encoding declaration as CPython's tokenizer does (PEP 263): in a
 * comment that has its line to itself, "coding" and ":" or "=" and a name.
 * The tokenizer reads UTF-8 itself; for any other name, "utf8" included, it
 * hands the file to a codec and seeks it to do so.
 */
#include "guest/language/language.h"

#include <ctype.h>
#include <string.h>

/*
 * PEP 263 says two, but the tokenizer has been seen to take a declaration
 * from the third, after empty lines. One more for good measure.
 */
#define LINES_MAX 4

static const uint8_t utf8_mark[] = { 0xef, 0xbb, 0xbf };

static bool
is_name_byte(uint8_t byte)
{
	return (byte < 0x80 && isalnum(byte)) || byte == '-' || byte == '_' ||
	       byte == '.';
}

/* Case and "_" for "-" do not matter; what follows "utf-8-" neither. */
static bool
name_is_utf8(const uint8_t *name, size_t len)
{
	static const char utf8[] = "utf-8";
	size_t i;

	for (i = 0; i < len && utf8[i] != '\0'; i++)
		if ((name[i] == '_' ? '-' : tolower(name[i])) != utf8[i])
			return false;
	return utf8[i] == '\0' &&
	       (i == len || name[i] == '-' || name[i] == '_');
}

/* The length of the name that follows "coding" at text; *name is its start. */
static size_t
name_after_coding(const uint8_t *text, size_t len, const uint8_t **name)
{
	size_t i = 1;
	size_t start;

	if (len == 0 || (text[0] != ':' && text[0] != '='))
		return 0;
	while (i < len && (text[i] == ' ' || text[i] == '\t'))
		i++;
	start = i;
	while (i < len && is_name_byte(text[i]))
		i++;
	*name = text + start;
	return i - start;
}

static bool
line_needs_seek(const uint8_t *line, size_t len)
{
	static const char word[] = "coding";
	const size_t word_len = sizeof(word) - 1;
	const uint8_t *name = NULL;
	size_t name_len;
	size_t i = 0;

	while (
	    i < len && (line[i] == ' ' || line[i] == '\t' || line[i] == '\f'))
		i++;
	if (i == len || line[i] != '#')
		return false;
	for (; len - i > word_len; i++) {
		if (memcmp(line + i, word, word_len) != 0)
			continue;
		name_len = name_after_coding(
		    line + i + word_len, len - i - word_len, &name);
		if (name_len > 0)
			return !name_is_utf8(name, name_len);
	}
	return false;
}

bool
source_encoding_needs_seek(const uint8_t *code, size_t len)
{
	size_t at = 0;
	size_t end;
	int lines;

	if (len >= sizeof(utf8_mark) &&
	    memcmp(code, utf8_mark, sizeof(utf8_mark)) == 0)
		at = sizeof(utf8_mark);
	for (lines = 0; lines < LINES_MAX && at < len; lines++) {
		end = at;
		while (end < len && code[end] != '\n' && code[end] != '\r')
			end++;
		if (line_needs_seek(code + at, end - at))
			return true;
		at = end + 1;
		if (end + 1 < len && code[end] == '\r' && code[end + 1] == '\n')
			at++;
	}
	return false;
}
