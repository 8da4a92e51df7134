/* SPDX-License-Identifier: MIT */
/* Why a request is not served: a status and one sentence for the client. */
#ifndef SCE_REFUSAL_H
#define SCE_REFUSAL_H

#include <stdint.h>

#include "common/limits.h"

struct refusal {
	int http_status;
	uint32_t retry_after_s; /* 0: no such header */
	const char *allow;      /* for 405, else NULL */
	char message[SENTENCE_BYTES_MAX];
};

/* printf-like; cuts the message rather than overflow. Always returns -1. */
int refusal_set(struct refusal *refusal, int http_status, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* 503, for want of memory. Always returns -1. */
int refusal_set_no_memory(struct refusal *refusal);

#endif
