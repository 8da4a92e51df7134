/* SPDX-License-Identifier: MIT */
/* One request to the Engine and its answer. */
#ifndef SCE_ENGINE_CALL_H
#define SCE_ENGINE_CALL_H

#include <stddef.h>
#include <stdint.h>

#include "engine/engine.h"
#include "engine/http.h"

/* Where the Engine is, and how long it is waited for. */
struct engine {
	const char *socket;
	const char *version; /* of its API, once one was agreed on */
	uint64_t deadline_us;
};

struct call {
	const char *method;
	const char *path; /* after the version, escaped */
	const char *body; /* JSON, or NULL */
	size_t answer_max;
};

/* Finds the socket in DOCKER_HOST's value, NULL for none. 0, or -1 with why: it
 * is no Unix socket. */
int call_find_engine(struct engine *engine, const char *docker_host,
    uint64_t deadline_us, char why[ENGINE_WHY_MAX]);

/*
 * Sends the request and waits for the answer. 0 if one came, of whatever
 * status, or -1 with why. http_finish(http) in any case.
 */
int call_engine(struct engine *engine, const struct call *call,
    struct http *http, char why[ENGINE_WHY_MAX]);

/* The same, but a status that is not 2xx is -1, too, and why has the Engine's
 * sentence. */
int call_engine_well(struct engine *engine, const struct call *call,
    struct http *http, char why[ENGINE_WHY_MAX]);

#endif
