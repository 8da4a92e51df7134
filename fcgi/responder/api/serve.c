/* SPDX-License-Identifier: MIT */
/*
 * Owns what the service answers: which path, which checks in which order, what
 * is counted and logged.
 *
 * An API that clients speak is a folder or a file here: its struct dialect
 * reads a body and writes the answers. To add one, write it, and give each of
 * its paths a row in the table of routes: the path, its method, its dialect.
 * nginx/nginx.conf.in needs a location for it, html/openapi.json a description.
 * A GET has no body; its function fills in the answer. All else, from the
 * lease to the log, is the same for every API.
 */
#include "responder/api/serve.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/io.h"
#include "common/log.h"
#include "responder/api/piston/piston.h"
#include "responder/api/run/body.h"
#include "responder/http/head.h"

/*
 * How long a client may take for the rest, when the run is over and its sandbox
 * is gone: a responder has others to serve. The buffers of the socket and of
 * nginx have taken most of the output by then.
 */
#define END_PATIENCE_US (500 * 1000)
/* Returned files may be many times more than those buffers: a client that keeps
 * taking pieces of the ending gets some more time, as long as a run may take.
 */
#define ENDING_PATIENCE_US (5 * 1000 * 1000)
#define PROBE_CODE "print('ok')"
#define PROBE_OUTPUT "ok\n"

/* --- a run that its client watches ------------------------------------------
 */
/* Events go as fast as the client takes them, and no faster. */

static int
live_begin(struct live *live)
{
	live->watcher.has_begun = true;
	return exchange_begin_events(live->exchange, live->run->queue_us);
}

/* 1: sent; 0: there was nothing; -1: no client, or no memory. */
static int
send_next(struct live *live, bool is_over)
{
	struct order_piece piece;
	struct reply event;
	int rc;

	if (!order_next(
		&live->watcher.order, &live->run->result, is_over, &piece))
		return 0;
	if (reply_format_event(&piece, &event) == -1)
		return -1;
	rc = exchange_put(live->exchange, event.body, event.body_len);
	reply_finish(&event);
	return rc == -1 ? -1 : 1;
}

static int
on_send(struct run_watcher *watcher)
{
	struct live *live = (struct live *)watcher;

	if (!watcher->has_begun && live_begin(live) == -1)
		return -1;
	return send_next(live, false) == -1 ? -1 : 0;
}

/* Watches the next run, as its watcher. */
static void
live_attach(struct live *live, struct exchange *exchange, struct run *run)
{
	live->watcher.has_begun = false;
	live->watcher.send = on_send;
	live->exchange = exchange;
	live->run = run;
	run->watcher = &live->watcher;
}

/* 0: the client takes more; -1: it is gone, or too slow. */
static int
await_client(struct live *live, uint64_t deadline_us)
{
	struct pollfd p = { .fd = exchange_client_fd(live->exchange),
		.events = POLLOUT | POLLRDHUP };
	int n;

	do {
		n = poll(&p, 1, io_left_ms(deadline_us));
	} while (n == -1 && errno == EINTR);
	return n == 1 && p.revents == POLLOUT ? 0 : -1;
}

/* Piece by piece, so that it never blocks. */
static int
put_ending(struct live *live, const struct reply *ending)
{
	uint64_t last_us = io_now_us() + ENDING_PATIENCE_US;
	uint64_t deadline_us;
	size_t sent = 0;
	size_t len;

	while (sent < ending->body_len) {
		deadline_us = io_now_us() + END_PATIENCE_US;
		if (await_client(live,
			deadline_us < last_us ? deadline_us : last_us) == -1)
			return -1;
		len = ending->body_len - sent;
		len = len < EXCHANGE_PIECE_MAX ? len : EXCHANGE_PIECE_MAX;
		if (exchange_put(live->exchange, ending->body + sent, len) ==
		    -1)
			return -1;
		sent += len;
	}
	return 0;
}

static int
send_ending(struct live *live, uint64_t run_us)
{
	struct reply ending;
	int rc;

	if (reply_format_last_events(
		&live->run->result, live->run->queue_us, run_us, &ending) == -1)
		return -1;
	rc = put_ending(live, &ending);
	reply_finish(&ending);
	return rc;
}

/*
 * Sends the rest of the output and the ending, once the run has its result.
 * Output that a slow client does not take in time is lost, and the ending with
 * it, so that the client notices. 0, or -1: it was lost.
 */
static int
live_end(struct live *live, uint64_t run_us)
{
	uint64_t deadline_us = io_now_us() + END_PATIENCE_US;
	int more = 1;

	if (await_client(live, deadline_us) == -1 ||
	    (!live->watcher.has_begun && live_begin(live) == -1))
		return -1;
	while (more == 1) {
		if (await_client(live, deadline_us) == -1)
			return -1;
		more = send_next(live, true);
	}
	return more == -1 ? -1 : send_ending(live, run_us);
}

/* --- GET /healthz and GET /metrics: how the service is -----------------------
 */

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

/*
 * {"status": "ok", "busy" (which is healthy) or "down", and the pool's
 * numbers}. If the supervisor does not know, a program runs in the first
 * language. That takes at most the language's usual time, and goes on when the
 * client hangs up, which must not make the service look ill.
 */
static int
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

static int
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

/* --- the routes ------------------------------------------------------------
 */

enum method { GET, POST, NONE };

static const struct route {
	const char *path;
	enum method method;
	const struct dialect *dialect;
	/* GET: the answer, to be finished by the caller. 0, or -1: no memory,
	 * or no supervisor. */
	int (*get)(struct service *service, struct answer *answer);
} routes[] = {
	{ "/run", POST, &dialect_run, NULL },
	{ "/healthz", GET, &dialect_run, status_health },
	{ "/metrics", GET, &dialect_run, status_metrics },
	{ "/api/v2/execute", POST, &dialect_piston, NULL },
	{ "/api/v2/piston/execute", POST, &dialect_piston, NULL },
	{ "/api/v2/runtimes", GET, &dialect_piston, piston_list_runtimes },
	{ "/api/v2/piston/runtimes", GET, &dialect_piston,
	    piston_list_runtimes },
	/* Any other path that begins so is not found. */
	{ "/api/v2/", NONE, &dialect_piston, NULL },
	{ "", NONE, &dialect_run, NULL },
};

int
service_init(struct service *service, const struct service_options *options,
    struct link *link)
{
	memset(service, 0, sizeof(*service));
	service->options = *options;
	service->options.limits.languages = &service->options.languages;
	service->link = link;
	service->body = malloc((size_t)options->limits.body_bytes_max + 1);
	service->exchange = exchange_create(RESPONDER_LISTEN_FD);
	if (service->body == NULL || service->exchange == NULL)
		return -1;
	return run_init(&service->run, link, options->output_limit_bytes);
}

void
service_finish(struct service *service)
{
	run_watcher_finish(&service->live.watcher);
	run_watcher_finish(&service->orderly);
	run_finish(&service->run);
	free(service->body);
	exchange_destroy(service->exchange);
}

/* nginx made the request's id or checked it; a stranger's never gets into a
 * header. */
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

/* Every answer is counted, logged, sent, and freed. */
static void
send_answer(struct service *service, struct answer *answer)
{
	char trace[TRACE_TEXT_BYTES];

	link_note_answer(service->link, (uint32_t)answer->reply.http_status);
	trace_format(service->asker.trace, trace);
	log_debug(NULL, "answered trace=%s status=%d bytes=%zu", trace,
	    answer->reply.http_status, answer->reply.body_len);
	exchange_send(service->exchange, answer);
	reply_finish(&answer->reply);
}

static void
refuse(struct service *service, const struct refusal *refusal)
{
	struct answer answer = { .refusal = refusal };

	if (reply_set_sentence(&answer.reply, refusal->http_status,
		service->dialect->refusal, refusal->message) == -1)
		return; /* no memory for a sentence: nginx says 502 */
	send_answer(service, &answer);
}

static void
refuse_with(struct service *service, int http_status, const char *sentence,
    const char *allow)
{
	struct refusal refusal;

	(void)refusal_set(&refusal, http_status, "%s", sentence);
	refusal.allow = allow;
	refuse(service, &refusal);
}

static void
refuse_busy(struct service *service)
{
	refuse_with(service, 503,
	    "The service is stopping or out of memory: try again later", NULL);
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

static void
answer_result(
    struct service *service, const struct request *request, uint64_t begun_us)
{
	struct answer answer = { .is_run = true,
		.queue_us = service->run.queue_us };

	answer.run_us = io_now_us() - begun_us - answer.queue_us;
	if (request->is_live) {
		/* Its client has seen all but the end. */
		link_note_answer(service->link, 200);
		if (live_end(&service->live, answer.run_us) == -1)
			log_debug(NULL, "live-client-lost");
	} else if (service->dialect->format_result(
		       &service->run, request, &answer.reply) == -1) {
		refuse_busy(service);
	} else {
		send_answer(service, &answer);
	}
	log_run(service, request);
}

/* Checks in the contract's order. 0, or -1 with the refusal. */
static int
take_request(
    struct service *service, struct request *request, struct refusal *refusal)
{
	const struct request_limits *limits = &service->options.limits;
	const struct dialect *dialect = service->dialect;
	struct exchange *exchange = service->exchange;
	const struct head head = {
		.method = exchange_param(exchange, "REQUEST_METHOD"),
		.content_type = exchange_param(exchange, "CONTENT_TYPE"),
		.content_length = exchange_param(exchange, "CONTENT_LENGTH"),
	};
	const struct head_rules rules = {
		.body_bytes_max = limits->body_bytes_max,
		.takes_text = dialect->takes_text && limits->takes_text,
		.wrong_type = dialect->wrong_type,
	};
	struct body body = { limits, request, refusal, NULL };
	size_t len = 0;

	if (head_check(&head, &rules, &len, refusal) == -1) {
		exchange_drain(exchange);
		return -1;
	}
	if (exchange_read_body(exchange, service->body, len) == -1)
		return refusal_set(refusal, 400,
		    "The body is shorter than its Content-Length");
	return request_parse(
	    &body, service->body, len, &dialect->words, dialect->read_members);
}

/* A live run is watched by its client. Another is watched for the order of its
 * output, if the dialect tells it. */
static void
attach_watcher(struct service *service, struct request *request)
{
	request->is_live = service->dialect->has_live &&
			   head_wants_events(exchange_param(
			       service->exchange, "HTTP_ACCEPT"));
	if (request->is_live)
		live_attach(&service->live, service->exchange, &service->run);
	else if (!service->dialect->has_live)
		service->run.watcher = &service->orderly;
}

static void
serve_run(struct service *service)
{
	struct refusal refusal = { .http_status = 500 };
	struct request request;
	uint64_t begun_us;

	request_init(&request);
	if (take_request(service, &request, &refusal) == -1) {
		refuse(service, &refusal);
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
		refuse(service, &refusal);
		break;
	case RUN_CLIENT_GONE:
		/* Nobody waits for an answer, but the program may have run. */
		if (service->run.sent)
			log_run(service, &request);
		break;
	}
	service->run.watcher = NULL;
	returned_finish(&service->run.returned);
	request_finish(&request);
}

/* GET or HEAD, without a body to look at. */
static void
serve_get(struct service *service, const struct route *route)
{
	const char *method = exchange_param(
	    service->exchange, "REQUEST_METHOD");
	struct answer answer = { .refusal = NULL };

	exchange_drain(service->exchange);
	answer.head_only = method != NULL && strcmp(method, "HEAD") == 0;
	if (!answer.head_only &&
	    (method == NULL || strcmp(method, "GET") != 0)) {
		refuse_with(
		    service, 405, "Method not allowed: use GET", "GET, HEAD");
	} else if (route->get(service, &answer) == -1) {
		refuse_busy(service);
	} else {
		send_answer(service, &answer);
	}
}

static void
serve_nothing(struct service *service)
{
	exchange_drain(service->exchange);
	refuse_with(service, 404, service->dialect->not_found, NULL);
}

/* The last row is for every path. */
static const struct route *
find_route(const char *path)
{
	const struct route *route = routes;

	while (route->method == NONE
		   ? strncmp(path, route->path, strlen(route->path)) != 0
		   : strcmp(path, route->path) != 0)
		route++;
	return route;
}

void
serve_one(struct service *service)
{
	struct exchange *exchange = service->exchange;
	const struct route *route;
	const char *path;

	/* A responder that is to stop leaves the rest to the others. */
	link_on_idle_message(service->link);
	if (service->link->lost || exchange_accept(exchange) == -1)
		return;
	client_make_key(
	    exchange_param(exchange, "REMOTE_ADDR"), service->asker.client);
	trace_parse(
	    exchange_param(exchange, "SCE_TRACE"), service->asker.trace);
	path = exchange_param(exchange, "DOCUMENT_URI");
	route = find_route(path != NULL ? path : "");
	service->dialect = route->dialect;
	switch (route->method) {
	case POST:
		serve_run(service);
		break;
	case GET:
		serve_get(service, route);
		break;
	case NONE:
		serve_nothing(service);
		break;
	}
	exchange_finish(exchange);
}
