/* SPDX-License-Identifier: MIT */
/*
 * What the service answers: which path, which checks in which order, what is
 * counted and logged.
 */
#include "responder/api/serve.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/io.h"
#include "common/log.h"
#include "responder/api/piston/piston.h"
#include "responder/api/serve_parts.h"
#include "responder/http/client.h"
#include "responder/run/execlog.h"

/* nginx has made or checked it; a stranger's never gets into a header. */
static void
request_id(struct service *service, char out[REQUEST_ID_BYTES_MAX])
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";
	const char *id = exchange_param(service->exchange, "HTTP_X_REQUEST_ID");
	size_t len = id == NULL ? 0 : strlen(id);

	if (len == 0 || len >= REQUEST_ID_BYTES_MAX ||
	    strspn(id, allowed) != len)
		id = "-";
	(void)snprintf(out, REQUEST_ID_BYTES_MAX, "%s", id);
}

/* What every answer goes through: counted, logged, sent. */
void
serve_answer(struct service *service, const struct answer *answer)
{
	char trace[TRACE_TEXT_BYTES];

	link_note_answer(service->link, (uint32_t)answer->reply.http_status);
	trace_format(service->asker.trace, trace);
	log_debug(NULL, "answered trace=%s status=%d bytes=%zu", trace,
	    answer->reply.http_status, answer->reply.body_len);
	exchange_send(service->exchange, answer);
}

void
serve_refusal(struct service *service, const struct refusal *refusal)
{
	struct answer answer = { .refusal = refusal };

	if (service->dialect->format_refusal(refusal, &answer.reply) == -1)
		return; /* no memory for a sentence: nginx says 502 */
	serve_answer(service, &answer);
	reply_finish(&answer.reply);
}

void
serve_busy(struct service *service)
{
	struct refusal refusal;

	(void)refusal_set(&refusal, 503,
	    "The service is stopping or out of memory: try again later");
	serve_refusal(service, &refusal);
}

static void
log_run(struct service *service, const struct request *request)
{
	char id[REQUEST_ID_BYTES_MAX];
	char trace[TRACE_TEXT_BYTES];
	const char *client = exchange_param(service->exchange, "REMOTE_ADDR");
	struct execlog_entry entry = { .request_id = id,
		.trace = trace,
		.client = client != NULL ? client : "",
		.request = request,
		.result = &service->run.result,
		.queue_us = service->run.queue_us,
		.with_code = service->options.log_code };

	request_id(service, id);
	trace_format(service->asker.trace, trace);
	(void)clock_gettime(CLOCK_REALTIME, &entry.time);
	if (execlog_write(service->link->log_fd, &service->log_torn, &entry) ==
	    0) {
		service->log_failures = 0;
		return;
	}
	/* Once per outage: a full disk must not fill another. */
	if (service->log_failures++ == 0)
		log_error(
		    strerror(errno), "execution-not-logged trace=%s", trace);
}

/* The client has seen it all but for the end. */
static void
end_live(struct service *service, uint64_t run_us)
{
	link_note_answer(service->link, 200);
	if (live_end(&service->live, run_us) == -1)
		log_debug(NULL, "live-client-lost");
}

static void
answer_result(
    struct service *service, const struct request *request, uint64_t begun_us)
{
	struct answer answer = { .is_run = true,
		.queue_us = service->run.queue_us };

	answer.run_us = io_now_us() - begun_us - answer.queue_us;
	if (request->is_live) {
		end_live(service, answer.run_us);
	} else if (service->dialect->format_result(
		       &service->run, request, &answer.reply) == -1) {
		serve_busy(service);
	} else {
		serve_answer(service, &answer);
	}
	reply_finish(&answer.reply);
	log_run(service, request);
}

/* The checks in the contract's order. 0, or -1 with the refusal. */
static int
take_request(
    struct service *service, struct request *request, struct refusal *refusal)
{
	const struct request_limits *limits = &service->options.limits;
	struct exchange *exchange = service->exchange;
	size_t len = 0;

	if (service->dialect->check_head(
		exchange_param(exchange, "REQUEST_METHOD"),
		exchange_param(exchange, "CONTENT_TYPE"),
		exchange_param(exchange, "CONTENT_LENGTH"), limits, &len,
		refusal) == -1) {
		exchange_drain(exchange);
		return -1;
	}
	if (exchange_read_body(exchange, service->body, len) == -1)
		return refusal_set(refusal, 400,
		    "The body is shorter than its Content-Length");
	return service->dialect->parse_body(
	    service->body, len, limits, request, refusal);
}

/* Who watches the next run: its client, or we for the order of its output. */
static void
attach_watcher(struct service *service, struct request *request)
{
	request->is_live = service->dialect->has_live &&
			   request_wants_events(exchange_param(
			       service->exchange, "HTTP_ACCEPT"));
	if (request->is_live)
		live_attach(&service->live, service->exchange, &service->run);
	else if (!service->dialect->has_live)
		service->run.watcher = &service->orderly;
}

static void
detach_watcher(struct service *service)
{
	live_detach(&service->live);
	service->run.watcher = NULL;
}

static void
serve_run(struct service *service)
{
	struct refusal refusal = { .http_status = 500 };
	struct request request;
	uint64_t begun_us;

	request_init(&request);
	if (take_request(service, &request, &refusal) == -1) {
		serve_refusal(service, &refusal);
		request_finish(&request);
		return;
	}
	attach_watcher(service, &request);
	begun_us = io_now_us();
	switch (run_execute(&service->run, &request, &service->asker,
	    exchange_client_fd(service->exchange), &refusal)) {
	case RUN_DONE:
		answer_result(service, &request, begun_us);
		break;
	case RUN_REFUSED:
		serve_refusal(service, &refusal);
		break;
	case RUN_CLIENT_GONE:
		/* Nobody to answer; but what ran, ran. */
		if (service->run.sent)
			log_run(service, &request);
		break;
	}
	detach_watcher(service);
	run_forget_files(&service->run);
	request_finish(&request);
}

static void
serve_nothing(struct service *service)
{
	struct refusal refusal;

	exchange_drain(service->exchange);
	(void)refusal_set(&refusal, 404, "%s", service->dialect->not_found);
	serve_refusal(service, &refusal);
}

static const struct path {
	const char *uri;
	void (*serve)(struct service *service);
} paths[] = {
	{ "/run", serve_run },
	{ "/healthz", serve_health },
	{ "/metrics", serve_metrics },
	{ "/api/v2/execute", serve_run },
	{ "/api/v2/piston/execute", serve_run },
	{ "/api/v2/runtimes", serve_runtimes },
	{ "/api/v2/piston/runtimes", serve_runtimes },
};

static void
serve(struct service *service)
{
	const char *uri = exchange_param(service->exchange, "DOCUMENT_URI");
	size_t i;

	if (uri == NULL)
		uri = "";
	service->dialect = strncmp(uri, PISTON_PATHS, strlen(PISTON_PATHS)) == 0
			       ? &dialect_piston
			       : &dialect_own;
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		if (strcmp(uri, paths[i].uri) == 0) {
			paths[i].serve(service);
			return;
		}
	}
	serve_nothing(service);
}

void
serve_one(struct service *service)
{
	/* Who is to stop leaves the rest to those that come after. */
	link_on_idle_message(service->link);
	if (service->link->lost || exchange_accept(service->exchange) == -1)
		return;
	client_make_key(exchange_param(service->exchange, "REMOTE_ADDR"),
	    service->asker.client);
	trace_parse(exchange_param(service->exchange, "SCE_TRACE"),
	    service->asker.trace);
	serve(service);
	exchange_finish(service->exchange);
}
