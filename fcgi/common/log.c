/* SPDX-License-Identifier: MIT */
/* The log: one escaped line, one write; and the number of a request. */
#include "common/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/bytes.h"

#define TEXT_MAX 1024
#define HEAD_MAX 64
/* An escaped byte takes four; the fields, and the reason. */
#define LINE_MAX_BYTES (HEAD_MAX + 2 * TEXT_MAX * 4 + 16)

static const char *log_program = "";
static int log_threshold = LOG_LEVEL_INFO;

void
log_init(const char *program, int level)
{
	log_program = program;
	log_threshold = level;
}

/* Appends text to line; within quotes a quote and a backslash, too. */
static size_t
escape(char *out, const char *text, bool quoted)
{
	size_t n = 0;

	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= 0x20 && c < 0x7f) {
			if (quoted && (c == '"' || c == '\\'))
				out[n++] = '\\';
			out[n++] = (char)c;
			continue;
		}
		out[n++] = '\\';
		out[n++] = 'x';
		out[n++] = hex_digit(c >> 4);
		out[n++] = hex_digit(c);
	}
	return n;
}

void
log_line(enum log_level level, const char *reason, const char *format, ...)
{
	char text[TEXT_MAX];
	char line[LINE_MAX_BYTES];
	int saved = errno;
	va_list args;
	size_t n;

	if ((int)level > log_threshold)
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	n = (size_t)snprintf(line, HEAD_MAX,
	    "<%d>program=%.32s event=", (int)level, log_program);
	n += escape(line + n, text, false);
	if (reason != NULL) {
		(void)snprintf(text, sizeof(text), "%s", reason);
		memcpy(line + n, " reason=\"", 9);
		n += 9;
		n += escape(line + n, text, true);
		line[n++] = '"';
	}
	line[n++] = '\n';
	/* A full disk or a closed stderr must not stop a service. */
	(void)!write(STDERR_FILENO, line, n);
	errno = saved;
}

void
die(const char *format, ...)
{
	char reason[TEXT_MAX];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	log_line(LOG_LEVEL_ERROR, reason, "fatal");
	exit(EXIT_FAILURE);
}

void
trace_parse(const char *text, uint8_t trace[TRACE_BYTES])
{
	size_t i;

	memset(trace, 0, TRACE_BYTES);
	if (text == NULL || strlen(text) != TRACE_TEXT_BYTES - 1 ||
	    strspn(text, "0123456789abcdef") != TRACE_TEXT_BYTES - 1)
		return;
	for (i = 0; i < TRACE_BYTES; i++) {
		trace[i] = (uint8_t)(hex_value(text[2 * i]) << 4 |
				     hex_value(text[2 * i + 1]));
	}
}

void
trace_format(const uint8_t trace[TRACE_BYTES], char text[TRACE_TEXT_BYTES])
{
	size_t i;

	for (i = 0; i < TRACE_BYTES; i++) {
		text[2 * i] = hex_digit(trace[i] >> 4);
		text[2 * i + 1] = hex_digit(trace[i]);
	}
	text[2 * TRACE_BYTES] = '\0';
}
