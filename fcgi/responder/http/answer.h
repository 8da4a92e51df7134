/* SPDX-License-Identifier: MIT */
/* An answer: a status, a body, and the fields of its head. */
#ifndef SCE_ANSWER_H
#define SCE_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "responder/http/refusal.h"

struct reply {
	int http_status;
	char *body; /* on the heap */
	size_t body_len;
};

struct answer {
	struct reply reply;
	const struct refusal *refusal; /* NULL: none */
	bool is_run;                   /* timings are known */
	bool head_only;
	const char *content_type; /* NULL: JSON */
	uint64_t queue_us;
	uint64_t run_us;
};

#endif
