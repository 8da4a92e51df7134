/* SPDX-License-Identifier: MIT */
/* The service's own API: bodies of POST /run, and its answers. Pure. */
#ifndef SCE_RUN_BODY_H
#define SCE_RUN_BODY_H

#include "responder/api/reply.h"

/* The advice in refusals of a body. */
#define RUN_MEMBERS                                                            \
	"use code, stdin, timeout, memory, args, files, return_files, "        \
	"language and version"
#define RUN_EXAMPLE "an object such as {\"code\": \"print(1)\"}"

extern const struct dialect dialect_run;

/* See struct dialect. */
int run_read_members(const struct body *body);

/*
 * The answer to a program that ran: 200 and the members of the contract
 * (output, error, stderr, exit_code or signal, truncated, stage, files), in
 * that order; for VERDICT_SANDBOX_FAILED the 500 sentence. Every text loses its
 * trailing newlines and is empty if nothing else is left. 0, or -1: no memory.
 */
int reply_format_result(const struct result *result, struct reply *reply);

/*
 * The members without the text of a program, which its client has been told;
 * error only if it is a sentence. A compiler's text has not been told and is
 * there. 0, or -1: no memory.
 */
int reply_format_ending(const struct result *result, struct reply *reply);

/* Server-sent events as the body: one piece of output; the last two, which are
 * timing and result. 0, or -1: no memory. */
int reply_format_event(const struct order_piece *piece, struct reply *reply);
int reply_format_last_events(const struct result *result, uint64_t queue_us,
    uint64_t run_us, struct reply *reply);

#endif
