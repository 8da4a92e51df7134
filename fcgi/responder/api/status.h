/* SPDX-License-Identifier: MIT */
/* GET /healthz and GET /metrics: how the service is. */
#ifndef SCE_STATUS_H
#define SCE_STATUS_H

#include "responder/api/serve.h"

/*
 * {"status": "ok", "busy" (merely busy is healthy) or "down", ...} and the
 * pool's numbers; with a real run if nobody knows, in the first runtime. That
 * takes at most its usual time, and goes on without its asker: a client that
 * hangs up must not make the service look ill. 0, or -1: no memory.
 */
int status_health(struct service *service, struct answer *answer);

/* The supervisor's metrics. 0, or -1: no memory, or no supervisor. */
int status_metrics(struct service *service, struct answer *answer);

#endif
