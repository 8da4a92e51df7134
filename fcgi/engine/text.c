/* SPDX-License-Identifier: MIT */
/* Checks names, encodes them for URLs, and writes errors; pure. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/engine.h"

#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define NAME_LEN_MAX 255

static bool
is_of(const char *text, const char *first, const char *rest)
{
	size_t len = strlen(text);

	return len > 0 && len <= NAME_LEN_MAX &&
	       strchr(first, text[0]) != NULL && strspn(text, rest) == len;
}

bool
name_is_container(const char *name)
{
	return is_of(name, ALNUM, ALNUM "_.-");
}

bool
name_is_image(const char *name)
{
	return is_of(name, ALNUM, ALNUM "_.-/:@") &&
	       strstr(name, "//") == NULL && strstr(name, "/.") == NULL &&
	       name[strlen(name) - 1] != '/';
}

int
name_escape(char path[NAME_PATH_MAX], const char *text)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t used = strlen(path);

	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (used > NAME_PATH_MAX - 4)
			return -1;
		if (strchr(ALNUM "-._~", c) != NULL) {
			path[used++] = *text;
		} else {
			path[used++] = '%';
			path[used++] = digits[c >> 4];
			path[used++] = digits[c & 15];
		}
	}
	path[used] = '\0';
	return 0;
}

/* One line, whatever the Engine put into it. */
int
engine_fail(char why[ENGINE_WHY_MAX], const char *format, ...)
{
	va_list list;
	char *at;

	va_start(list, format);
	if (vsnprintf(why, ENGINE_WHY_MAX, format, list) < 0)
		why[0] = '\0';
	va_end(list);
	for (at = why; *at != '\0'; at++) {
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = ' ';
	}
	/* Go's messages may end with a newline. */
	while (at > why && at[-1] == ' ')
		*--at = '\0';
	return -1;
}
