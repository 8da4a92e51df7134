/* SPDX-License-Identifier: MIT */
/*
 * What the service answers: which path, which checks in which order, what is
 * logged. One request at a time; of several waiting workers one is woken.
 */
#include "responder/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

#include "common/io.h"
#include "common/log.h"
#include "responder/client.h"
#include "responder/exchange.h"
#include "responder/execlog.h"
#include "responder/health.h"
#include "responder/reply.h"
#include "responder/run.h"

struct worker {
	struct worker_options options;
	struct link *link;
	struct run run;
	struct exchange *exchange;
	uint8_t *body; /* body_bytes_max and a NUL */
	int epoll_fd;
	uint64_t log_failures;
	bool log_torn; /* the last line was cut by a full disk */
};

/* nginx has made or checked it; a stranger's never gets into a header. */
static void
request_id(struct worker *worker, char out[REQUEST_ID_BYTES_MAX])
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";
	const char *id = exchange_param(worker->exchange, "HTTP_X_REQUEST_ID");
	size_t len = id == NULL ? 0 : strlen(id);

	if (len == 0 || len >= REQUEST_ID_BYTES_MAX ||
	    strspn(id, allowed) != len)
		id = "-";
	(void)snprintf(out, REQUEST_ID_BYTES_MAX, "%s", id);
}

static void
put_refusal(struct worker *worker, const struct refusal *refusal)
{
	struct answer answer = { .refusal = refusal };

	if (reply_format_refusal(refusal, &answer.reply) == -1)
		return; /* no memory for a sentence: nginx says 502 */
	exchange_send(worker->exchange, &answer);
	reply_finish(&answer.reply);
}

static void
log_run(struct worker *worker, const struct request *request)
{
	char id[REQUEST_ID_BYTES_MAX];
	const char *client = exchange_param(worker->exchange, "REMOTE_ADDR");
	struct execlog_entry entry = { .request_id = id,
		.client = client != NULL ? client : "",
		.request = request,
		.result = &worker->run.result,
		.queue_us = worker->run.queue_us,
		.with_code = worker->options.log_code };

	request_id(worker, id);
	(void)clock_gettime(CLOCK_REALTIME, &entry.time);
	if (execlog_write(worker->link->log_fd, &worker->log_torn, &entry) ==
	    0) {
		worker->log_failures = 0;
		return;
	}
	/* Once per outage: a full disk must not fill another. */
	if (worker->log_failures++ == 0)
		log_error("executions.log: %m");
}

static void
answer_result(
    struct worker *worker, const struct request *request, uint64_t begun_us)
{
	struct answer answer = { .is_run = true,
		.queue_us = worker->run.queue_us };
	struct refusal refusal;

	answer.run_us = io_now_us() - begun_us - answer.queue_us;
	if (reply_format_result(&worker->run.result, &answer.reply) == -1) {
		(void)refusal_set(
		    &refusal, 503, "Out of memory: try again later");
		put_refusal(worker, &refusal);
	} else {
		exchange_send(worker->exchange, &answer);
	}
	reply_finish(&answer.reply);
	log_run(worker, request);
}

/* The checks in the contract's order. 0, or -1 with the refusal. */
static int
take_request(
    struct worker *worker, struct request *request, struct refusal *refusal)
{
	const struct request_limits *limits = &worker->options.limits;
	struct exchange *exchange = worker->exchange;
	size_t len = 0;

	if (request_check_head(exchange_param(exchange, "REQUEST_METHOD"),
		exchange_param(exchange, "CONTENT_TYPE"),
		exchange_param(exchange, "CONTENT_LENGTH"), limits, &len,
		refusal) == -1) {
		exchange_drain(exchange);
		return -1;
	}
	if (exchange_read_body(exchange, worker->body, len) == -1)
		return refusal_set(refusal, 400,
		    "The body is shorter than its Content-Length");
	return request_parse_body(worker->body, len, limits, request, refusal);
}

static void
serve_run(struct worker *worker)
{
	struct refusal refusal = { .http_status = 500 };
	struct request request;
	uint64_t begun_us;
	uint8_t key[16];

	request_init(&request);
	client_make_key(exchange_param(worker->exchange, "REMOTE_ADDR"), key);
	if (take_request(worker, &request, &refusal) == -1) {
		put_refusal(worker, &refusal);
		request_finish(&request);
		return;
	}
	begun_us = io_now_us();
	switch (run_execute(&worker->run, &request, key,
	    exchange_client_fd(worker->exchange), &refusal)) {
	case RUN_DONE:
		answer_result(worker, &request, begun_us);
		break;
	case RUN_REFUSED:
		put_refusal(worker, &refusal);
		break;
	case RUN_CLIENT_GONE:
		/* Nobody to answer; but what ran, ran. */
		if (worker->run.started)
			log_run(worker, &request);
		break;
	}
	request_finish(&request);
}

static void
serve_health(struct worker *worker)
{
	const char *method = exchange_param(worker->exchange, "REQUEST_METHOD");
	struct lease_reply health = { .ready = 0 };
	struct answer answer = { .refusal = NULL };
	struct refusal refusal;
	char body[128];
	const char *word;
	int n;

	exchange_drain(worker->exchange);
	answer.head_only = method != NULL && strcmp(method, "HEAD") == 0;
	if (method == NULL ||
	    (strcmp(method, "GET") != 0 && !answer.head_only)) {
		(void)refusal_set(&refusal, 405, "Method not allowed: use GET");
		refusal.allow = "GET, HEAD";
		put_refusal(worker, &refusal);
		return;
	}
	word = health_find(worker->link, &worker->run,
	    worker->options.limits.wall_default_ms, &health);
	n = snprintf(body, sizeof(body),
	    "{\"status\":\"%s\",\"ready\":%u,\"running\":%u,\"queued\":%u}\n",
	    word, health.ready, health.running, health.queued);
	answer.reply.http_status = strcmp(word, "down") == 0 ? 503 : 200;
	answer.reply.body = body;
	answer.reply.body_len = (size_t)n;
	exchange_send(worker->exchange, &answer);
}

static void
serve(struct worker *worker)
{
	const char *uri = exchange_param(worker->exchange, "DOCUMENT_URI");
	struct refusal refusal;

	if (uri != NULL && strcmp(uri, "/run") == 0) {
		serve_run(worker);
	} else if (uri != NULL && strcmp(uri, "/healthz") == 0) {
		serve_health(worker);
	} else {
		exchange_drain(worker->exchange);
		(void)refusal_set(
		    &refusal, 404, "Not found: send programs to /run");
		put_refusal(worker, &refusal);
	}
}

static int
watch(struct worker *worker, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	return epoll_ctl(worker->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

struct worker *
worker_create(const struct worker_options *options, struct link *link)
{
	struct worker *worker = calloc(1, sizeof(*worker));

	if (worker == NULL)
		return NULL;
	worker->options = *options;
	worker->link = link;
	worker->body = malloc((size_t)options->limits.body_bytes_max + 1);
	worker->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	worker->exchange = exchange_create(RESPONDER_LISTEN_FD);
	if (worker->body == NULL || worker->epoll_fd == -1 ||
	    worker->exchange == NULL ||
	    run_init(&worker->run, link, options->output_limit_bytes,
		options->memory_limit_bytes) == -1 ||
	    watch(worker, link->fd, EPOLLIN) == -1 ||
	    watch(worker, RESPONDER_LISTEN_FD, EPOLLIN | EPOLLEXCLUSIVE) ==
		-1) {
		worker_destroy(worker);
		return NULL;
	}
	return worker;
}

void
worker_destroy(struct worker *worker)
{
	if (worker == NULL)
		return;
	run_finish(&worker->run);
	free(worker->body);
	exchange_destroy(worker->exchange);
	fd_close(&worker->epoll_fd);
	free(worker);
}

static void
accept_one(struct worker *worker)
{
	/* Who is to stop leaves the rest to those that come after. */
	link_on_idle_message(worker->link);
	if (worker->link->lost || exchange_accept(worker->exchange) == -1)
		return;
	serve(worker);
	exchange_finish(worker->exchange);
}

void
worker_loop(struct worker *worker)
{
	struct epoll_event event;
	int n;

	/* One event a turn: of several waiting responders one is woken. */
	while (!worker->link->lost) {
		n = epoll_wait(worker->epoll_fd, &event, 1, -1);
		if (n == -1 && errno != EINTR) {
			log_error("epoll_wait: %m");
			return;
		}
		if (n != 1)
			continue;
		if (event.data.fd == RESPONDER_LISTEN_FD)
			accept_one(worker);
		else
			link_on_idle_message(worker->link);
	}
}
