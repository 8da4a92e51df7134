/* SPDX-License-Identifier: MIT */
/* The log: one escaped line, one write. */
#include "common/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_MAX 1024
/* An escaped byte takes four. */
#define LINE_MAX_BYTES (TEXT_MAX * 4 + 64)

static const char *log_program = "";
static int log_threshold = LOG_LEVEL_INFO;

void
log_init(const char *program, int level)
{
	log_program = program;
	log_threshold = level;
}

static size_t
escape(char *out, const char *text)
{
	static const char hex[] = "0123456789abcdef";
	size_t n = 0;

	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= 0x20 && c < 0x7f) {
			out[n++] = (char)c;
			continue;
		}
		out[n++] = '\\';
		out[n++] = 'x';
		out[n++] = hex[c >> 4];
		out[n++] = hex[c & 15];
	}
	return n;
}

static void __attribute__((format(printf, 2, 0)))
write_line(enum log_level level, const char *format, va_list args)
{
	char text[TEXT_MAX];
	char line[LINE_MAX_BYTES];
	int n;

	(void)vsnprintf(text, sizeof(text), format, args);
	n = snprintf(line, 48, "<%d>%.32s: ", (int)level, log_program);
	n += (int)escape(line + n, text);
	line[n++] = '\n';
	/* A full disk or a closed stderr must not stop a service. */
	if (write(STDERR_FILENO, line, (size_t)n) == -1)
		return;
}

void
log_line(enum log_level level, const char *format, ...)
{
	va_list args;
	int saved = errno;

	if ((int)level > log_threshold)
		return;
	va_start(args, format);
	write_line(level, format, args);
	va_end(args);
	errno = saved;
}

void
die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line(LOG_LEVEL_ERROR, format, args);
	va_end(args);
	exit(EXIT_FAILURE);
}
