/* SPDX-License-Identifier: MIT */
/*
 * The API of Piston, version 2, as its clients know it: what they send, what
 * they are answered, and their refusals. Pure. Facts come from Piston's own
 * api/src/api/v2.js and job.js; where we differ, fcgi/doc/PISTON.md says so.
 */
#ifndef SCE_PISTON_H
#define SCE_PISTON_H

#include "responder/api/run/body.h"
#include "responder/job/request.h"
#include "responder/run/order.h"

/* All of them begin so. */
#define PISTON_PATHS "/api/v2/"

/* As request_check_head; text/plain counts as JSON if limits say so. */
int piston_check_head(const char *method, const char *content_type,
    const char *content_length, const struct request_limits *limits,
    size_t *body_len, struct refusal *refusal);

/* As request_parse_body. */
int piston_parse_body(const uint8_t *body, size_t body_len,
    const struct request_limits *limits, struct request *request,
    struct refusal *refusal);

/* What can be run, for a list of it. 0, or -1 with errno ENOMEM. */
int piston_format_runtimes(
    const struct runtimes *runtimes, struct reply *reply);

/* One program and what was noted of the order of its output. */
struct piston_stage {
	const struct result *result;
	const struct events *order;
};

struct piston_outcome {
	const struct runtime *runtime;
	struct piston_stage compile; /* all NULL: there was no compiler */
	struct piston_stage run; /* the compiler's again if that has failed */
};

/*
 * What a run became: 200, whatever it did. 0, or -1 with errno ENOMEM;
 * reply_finish frees the reply.
 */
int piston_format_result(
    const struct piston_outcome *outcome, struct reply *reply);

/* {"message": ...}. 0, or -1 with errno ENOMEM. */
int piston_format_refusal(const struct refusal *refusal, struct reply *reply);

#endif
