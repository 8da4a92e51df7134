/* SPDX-License-Identifier: MIT */
/*
 * One line per event on stderr, in logfmt after syslog's level, which the
 * journal understands:
 *
 *   <4>program=sced event=start-failed slot=3 failures=1 reason="no space"
 *
 * Bytes that are not printable ASCII are escaped, so that no text of a
 * stranger's can forge a line; in a reason, quotes too. Not for the guest.
 */
#ifndef SCE_LOG_H
#define SCE_LOG_H

#include <stdint.h>

enum log_level {
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARNING = 4,
	LOG_LEVEL_NOTICE = 5,
	LOG_LEVEL_INFO = 6,
	LOG_LEVEL_DEBUG = 7
};

/* Lines above the level are dropped. program must outlive the process. */
void log_init(const char *program, int level);

/*
 * format is the event's name, then its fields: "start-failed slot=%u". Only
 * reason, a sentence or NULL, may be free text. errno is kept.
 */
void log_line(enum log_level level, const char *reason, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Logs an error and exits with status 1; only before a loop has started. */
void die(const char *format, ...)
    __attribute__((format(printf, 1, 2), noreturn));

#define log_error(...) log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...) log_line(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

/*
 * The number by which one request is found in every log: nginx's $request_id,
 * 16 bytes, written as 32 hexadecimal digits. All zeros: none.
 */
#define TRACE_BYTES 16
#define TRACE_TEXT_BYTES (2 * TRACE_BYTES + 1)

/* Anything but 32 lower-case digits, also NULL, is none. */
void trace_parse(const char *text, uint8_t trace[TRACE_BYTES]);

void trace_format(
    const uint8_t trace[TRACE_BYTES], char text[TRACE_TEXT_BYTES]);

#endif
