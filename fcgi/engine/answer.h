/* SPDX-License-Identifier: MIT */
/* What the Engine's JSON says; pure. */
#ifndef SCE_ENGINE_ANSWER_H
#define SCE_ENGINE_ANSWER_H

#include <stdbool.h>
#include <stdio.h>

#include "engine/http.h"
#include "engine/name.h"

/* A container's ID, with the NUL: 64 digits. An image's has a word before. */
#define ANSWER_ID_MAX 128

/* Is it that the API's version is one that the Engine no longer knows? */
bool answer_is_too_old(const struct http *http);

/* why: "Error response from daemon: " and its message. */
void answer_tell_refusal(const struct http *http, char why[ENGINE_WHY_MAX]);

/* The member Id of what was made or inspected. 0, or -1 with why. */
int answer_get_id(
    const struct http *http, char id[ANSWER_ID_MAX], char why[ENGINE_WHY_MAX]);

/* A created container's warnings, each a line as docker prints it. */
void answer_print_warnings(const struct http *http, FILE *out);

/* The first name of each listed container, one a line. 0, or -1 with why. */
int answer_print_names(
    const struct http *http, FILE *out, char why[ENGINE_WHY_MAX]);

#endif
