/* SPDX-License-Identifier: MIT */
/* As much of HTTP as a load generator needs. */
#ifndef SCE_BENCH_HTTP_H
#define SCE_BENCH_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "tally.h"

/* A file, a body, an answer. */
#define HTTP_BYTES_MAX (512 * 1024)

/* From malloc; NULL with errno. */
char *http_read_file(const char *path, size_t *len);

/* A POST of this body; NULL: no memory. */
char *http_make_request(const char *path, const char *body, size_t body_len,
    bool keep, size_t *len);

/*
 * Whether all of it is there, and then what it is: ENDED_OK for a 200 with
 * just this body, ENDED_REFUSED for a 503 with a reason, else ENDED_WRONG; and
 * whether the connection can be used again. answer ends with a NUL.
 */
bool http_answer_is_whole(char *answer, size_t got, const char *expected,
    size_t expected_len, enum ending *ending, bool *kept);

#endif
