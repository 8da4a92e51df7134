/* SPDX-License-Identifier: MIT */
/* A body's text -> a JSON object, or a sentence about what is wrong with it. */
#ifndef SCE_REQUEST_JSON_H
#define SCE_REQUEST_JSON_H

#include "responder/job/request.h"

struct json_object;

/* What the sentences advise: depends on who is asked. */
struct request_words {
	const char *example; /* "an object such as ..." */
	const char *members; /* "use code, ..." */
};

/*
 * 0 and *object, for json_object_put by the caller; or -1 with the refusal
 * filled in: 400, 413, or 503 when memory is short.
 */
int request_json_parse(const uint8_t *body, size_t body_len,
    const struct request_words *words, struct json_object **object,
    struct refusal *refusal);

/*
 * Members, in request.c. A copy of a string with a NUL behind it, which is not
 * counted; free it. 0, or -1 with the refusal filled in.
 */
int request_take_string(const char *name, struct json_object *value,
    uint8_t **data, size_t *len, struct refusal *refusal);

/* The program, if it is one. */
int request_take_code(struct json_object *value, const char *name,
    const struct request_limits *limits, struct request *request,
    struct refusal *refusal);

/*
 * In request_runtime.c. A member of json-c's that ends at its first NUL, for it
 * has none; NULL if there is no such member. 0, or -1 with the refusal.
 */
int request_read_name(struct json_object *object, const char *name,
    const char **string, struct refusal *refusal);

/* Language and version, and the limits that its row has a say in. 0, or -1 with
 * the refusal filled in. */
int request_read_runtime(struct json_object *object,
    const struct request_limits *limits, struct request *request,
    struct refusal *refusal);

/* Are all of its members known? The list ends with a NULL. advice ends the
 * sentence. 0, or -1 with the refusal filled in. */
int request_check_names(struct json_object *object, const char *const *known,
    const char *advice, struct refusal *refusal);

/* What is shown of a client's own words: bytes with the NUL. */
#define REQUEST_SHOWN_BYTES 64

/* As JSON has them; cut short, they end in three dots. */
void request_show(char out[REQUEST_SHOWN_BYTES], const char *words);

/* The refusal when memory is short. Always returns -1. */
int request_json_no_memory(struct refusal *refusal);

#endif
