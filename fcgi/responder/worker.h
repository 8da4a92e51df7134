/* SPDX-License-Identifier: MIT */
/* The accept loop of one responder. */
#ifndef SCE_WORKER_H
#define SCE_WORKER_H

#include "responder/api/serve.h"

struct worker;

/* Makes everything that needs rights, before they are given up. NULL with errno
 * on failure. The listening socket is RESPONDER_LISTEN_FD. */
struct worker *worker_create(
    const struct service_options *options, struct link *link);

/* Answers requests until the supervisor is gone. */
void worker_loop(struct worker *worker);

void worker_destroy(struct worker *worker);

#endif
