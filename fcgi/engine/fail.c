/* SPDX-License-Identifier: MIT */
/* Writes an error as one line, whatever the Engine put into it. */
#include <stdarg.h>
#include <stdio.h>

#include "engine/engine.h"

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
