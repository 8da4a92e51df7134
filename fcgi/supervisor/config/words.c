/* SPDX-License-Identifier: MIT */
/*
 * The texts of a runtime's row. They become words of the guest's argv and of
 * the responders', hence no blank, no tab and no quote where none is meant.
 */
#include <string.h>

#include "common/words.h"
#include "supervisor/config/schema.h"

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define NAME_CHARACTERS LOWER DIGITS ".+_-"
#define FILE_CHARACTERS LOWER UPPER DIGITS "._-+"
#define WORD_CHARACTERS LOWER UPPER DIGITS "._-+=:/@%~"
#define BLANK " "
#define VERSION_DIGITS_MAX 6

bool
config_name_is_valid(const char *text, size_t len)
{
	if (len < 1 || len >= RUNTIME_NAME_MAX ||
	    strchr(LOWER DIGITS, text[0]) == NULL)
		return false;
	return strspn(text, NAME_CHARACTERS) >= len;
}

bool
config_aliases_are_valid(const char *text)
{
	char items[CONFIG_STRING_MAX];
	size_t count = 1;
	size_t i;

	if (strlen(text) >= sizeof(items) ||
	    !config_list_is_valid(text, config_name_is_valid))
		return false;
	config_list_compact(text, items);
	for (i = 0; items[i] != '\0'; i++)
		count += items[i] == ',';
	return count <= RUNTIME_ALIASES_MAX;
}

bool
config_words_are_valid(const char *text)
{
	size_t count = 0;
	size_t len;

	for (text += strspn(text, BLANK); *text != '\0';
	     text += strspn(text, BLANK)) {
		len = strspn(text, WORD_CHARACTERS);
		if (len == 0 || (count == 0 && *text == '-') ||
		    (text[len] != '\0' && text[len] != BLANK[0]))
			return false;
		text += len;
		count++;
	}
	return count <= WORDS_MAX;
}

void
config_words_squeeze(char *text)
{
	const char *from = text + strspn(text, BLANK);
	const char *end = text + strlen(text);
	char *to = text;
	size_t len;

	while (*from != '\0') {
		len = strcspn(from, BLANK);
		if (to != text)
			*to++ = ' ';
		memmove(to, from, len);
		to += len;
		from += len;
		from += strspn(from, BLANK);
	}
	/* Zeros to its end, so that equal values are equal bytes. */
	memset(to, 0, (size_t)(end - to));
}

bool
config_version_is_valid(const char *text)
{
	size_t digits;
	int part;

	for (part = 0; part < 3; part++) {
		digits = strspn(text, DIGITS);
		if (digits < 1 || digits > VERSION_DIGITS_MAX)
			return false;
		text += digits;
		if (part < 2 && *text++ != '.')
			return false;
	}
	return *text == '\0';
}

bool
config_file_is_valid(const char *text)
{
	return text[0] != '\0' && strchr("._-+", text[0]) == NULL &&
	       text[strspn(text, FILE_CHARACTERS)] == '\0';
}
