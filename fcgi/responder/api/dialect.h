/* SPDX-License-Identifier: MIT */
/* The form of one API's requests and answers. All else is the same for every
 * API; see api/serve.c. */
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
	const char *refusal;    /* the member of a refusal's sentence */
	struct json_words words;

	/* The members of a body; see request_parse. */
	int (*read_members)(const struct body *body);

	/* 0, or -1: no memory. reply_finish frees the reply. */
	int (*format_result)(const struct run *run,
	    const struct request *request, struct reply *reply);
};

#endif
