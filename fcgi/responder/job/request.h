/* SPDX-License-Identifier: MIT */
/*
 * A client's request, whatever API it speaks. Pure. The order of the checks is
 * part of every API's contract: method, content type, size, lexical JSON and
 * UTF-8, members, values.
 */
#ifndef SCE_REQUEST_H
#define SCE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "responder/http/refusal.h"
#include "responder/job/language.h"
#include "responder/json/read.h"

/* The limits of the service, whatever the language. The limits of a language
 * are in its row. */
struct request_limits {
	const struct languages *languages; /* one row at the least */
	uint32_t code_points_max;
	uint32_t body_bytes_max;
	uint32_t files_bytes_max; /* of all files together */
	bool takes_text; /* Piston's paths: text/plain counts as JSON */
};

/* As common/args_and_files.h has them. First come the name of the
 * program and the arguments, then the number of files, then the files. */
struct request_extras {
	uint8_t *data; /* NULL if there are none */
	size_t len;
	size_t size;
};

/* Owns its bytes; request_finish frees them. */
struct request {
	uint8_t *code; /* code_len bytes, then a NUL that is not counted */
	size_t code_len;
	uint8_t *stdin_data; /* NULL if there is none */
	size_t stdin_len;
	struct request_extras extras;
	size_t files_len;                /* of all files in them: bytes */
	const struct language *language; /* what it is written in */
	uint32_t wall_limit_ms;
	/* For its compiler alone; 0: wall_limit_ms is for both together. */
	uint32_t compile_wall_limit_ms;
	uint32_t cpu_limit_ms; /* 0: the wall clock is limit enough */
	uint64_t memory_bytes; /* 0: all that there is */
	bool is_live;          /* the client watches its output as it comes */
	bool returns_files;    /* the answer has the files that it makes */
};

void request_init(struct request *request);
void request_finish(struct request *request);

/* The wall clock of all that happens in its sandbox: milliseconds. */
static inline uint32_t
request_wall_ms(const struct request *request)
{
	return request->wall_limit_ms + request->compile_wall_limit_ms;
}

/* A body on its way to a request, or to a refusal. */
struct body {
	const struct request_limits *limits;
	struct request *request;
	struct refusal *refusal;
	struct json_object *object; /* request_parse fills it in */
};

/*
 * Bytes -> the object, whose members read takes. 0, or -1 with the refusal
 * filled in (400, or 503 when memory is short); the request is then empty.
 * request_finish may follow in any case.
 */
int request_parse(struct body *body, const uint8_t *data, size_t len,
    const struct json_words *words, int (*read)(const struct body *body));

/* The program, if the member of that name is one. 0, or -1 with the refusal
 * filled in. */
int request_take_code(
    const struct body *body, const char *name, struct json_object *value);

/* How a file in a request is named and written. */
struct request_file {
	const char *path; /* json-c's or the caller's */
	struct json_object *content;
	const char *encoding; /* utf8, base64 or hex */
};

/* Each function below: 0, or -1 with the refusal filled in: 400, or 503 when
 * memory is short. args: an array of strings, or NULL. */
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
