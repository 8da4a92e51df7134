/* SPDX-License-Identifier: MIT */
/* The modules that a gate imports: names, never code. */
#include <string.h>

#include "supervisor/config/schema.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
#define LETTERS_AND_DIGITS LETTERS "0123456789"

/* name(.name)*, of len bytes. */
static bool
is_module(const char *text, size_t len)
{
	size_t n;

	for (;;) {
		if (len == 0 || strchr(LETTERS, *text) == NULL)
			return false;
		n = strspn(text, LETTERS_AND_DIGITS);
		if (n >= len)
			return true;
		if (text[n] != '.')
			return false;
		text += n + 1;
		len -= n + 1;
	}
}

bool
config_modules_are_valid(const char *text)
{
	return config_list_is_valid(text, is_module);
}
