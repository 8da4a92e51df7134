/* SPDX-License-Identifier: MIT */
/* One request to the Engine and its answer. */
#ifndef SCE_ENGINE_CALL_H
#define SCE_ENGINE_CALL_H

#include <stdio.h>

#include "engine/engine.h"
#include "engine/http.h"

/* Where the Engine is, and how long it is waited for. */
struct engine {
	const char *socket;
	const char *version; /* of its API, once one was agreed on */
	uint64_t deadline_us;
};

/* Finds the socket in DOCKER_HOST's value, NULL for none. 0, or -1 with why: it
 * is no Unix socket. */
int call_find_engine(struct engine *engine, const char *docker_host,
    uint64_t deadline_us, char why[ENGINE_WHY_MAX]);

/*
 * Sends a request and waits for its answer. path comes after the version and is
 * escaped; body is JSON, or NULL; http has a body_max and no body, and the
 * caller finishes it in any case. 0, or -1 with why: no answer came, or one
 * whose status is not 2xx, and then why has the Engine's sentence.
 */
int call_engine(struct engine *engine, const char *method, const char *path,
    const char *body, struct http *http, char why[ENGINE_WHY_MAX]);

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
