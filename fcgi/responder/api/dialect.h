/* SPDX-License-Identifier: MIT */
/*
 * How requests and answers of one API are written. What happens in between is
 * the same for all; see api/serve.c.
 */
#ifndef SCE_DIALECT_H
#define SCE_DIALECT_H

#include "responder/api/reply.h"
#include "responder/job/request.h"
#include "responder/run/run.h"

struct dialect {
	bool has_live;          /* server-sent events, if a client asks */
	bool takes_text;        /* text/plain is JSON, if the limits say so */
	const char *wrong_type; /* the sentence on any other content type */
	const char *not_found;  /* the sentence on a path that is not served */

	/* A whole body. 0, or -1 with the refusal filled in (400, or 503 when
	 * memory is short); *request is then empty. request_finish may follow
	 * in any case. */
	int (*parse_body)(const uint8_t *data, size_t len,
	    const struct request_limits *limits, struct request *request,
	    struct refusal *refusal);

	/* Each: 0, or -1: no memory. reply_finish frees the reply. */
	int (*format_result)(const struct run *run,
	    const struct request *request, struct reply *reply);
	int (*format_refusal)(
	    const struct refusal *refusal, struct reply *reply);
};

#endif
