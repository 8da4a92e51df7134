/* SPDX-License-Identifier: MIT */
/* The accept loop of one responder, and the paths that it serves. */
#ifndef SCE_WORKER_H
#define SCE_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "responder/job/request.h"
#include "responder/run/lease.h"

struct worker_options {
	struct request_limits limits;
	struct runtimes runtimes; /* the worker's limits point to its copy */
	uint32_t output_limit_bytes;
	bool log_code;
};

struct worker;

/*
 * Everything that needs rights or memory, before both are given up. NULL with
 * errno on failure. The listening socket is RESPONDER_LISTEN_FD.
 */
struct worker *worker_create(
    const struct worker_options *options, struct link *link);

/* Answers requests until the supervisor is gone. */
void worker_loop(struct worker *worker);

void worker_destroy(struct worker *worker);

#endif
