/* SPDX-License-Identifier: MIT */
/* Asks the supervisor; runs the probe that it asks for. */
#include "responder/api/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROBE_CODE "print('ok')"
#define PROBE_OUTPUT "ok\n"

/* A program in another language can only fail at it; that it ended is
 * enough. */
static bool
probe(struct service *service)
{
	const struct language *language = &service->options.languages.rows[0];
	static uint8_t code[] = PROBE_CODE;
	static const struct link_asker nobody;
	struct request request = { .code = code,
		.code_len = sizeof(code) - 1,
		.language = language,
		.wall_limit_ms = language->wall_default_ms };
	const struct result *result = &service->run.result;
	struct refusal refusal;

	if (run_execute(&service->run, &request, &nobody, -1, &refusal) !=
		RUN_DONE ||
	    result->verdict.kind != VERDICT_EXITED)
		return false;
	if (!language->is_python)
		return true;
	return result->stdout_len == strlen(PROBE_OUTPUT) &&
	       memcmp(result->stdout_data, PROBE_OUTPUT, result->stdout_len) ==
		   0;
}

static const char *
find_health(struct service *service, struct lease_reply *health)
{
	if (link_ask_health(service->link, health) == -1)
		return "down";
	switch ((enum lease_health)health->reason) {
	case LEASE_HEALTHY:
		return "ok";
	case LEASE_BUSY:
		return "busy";
	case LEASE_PROBE:
		return probe(service) ? "ok" : "down";
	case LEASE_DOWN:
		break;
	}
	return "down";
}

int
status_health(struct service *service, struct answer *answer)
{
	struct lease_reply health = { .ready = 0 };
	const char *word = find_health(service, &health);
	char *text = NULL;
	int len = asprintf(&text,
	    "{\"status\":\"%s\",\"ready\":%u,\"running\":%u,\"queued\":%u}\n",
	    word, health.ready, health.running, health.queued);

	return reply_set_text(
	    &answer->reply, strcmp(word, "down") == 0 ? 503 : 200, text, len);
}

int
status_metrics(struct service *service, struct answer *answer)
{
	struct reply *reply = &answer->reply;

	reply->body = malloc(LEASE_TEXT_MAX);
	if (reply->body == NULL ||
	    link_ask_metrics(service->link, reply->body, &reply->body_len) ==
		-1 ||
	    reply->body_len == 0) {
		reply_finish(reply);
		return -1;
	}
	reply->http_status = 200;
	answer->content_type = "text/plain; version=0.0.4; charset=utf-8";
	return 0;
}
