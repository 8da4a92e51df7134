/* SPDX-License-Identifier: MIT */
/* Bodies of answers, for every API. Each function: 0, or -1: no memory. */
#ifndef SCE_REPLY_H
#define SCE_REPLY_H

#include "responder/http/exchange.h"
#include "responder/json/write.h"
#include "responder/run/result.h"

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

#endif
