/* SPDX-License-Identifier: MIT */
/* What is asked for without a program: health, metrics, runtimes. */
#include <string.h>

#include "responder/api/piston/piston.h"
#include "responder/api/serve_parts.h"
#include "responder/api/status.h"

/* GET or HEAD, without a body to look at; false: it was refused. */
static bool
is_get(struct service *service, struct answer *answer)
{
	const char *method = exchange_param(
	    service->exchange, "REQUEST_METHOD");
	struct refusal refusal;

	exchange_drain(service->exchange);
	answer->head_only = method != NULL && strcmp(method, "HEAD") == 0;
	if (answer->head_only || (method != NULL && strcmp(method, "GET") == 0))
		return true;
	(void)refusal_set(&refusal, 405, "Method not allowed: use GET");
	refusal.allow = "GET, HEAD";
	serve_refusal(service, &refusal);
	return false;
}

void
serve_health(struct service *service)
{
	struct answer answer = { .refusal = NULL };

	if (!is_get(service, &answer))
		return;
	if (status_health(service->link, &service->run,
		&service->options.runtimes.rows[0], &answer) == -1) {
		serve_busy(service);
		return;
	}
	serve_answer(service, &answer);
	reply_finish(&answer.reply);
}

void
serve_metrics(struct service *service)
{
	struct answer answer = { .refusal = NULL };

	if (!is_get(service, &answer))
		return;
	if (status_metrics(service->link, &answer) == -1) {
		serve_busy(service);
		return;
	}
	serve_answer(service, &answer);
	reply_finish(&answer.reply);
}

void
serve_runtimes(struct service *service)
{
	struct answer answer = { .refusal = NULL };

	if (!is_get(service, &answer))
		return;
	if (piston_format_runtimes(&service->options.runtimes, &answer.reply) ==
	    -1) {
		serve_busy(service);
		return;
	}
	serve_answer(service, &answer);
	reply_finish(&answer.reply);
}
