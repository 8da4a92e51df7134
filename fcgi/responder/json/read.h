/* SPDX-License-Identifier: MIT */
/* A body's text -> a JSON object and its members, or why it is refused. */
#ifndef SCE_JSON_READ_H
#define SCE_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "responder/http/refusal.h"

struct json_object;

enum json_check {
	JSON_CHECK_OK,
	JSON_CHECK_UTF8,      /* not strict UTF-8, or a byte order mark */
	JSON_CHECK_CONTROL,   /* NUL or another raw control character */
	JSON_CHECK_SYNTAX,    /* what RFC 8259's grammar does not have */
	JSON_CHECK_SURROGATE, /* \uD800..\uDFFF without its other half */
	JSON_CHECK_NAME,      /* \u0000 in a name, where json-c stops */
	JSON_CHECK_DEPTH      /* nested deeper than JSON_DEPTH_MAX */
};

/*
 * Checks the whole grammar, because json-c lets much through that is not
 * JSON: single quotes, raw control characters, NaN and Infinity, "1.",
 * overlong UTF-8 and surrogates, anything behind a NUL; and without its strict
 * mode trailing commas and comments too.
 */
enum json_check json_check(const uint8_t *buf, size_t len);

/* The advice in sentences, which depends on the API. */
struct json_words {
	const char *example; /* "an object such as ..." */
	const char *members; /* "use code, ..." */
};

/*
 * 0 and *object, for json_object_put by the caller; or -1 with the refusal
 * filled in: 400, 413, or 503 when memory is short.
 */
int json_read_object(const uint8_t *body, size_t body_len,
    const struct json_words *words, struct json_object **object,
    struct refusal *refusal);

/* Are all of its members known? The list ends with a NULL. advice ends the
 * sentence. 0, or -1 with the refusal filled in. */
int json_check_names(struct json_object *object, const char *const *known,
    const char *advice, struct refusal *refusal);

/*
 * A copy of a string with a NUL behind it, which is not counted; free it. 0, or
 * -1 with the refusal filled in.
 */
int json_take_string(const char *name, struct json_object *value,
    uint8_t **data, size_t *len, struct refusal *refusal);

/* A string without a NUL, which is json-c's; NULL if there is no such member.
 * 0, or -1 with the refusal filled in. */
int json_read_name(struct json_object *object, const char *name,
    const char **string, struct refusal *refusal);

/* Is there a NUL in the string, at which C would end it? */
bool json_has_nul(struct json_object *string);

/* A client's own words in a sentence: bytes with the NUL. */
#define JSON_SHOWN_BYTES 64

/* The words as JSON has them; cut short, they end in three dots. */
void json_show(char out[JSON_SHOWN_BYTES], const char *words);

#endif
