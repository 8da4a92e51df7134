/* SPDX-License-Identifier: MIT */
/* Members and bytes of a program -> JSON that may be sent and logged. */
#ifndef SCE_JSON_WRITE_H
#define SCE_JSON_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/limits.h"

struct json_object;

/* JSON that is being made. Once memory was short, nothing more is added and
 * json_out_finish says so. */
struct json_out {
	struct json_object *root;
	bool failed;
};

struct json_out json_out_object(void);
struct json_out json_out_array(void);

/* The whole as json_text_line has it, or NULL when memory was short. Frees all
 * that was added. */
char *json_out_finish(struct json_out *out, size_t *len);

/*
 * One more value in parent (NULL: the root), which is an array if name is NULL.
 * A returned object or array is out's; it is NULL when memory was short.
 */
struct json_object *json_add_object(
    struct json_out *out, struct json_object *parent, const char *name);
struct json_object *json_add_array(
    struct json_out *out, struct json_object *parent, const char *name);
void json_add_string(struct json_out *out, struct json_object *parent,
    const char *name, const char *value);
void json_add_number(struct json_out *out, struct json_object *parent,
    const char *name, int64_t value);
/* Milliseconds with three decimals. */
void json_add_ms(struct json_out *out, struct json_object *parent,
    const char *name, uint64_t us);
void json_add_null(
    struct json_out *out, struct json_object *parent, const char *name);

/* The bytes of a program, repaired; cut: half a character at their end is
 * dropped. */
void json_add_bytes(struct json_out *out, struct json_object *parent,
    const char *name, const uint8_t *data, size_t len, bool cut);

/* A stream as valid UTF-8 without trailing newlines. On the heap; text_finish
 * frees it. */
struct text {
	char *data;
	size_t len;
};

void text_init(struct json_out *out, struct text *text, const uint8_t *data,
    size_t len, bool cut);
void text_finish(struct text *text);
void json_add_text(struct json_out *out, struct json_object *parent,
    const char *name, const struct text *text);

/*
 * An object's text on the heap, with a newline and a NUL (which *len does
 * not count); NULL when memory is short. No terminal acts upon it: json-c
 * escapes the control characters below U+0020; those from U+007F to U+009F,
 * among them the one-character CSI of some terminals, are escaped here.
 */
char *json_text_line(struct json_object *object, size_t *len);

#endif
