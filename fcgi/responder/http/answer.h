/* SPDX-License-Identifier: MIT */
/* What is sent back: a status, a body, and what its head says beside them. */
#ifndef SCE_ANSWER_H
#define SCE_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "responder/http/refusal.h"

struct reply {
	int http_status;
	char *body; /* heap, NUL-terminated text that ends with a newline */
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
