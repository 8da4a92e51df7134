/* SPDX-License-Identifier: MIT */
/* GET /healthz and GET /metrics: how the service is. */
#ifndef SCE_STATUS_H
#define SCE_STATUS_H

#include "responder/api/serve.h"

/*
 * {"status": "ok", "busy" (which is healthy) or "down", and the pool's
 * numbers}. If the supervisor does not know, a program runs in the first
 * language. That takes at most the language's usual time, and goes on when the
 * client hangs up, which must not make the service look ill. 0, or -1: no
 * memory.
 */
int status_health(struct service *service, struct answer *answer);

/* The supervisor's metrics. 0, or -1: no memory, or no supervisor. */
int status_metrics(struct service *service, struct answer *answer);

#endif
