/* SPDX-License-Identifier: MIT */
/* GET /healthz and GET /metrics: how the service is, as a page. */
#ifndef SCE_STATUS_H
#define SCE_STATUS_H

#include <stdint.h>

#include "responder/http/exchange.h"
#include "responder/run/lease.h"
#include "responder/run/run.h"

/*
 * {"status": "ok", "busy" (merely busy is healthy) or "down", ...} and the
 * pool's numbers; with a real run if nobody knows, in the runtime. That takes
 * at most its usual time, and goes on without its asker: who hangs up must not
 * make the service look ill. The caller finishes answer->reply. 0, or -1 with
 * ENOMEM.
 */
int status_health(struct link *link, struct run *run,
    const struct runtime *runtime, struct answer *answer);

/* The supervisor's metrics. 0, or -1: no memory, or no supervisor. */
int status_metrics(struct link *link, struct answer *answer);

#endif
