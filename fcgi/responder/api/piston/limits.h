/* SPDX-License-Identifier: MIT */
#ifndef SCE_PISTON_LIMITS_H
#define SCE_PISTON_LIMITS_H

#include <stdbool.h>

#include "responder/job/request.h"

struct json_object;

/* What JavaScript takes for nothing, and Piston for "as usual". */
bool piston_is_nothing(struct json_object *value);

/*
 * Memory, time and CPU time, in Piston's order; of a compiler first. Where the
 * request's runtime has no compiler, its limits only have to be numbers. 0, or
 * -1 with the refusal filled in.
 */
int piston_read_limits(struct json_object *object, struct request *request,
    struct refusal *refusal);

#endif
