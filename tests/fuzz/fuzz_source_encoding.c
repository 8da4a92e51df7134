/* SPDX-License-Identifier: MIT */
/*
 * A declaration that CPython would seek the file for is never missed, and no
 * other taken for one: what PEP 263's own expression finds is found. And only
 * the first lines count, a byte order mark changes nothing, and without the
 * word there is no declaration.
 */
#include <assert.h>
#include <ctype.h>
#include <regex.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "guest/language/language.h"

#define LINES 4 /* PEP 263 says two; see the module why there are more */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t mark[] = { 0xef, 0xbb, 0xbf };

/* In memory of exactly its size, so that a read beyond it is seen. */
static bool
needs_seek(const uint8_t *code, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);
	bool result;

	assert(copy != NULL);
	if (len > 0)
		memcpy(copy, code, len);
	result = source_encoding_needs_seek(copy, len);
	free(copy);
	return result;
}

static bool
has_mark(const uint8_t *code, size_t len)
{
	return len >= sizeof(mark) && memcmp(code, mark, sizeof(mark)) == 0;
}

/* As the tokenizer normalises it. */
static bool
is_utf8(const char *name, size_t len)
{
	char lower[8] = "";
	size_t i;

	for (i = 0; i < len && i < sizeof(lower) - 1; i++)
		lower[i] = name[i] == '_' ? '-'
					  : (char)tolower((uint8_t)name[i]);
	return strcmp(lower, "utf-8") == 0 || strncmp(lower, "utf-8-", 6) == 0;
}

/* Does a line, without its end, declare an encoding that is not UTF-8? */
static bool
declared(const regex_t *pattern, const char *line)
{
	regmatch_t match[2];

	if (line[strspn(line, " \t\f")] != '#' ||
	    regexec(pattern, line, 2, match, 0) != 0)
		return false;
	return !is_utf8(
	    line + match[1].rm_so, (size_t)(match[1].rm_eo - match[1].rm_so));
}

static size_t
line_length(const uint8_t *code, size_t len)
{
	size_t n = 0;

	while (n < len && code[n] != '\n' && code[n] != '\r')
		n++;
	return n;
}

/* Behind the line's end, which may be of two bytes. */
static size_t
next_line(const uint8_t *code, size_t len, size_t at)
{
	at += line_length(code + at, len - at);
	if (len - at >= 2 && code[at] == '\r' && code[at + 1] == '\n')
		return at + 2;
	return at < len ? at + 1 : at;
}

/* Of text without NUL. */
static bool
pep_263_finds(const uint8_t *code, size_t len)
{
	static regex_t pattern;
	static bool compiled;
	size_t at = has_mark(code, len) ? sizeof(mark) : 0;
	bool found = false;
	int i;

	if (!compiled)
		assert(regcomp(&pattern, "coding[:=][ \t]*([-_.a-zA-Z0-9]+)",
			   REG_EXTENDED) == 0);
	compiled = true;
	for (i = 0; i < LINES && at < len && !found; i++) {
		char *line = strndup(
		    (const char *)code + at, line_length(code + at, len - at));

		assert(line != NULL);
		found = declared(&pattern, line);
		free(line);
		at = next_line(code, len, at);
	}
	return found;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool result = needs_seek(data, size);
	size_t at = has_mark(data, size) ? sizeof(mark) : 0;
	uint8_t *marked = malloc(sizeof(mark) + size);
	int i;

	assert(marked != NULL);
	if (memchr(data, '\0', size) == NULL)
		assert(pep_263_finds(data, size) == result);
	if (memmem(data, size, "coding", 6) == NULL)
		assert(!result);
	for (i = 0; i < LINES; i++)
		at = next_line(data, size, at);
	assert(needs_seek(data, at) == result);
	if (!has_mark(data, size)) {
		memcpy(marked, mark, sizeof(mark));
		if (size > 0)
			memcpy(marked + sizeof(mark), data, size);
		assert(needs_seek(marked, sizeof(mark) + size) == result);
	}
	free(marked);
	return 0;
}
