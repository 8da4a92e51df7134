/* SPDX-License-Identifier: MIT */
/* What the paths share, and those that are answered without a run. */
#ifndef SCE_SERVE_PARTS_H
#define SCE_SERVE_PARTS_H

#include "responder/api/serve.h"

/* serve.c. What every answer goes through: counted, logged, sent. */
void serve_answer(struct service *service, const struct answer *answer);
void serve_refusal(struct service *service, const struct refusal *refusal);
void serve_busy(struct service *service);

/* serve_get.c */
void serve_health(struct service *service);
void serve_metrics(struct service *service);
void serve_runtimes(struct service *service);

#endif
