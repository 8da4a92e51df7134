/* SPDX-License-Identifier: MIT */
/* Bodies of answers, and what an API has to say of its own. Each function: 0,
 * or -1: no memory. */
#ifndef SCE_REPLY_H
#define SCE_REPLY_H

#include "responder/http/exchange.h"
#include "responder/job/request.h"
#include "responder/json/write.h"
#include "responder/run/run.h"

/* The JSON as the body. Finishes out; reply_finish frees the reply. */
int reply_set(struct reply *reply, int http_status, struct json_out *out);

/* {member: sentence}. */
int reply_set_sentence(struct reply *reply, int http_status, const char *member,
    const char *sentence);

/* asprintf's text and its outcome; the text is the reply's. */
int reply_set_text(struct reply *reply, int http_status, char *text, int len);

void reply_finish(struct reply *reply);

/* One sentence on an end that was not a success. */
void reply_describe_end(
    const struct result *result, char sentence[SENTENCE_BYTES_MAX]);

/* The form of one API's requests and answers. All else is the same for every
 * API; see api/serve.c. */
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
