/* SPDX-License-Identifier: MIT */
/* Reads the JSON of the Engine's answers; pure. */
#ifndef SCE_ENGINE_ANSWER_H
#define SCE_ENGINE_ANSWER_H

#include <stdbool.h>
#include <stdio.h>

#include "engine/http.h"

/* An ID, with the NUL: a container's has 64 digits, an image's also a word
 * before them. */
#define ANSWER_ID_MAX 128

/* True if the Engine no longer knows the API's version that was asked for. */
bool answer_is_too_old(const struct http *http);

/* why: "Error response from daemon: " and its message. */
void answer_tell_refusal(const struct http *http, char why[ENGINE_WHY_MAX]);

/* The member Id of the container or image. 0, or -1 with why. */
int answer_get_id(
    const struct http *http, char id[ANSWER_ID_MAX], char why[ENGINE_WHY_MAX]);

/* A created container's warnings, each a line as docker prints it. */
void answer_print_warnings(const struct http *http, FILE *out);

/* The first name of each listed container, one a line. 0, or -1 with why. */
int answer_print_names(
    const struct http *http, FILE *out, char why[ENGINE_WHY_MAX]);

#endif
