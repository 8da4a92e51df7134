/* SPDX-License-Identifier: MIT */
/*
 * The words of docker run, as the Engine wants them: the options that
 * supervisor/docker/args.c uses and no others. Words that would make another
 * kind of container than sced's are refused: one that is attached, that stays,
 * whose image is fetched, or that has a network of its own.
 */
#ifndef SCE_ENGINE_CREATE_H
#define SCE_ENGINE_CREATE_H

#include <stdbool.h>

#include "engine/engine.h"

struct json_object;

struct create {
	const char *name;         /* the container's, from argv; NULL: none */
	struct json_object *body; /* of POST /containers/create */
	struct json_object *host; /* its HostConfig; the body's */
	char *why;                /* the caller's, while argv is parsed */
	bool is_detached;
	bool is_never_pulled;
};

/* argv: the words after "run". 0, or -1 with why; create_finish in any case.
 */
int create_parse(struct create *create, int argc, char *const argv[],
    char why[ENGINE_WHY_MAX]);
void create_finish(struct create *create);

/* The body's text, which lives as long as create. NULL: no memory is left. */
const char *create_text(const struct create *create);

#endif
