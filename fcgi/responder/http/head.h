/* SPDX-License-Identifier: MIT */
/* The fields of a request's head. NULL stands for one that is not there. */
#ifndef SCE_HEAD_H
#define SCE_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "responder/http/refusal.h"

struct head {
	const char *method;
	const char *content_type;
	const char *content_length;
};

struct head_rules {
	size_t body_bytes_max;
	bool takes_text;        /* text/plain counts as JSON */
	const char *wrong_type; /* the sentence on any other type */
};

/*
 * Method, content type and size of a POST, in this order, before its body is
 * read. *body_len gets the announced length, bytes. 0, or -1 with the refusal:
 * 405, 415, 411 (no length), 400 (bad length), 413.
 */
int head_check(const struct head *head, const struct head_rules *rules,
    size_t *body_len, struct refusal *refusal);

/* True if an Accept header asks for server-sent events by name. */
bool head_wants_events(const char *accept);

/*
 * An address -> the key that the supervisor is fair between. IPv4 counts mapped
 * into IPv6, also if a proxy wrote it so; IPv6 counts by its /64, because one
 * household has that many. NULL and nonsense are one client of their own: all
 * zeros.
 */
void client_make_key(const char *address, uint8_t key[16]);

#endif
