/* SPDX-License-Identifier: MIT */
/* executions.log: one JSON object a line, one write a line, append only. */
#ifndef SCE_EXECLOG_H
#define SCE_EXECLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "responder/job/request.h"
#include "responder/run/result.h"

struct execlog_entry {
	struct timespec time; /* CLOCK_REALTIME */
	const char *request_id;
	const char *trace;  /* nginx's number of the request */
	const char *client; /* address */
	const struct request *request;
	const struct result *result;
	uint64_t queue_us;
	bool with_code; /* the program itself, not only its digest */
};

/* The line with its newline, on the heap; NULL when memory is short. */
char *execlog_format(const struct execlog_entry *entry, size_t *len);

/*
 * Formats and writes. 0, or -1 with errno: a full disk loses the line only.
 * *torn remembers a line that was cut, until the next one has ended it.
 */
int execlog_write(int fd, bool *torn, const struct execlog_entry *entry);

#endif
