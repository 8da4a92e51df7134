/* SPDX-License-Identifier: MIT */
/*
 * How requests and answers are written: the service's own way, or Piston's.
 * What happens in between is the same.
 */
#ifndef SCE_DIALECT_H
#define SCE_DIALECT_H

#include "responder/api/run/body.h"
#include "responder/job/request.h"
#include "responder/run/run.h"

struct dialect {
	/* As request_check_head. */
	int (*check_head)(const char *method, const char *content_type,
	    const char *content_length, const struct request_limits *limits,
	    size_t *body_len, struct refusal *refusal);
	/* As request_parse_body. */
	int (*parse_body)(const uint8_t *body, size_t body_len,
	    const struct request_limits *limits, struct request *request,
	    struct refusal *refusal);
	/* 0, or -1 with errno ENOMEM. */
	int (*format_result)(const struct run *run,
	    const struct request *request, struct reply *reply);
	int (*format_refusal)(
	    const struct refusal *refusal, struct reply *reply);
	bool has_live; /* server-sent events, for who asks for them */
	/* What there is, for a path that there is not. */
	const char *not_found;
};

extern const struct dialect dialect_own;
extern const struct dialect dialect_piston;

#endif
