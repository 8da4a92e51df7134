/* SPDX-License-Identifier: MIT */
/* Members of an answer. Each: 0, or -1 when there is no memory. */
#ifndef SCE_JSON_MEMBER_H
#define SCE_JSON_MEMBER_H

#include <stdint.h>

#include "responder/json/text.h"

struct json_object;

/* Takes value, which may be NULL when there was no memory for it. */
int json_member_add(
    struct json_object *object, const char *name, struct json_object *value);

int json_member_add_string(
    struct json_object *object, const char *name, const char *value);
int json_member_add_text(
    struct json_object *object, const char *name, const struct text *text);
int json_member_add_number(
    struct json_object *object, const char *name, int64_t value);
int json_member_add_null(struct json_object *object, const char *name);

/* The same of an array. */
int json_array_add(struct json_object *array, struct json_object *value);
int json_array_add_string(struct json_object *array, const char *value);

#endif
