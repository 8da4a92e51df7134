/* SPDX-License-Identifier: MIT */
/* The paths that are served: /run, /healthz, /metrics. */
#ifndef SCE_SERVE_H
#define SCE_SERVE_H

#include <stdbool.h>
#include <stdint.h>

#include "responder/api/dialect.h"
#include "responder/api/live.h"
#include "responder/http/exchange.h"
#include "responder/run/run.h"
#include "responder/worker.h"

/* What serving takes; a worker owns all of it. */
struct service {
	struct worker_options options;
	struct link *link;
	struct run run;
	struct exchange *exchange;
	struct live live;
	const struct dialect *dialect; /* of the request under way */
	struct run_watcher orderly;    /* where nobody watches it live */
	uint8_t *body;                 /* body_bytes_max and a NUL */
	struct link_asker asker;       /* of the request under way */
	uint64_t log_failures;
	bool log_torn; /* the last line was cut by a full disk */
};

/* Accepts a request, if there is one, and answers it. */
void serve_one(struct service *service);

#endif
