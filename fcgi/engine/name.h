/* SPDX-License-Identifier: MIT */
/* Checks names, and puts text into the path of a request. */
#ifndef SCE_ENGINE_NAME_H
#define SCE_ENGINE_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* A path with its query: bytes with the NUL. */
#define NAME_PATH_MAX 1024

/* A container's name or ID, as Docker allows it: nothing that a URL or a
 * terminal would take for something else. */
bool name_is_container(const char *name);

/* An image's name or ID; no component is empty, . or .. */
bool name_is_image(const char *name);

/* Appends text to path, percent-encoded but for letters, digits and -._~. 0,
 * or -1: it does not fit. */
int name_escape(char path[NAME_PATH_MAX], const char *text);

#endif
