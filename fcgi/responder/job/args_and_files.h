/* SPDX-License-Identifier: MIT */
/*
 * JSON -> arguments and files of a job, as extras.h has them. First the name
 * of the program and the arguments, then the files, once each.
 */
#ifndef SCE_REQUEST_EXTRAS_H
#define SCE_REQUEST_EXTRAS_H

#include "responder/job/request.h"

struct json_object;

/* How a file in a request is named and written. */
struct request_file {
	const char *path; /* json-c's or the caller's */
	struct json_object *content;
	const char *encoding; /* utf8, base64 or hex */
};

/*
 * args: an array of strings, or NULL. 0, or -1 with the refusal filled in: 400,
 * or 503 when memory is short.
 */
int request_add_args(struct request *request, const char *script,
    struct json_object *args, struct refusal *refusal);

/* The number of files, then each of them; request->files_len counts their
 * bytes. */
int request_add_file_count(
    struct request *request, size_t count, struct refusal *refusal);
int request_add_file(struct request *request, const struct request_file *file,
    const struct request_limits *limits, struct refusal *refusal);

/* request_files.c: args and files of a body of /run; its runtime is known. */
int request_read_extras(struct json_object *object,
    const struct request_limits *limits, struct request *request,
    struct refusal *refusal);

#endif
