/* SPDX-License-Identifier: MIT */
/*
 * JSON -> arguments and files of a job, as common/args_and_files.h has them.
 * First come the name of the program and the arguments, then the number of
 * files, then the files. Each function: 0, or -1 with the refusal filled in:
 * 400, or 503 when memory is short.
 */
#ifndef SCE_JOB_ARGS_AND_FILES_H
#define SCE_JOB_ARGS_AND_FILES_H

#include "responder/job/request.h"

/* How a file in a request is named and written. */
struct request_file {
	const char *path; /* json-c's or the caller's */
	struct json_object *content;
	const char *encoding; /* utf8, base64 or hex */
};

/* args: an array of strings, or NULL. */
int request_add_args(struct request *request, const char *script,
    struct json_object *args, struct refusal *refusal);

int request_add_file_count(
    struct request *request, size_t count, struct refusal *refusal);

/* One file; request->files_len counts the bytes of all. */
int request_add_file(struct request *request, const struct request_file *file,
    const struct request_limits *limits, struct refusal *refusal);

/* For a name that is none. Always returns -1. */
int request_refuse_path(struct refusal *refusal);

#endif
