/* SPDX-License-Identifier: MIT */
/*
 * One FastCGI request and its answer. One request at a time: accept, read the
 * body to its end, send, finish.
 */
#ifndef SCE_EXCHANGE_H
#define SCE_EXCHANGE_H

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

struct exchange;

/* For a listening socket, non-blocking. NULL with errno. */
struct exchange *exchange_create(int listen_fd);
void exchange_destroy(struct exchange *exchange);

/* 0; or -1: there is no request, another responder has it. */
int exchange_accept(struct exchange *exchange);

/* Ends the request; its parameters are gone then. */
void exchange_finish(struct exchange *exchange);

/* A FastCGI parameter, NULL if nginx sent none. */
const char *exchange_param(struct exchange *exchange, const char *name);

/* The connection, to be polled for POLLRDHUP once the body was read. */
int exchange_client_fd(const struct exchange *exchange);

/* Exactly len bytes and no more to come. 0, or -1: fewer came. */
int exchange_read_body(struct exchange *exchange, uint8_t *buf, size_t len);

/* Reads and drops what was sent, so that nginx is not cut off in mid-body. */
void exchange_drain(struct exchange *exchange);

/*
 * An answer in pieces: the head of an event stream, then any text. Each piece
 * is handed to nginx at once. 0, or -1: the client is gone. A piece of
 * EXCHANGE_PIECE_MAX bytes does not block while the connection polls as
 * writable, because then at least half of its buffer, of 200 kB, is free.
 */
#define EXCHANGE_PIECE_MAX (32 * 1024)
int exchange_begin_events(struct exchange *exchange, uint64_t queue_us);
int exchange_put(struct exchange *exchange, const char *text, size_t len);

/* Sends the whole answer. A client that has gone meanwhile is no error. */
void exchange_send(struct exchange *exchange, const struct answer *answer);

#endif
