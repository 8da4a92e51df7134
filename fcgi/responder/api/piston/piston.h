/* SPDX-License-Identifier: MIT */
/*
 * The API of Piston, version 2, as its clients know it: their requests, its
 * answers and its refusals. Pure. Facts come from Piston's own
 * api/src/api/v2.js and job.js; where we differ, fcgi/doc/PISTON.md says so.
 */
#ifndef SCE_PISTON_H
#define SCE_PISTON_H

#include "responder/api/reply.h"

extern const struct dialect dialect_piston;

/* See struct dialect. The run's watcher has the order of its output. */
int piston_read_members(const struct body *body);
int piston_format_result(
    const struct run *run, const struct request *request, struct reply *reply);

struct service;

/* The list of languages. 0, or -1: no memory. */
int piston_list_runtimes(struct service *service, struct answer *answer);

#endif
