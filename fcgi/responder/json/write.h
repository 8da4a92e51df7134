/* SPDX-License-Identifier: MIT */
/* A JSON object as a line of text that no terminal acts upon. */
#ifndef SCE_JSON_TEXT_H
#define SCE_JSON_TEXT_H

#include <stddef.h>

struct json_object;

/*
 * The object's text on the heap, with a newline and a NUL (which *len does
 * not count); NULL when memory is short. json-c escapes the control
 * characters below U+0020; those from U+007F to U+009F, among them the
 * one-character CSI of some terminals, are escaped here.
 */
char *json_text_line(struct json_object *object, size_t *len);

#endif
