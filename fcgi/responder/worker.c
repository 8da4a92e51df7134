/* SPDX-License-Identifier: MIT */
/*
 * libfcgi 2.4.2 as we can trust it: signals stay blocked (one that arrives
 * while a peer is silent makes its accept spin for ever), the listener is
 * non-blocking, its own handlers are undone, and its stdin is read to the end
 * before its descriptor is polled for the client's leaving.
 */
#include "responder/worker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcgiapp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

#include "common/io.h"
#include "common/log.h"
#include "responder/execlog.h"
#include "responder/reply.h"
#include "responder/run.h"

/* A health probe: what it runs, what it must print, how long it may take. */
#define PROBE_CODE "print('ok')"
#define PROBE_OUTPUT "ok\n"

struct worker {
	struct worker_options options;
	struct link *link;
	struct run run;
	FCGX_Request fcgi;
	uint8_t *body; /* body_bytes_max and a NUL */
	int epoll_fd;
	uint64_t log_failures;
};

/* What is answered, beside the reply's status and body. */
struct answer {
	struct reply reply;
	const struct refusal *refusal; /* NULL: none */
	bool is_run;                   /* timings are known */
	bool head_only;
	uint64_t queue_us;
	uint64_t run_us;
};

static const char *
param(struct worker *worker, const char *name)
{
	return FCGX_GetParam(name, worker->fcgi.envp);
}

/* nginx has made or checked it; a stranger's never gets into a header. */
static void
request_id(struct worker *worker, char out[REQUEST_ID_BYTES_MAX])
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";
	const char *id = param(worker, "HTTP_X_REQUEST_ID");
	size_t len = id == NULL ? 0 : strlen(id);

	if (len == 0 || len >= REQUEST_ID_BYTES_MAX ||
	    strspn(id, allowed) != len)
		id = "-";
	(void)snprintf(out, REQUEST_ID_BYTES_MAX, "%s", id);
}

/* The address to be fair between: IPv4 mapped, IPv6 by its /64. */
static void
client_key(const char *address, uint8_t key[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	memset(key, 0, 16);
	if (address == NULL)
		return;
	if (inet_pton(AF_INET, address, key + 12) == 1)
		memcpy(key, mapped, sizeof(mapped));
	else if (inet_pton(AF_INET6, address, key) == 1)
		memset(key + 8, 0, 8);
	else
		memset(key, 0, 16);
}

static const char *
reason_phrase(int http_status)
{
	static const struct {
		int http_status;
		const char *phrase;
	} phrases[] = {
		{ 200, "OK" },
		{ 400, "Bad Request" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 411, "Length Required" },
		{ 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" },
		{ 503, "Service Unavailable" },
	};
	size_t i;

	for (i = 0; i < sizeof(phrases) / sizeof(*phrases); i++) {
		if (phrases[i].http_status == http_status)
			return phrases[i].phrase;
	}
	return "Internal Server Error";
}

static void
put_answer(struct worker *worker, const struct answer *answer)
{
	FCGX_Stream *out = worker->fcgi.out;

	/* nginx adds X-Request-Id and Cache-Control, to every answer alike. */
	(void)FCGX_FPrintF(out,
	    "Status: %d %s\r\nContent-Type: application/json\r\n"
	    "Content-Length: %u\r\n",
	    answer->reply.http_status,
	    reason_phrase(answer->reply.http_status),
	    (unsigned int)answer->reply.body_len);
	if (answer->refusal != NULL && answer->refusal->allow != NULL)
		(void)FCGX_FPrintF(out, "Allow: %s\r\n",
		    answer->refusal->allow);
	if (answer->refusal != NULL && answer->refusal->retry_after_s > 0)
		(void)FCGX_FPrintF(out, "Retry-After: %u\r\n",
		    (unsigned int)answer->refusal->retry_after_s);
	if (answer->is_run)
		(void)FCGX_FPrintF(out,
		    "Server-Timing: queue;dur=%u.%03u, run;dur=%u.%03u\r\n",
		    (unsigned int)(answer->queue_us / 1000),
		    (unsigned int)(answer->queue_us % 1000),
		    (unsigned int)(answer->run_us / 1000),
		    (unsigned int)(answer->run_us % 1000));
	(void)FCGX_PutS("\r\n", out);
	if (!answer->head_only)
		(void)FCGX_PutStr(answer->reply.body,
		    (int)answer->reply.body_len, out);
	/* A client that is gone by now has only itself to blame. */
	(void)FCGX_FFlush(out);
}

static void
put_refusal(struct worker *worker, const struct refusal *refusal)
{
	struct answer answer = { .refusal = refusal };

	if (reply_format_refusal(refusal, &answer.reply) == -1)
		return; /* no memory for a sentence: nginx says 502 */
	put_answer(worker, &answer);
	reply_finish(&answer.reply);
}

/* Reads and drops what was sent, so that nginx is not cut off in mid-body. */
static void
drain_body(struct worker *worker)
{
	char scrap[4096];

	while (FCGX_GetStr(scrap, sizeof(scrap), worker->fcgi.in) > 0)
		;
}

static int
read_body(struct worker *worker, size_t len, struct refusal *refusal)
{
	int n = FCGX_GetStr((char *)worker->body, (int)len, worker->fcgi.in);

	worker->body[n > 0 ? n : 0] = '\0';
	if (n < 0 || (size_t)n != len || FCGX_GetError(worker->fcgi.in) != 0)
		return refusal_set(refusal, 400,
		    "The body is shorter than its Content-Length");
	drain_body(worker); /* to the end of stdin: then silence means alive */
	return 0;
}

static void
log_run(struct worker *worker, const struct request *request)
{
	char id[REQUEST_ID_BYTES_MAX];
	const char *client = param(worker, "REMOTE_ADDR");
	struct execlog_entry entry = { .request_id = id,
		.client = client != NULL ? client : "",
		.request = request,
		.result = &worker->run.result,
		.queue_us = worker->run.queue_us,
		.with_code = worker->options.log_code };

	request_id(worker, id);
	(void)clock_gettime(CLOCK_REALTIME, &entry.time);
	if (execlog_write(worker->link->log_fd, &entry) == 0) {
		worker->log_failures = 0;
		return;
	}
	/* Once per outage: a full disk must not fill another. */
	if (worker->log_failures++ == 0)
		log_error("executions.log: %m");
}

static void
answer_result(struct worker *worker, const struct request *request,
    uint64_t begun_us)
{
	struct answer answer = { .is_run = true,
		.queue_us = worker->run.queue_us };
	struct refusal refusal;

	answer.run_us = io_now_us() - begun_us - answer.queue_us;
	if (reply_format_result(&worker->run.result, &answer.reply) == -1) {
		(void)refusal_set(&refusal, 503,
		    "Out of memory: try again later");
		put_refusal(worker, &refusal);
	} else {
		put_answer(worker, &answer);
	}
	reply_finish(&answer.reply);
	log_run(worker, request);
}

static void
serve_run(struct worker *worker)
{
	const struct request_limits *limits = &worker->options.limits;
	struct refusal refusal = { .http_status = 500 };
	struct request request;
	uint64_t begun_us;
	uint8_t key[16];
	size_t len = 0;

	request_init(&request);
	client_key(param(worker, "REMOTE_ADDR"), key);
	if (request_check_head(param(worker, "REQUEST_METHOD"),
		param(worker, "CONTENT_TYPE"), param(worker, "CONTENT_LENGTH"),
		limits, &len, &refusal) == -1 ||
	    read_body(worker, len, &refusal) == -1 ||
	    request_parse_body(worker->body, len, limits, &request,
		&refusal) == -1) {
		drain_body(worker);
		put_refusal(worker, &refusal);
		request_finish(&request);
		return;
	}
	begun_us = io_now_us();
	switch (run_execute(&worker->run, &request, key, worker->fcgi.ipcFd,
	    &refusal)) {
	case RUN_DONE:
		answer_result(worker, &request, begun_us);
		break;
	case RUN_REFUSED:
		put_refusal(worker, &refusal);
		break;
	case RUN_CLIENT_GONE:
		break;
	}
	request_finish(&request);
}

/* A real run, when nothing else has shown for a while that runs work. */
static bool
probe(struct worker *worker)
{
	static uint8_t code[] = PROBE_CODE;
	static const uint8_t nobody[16];
	struct request request = { .code = code,
		.code_len = sizeof(code) - 1,
		.wall_limit_ms = worker->options.limits.wall_default_ms };
	const struct result *result = &worker->run.result;
	struct refusal refusal;

	return run_execute(&worker->run, &request, nobody,
		   worker->fcgi.ipcFd, &refusal) == RUN_DONE &&
	    result->verdict.kind == VERDICT_EXITED &&
	    result->stdout_len == strlen(PROBE_OUTPUT) &&
	    memcmp(result->stdout_data, PROBE_OUTPUT, result->stdout_len) == 0;
}

/* Asks, probes if nobody knows, and puts it into one word. */
static const char *
find_health(struct worker *worker, struct lease_reply *health)
{
	if (link_ask_health(worker->link, health) != LINK_GRANTED)
		return "down";
	switch ((enum lease_health)health->reason) {
	case LEASE_HEALTHY:
		return "ok";
	case LEASE_BUSY:
		return "busy";
	case LEASE_PROBE:
		return probe(worker) ? "ok" : "down";
	case LEASE_DOWN:
		break;
	}
	return "down";
}

static void
serve_health(struct worker *worker)
{
	const char *method = param(worker, "REQUEST_METHOD");
	struct lease_reply health = { .ready = 0 };
	struct answer answer = { .refusal = NULL };
	struct refusal refusal;
	char body[128];
	const char *word;
	int n;

	drain_body(worker);
	answer.head_only = method != NULL && strcmp(method, "HEAD") == 0;
	if (method == NULL ||
	    (strcmp(method, "GET") != 0 && !answer.head_only)) {
		(void)refusal_set(&refusal, 405,
		    "Method not allowed: use GET");
		refusal.allow = "GET, HEAD";
		put_refusal(worker, &refusal);
		return;
	}
	word = find_health(worker, &health);
	n = snprintf(body, sizeof(body),
	    "{\"status\":\"%s\",\"ready\":%u,\"running\":%u,\"queued\":%u}\n",
	    word, health.ready, health.running, health.queued);
	answer.reply.http_status = strcmp(word, "down") == 0 ? 503 : 200;
	answer.reply.body = body;
	answer.reply.body_len = (size_t)n;
	put_answer(worker, &answer);
}

static void
serve(struct worker *worker)
{
	const char *uri = param(worker, "DOCUMENT_URI");
	struct refusal refusal;

	if (uri != NULL && strcmp(uri, "/run") == 0) {
		serve_run(worker);
	} else if (uri != NULL && strcmp(uri, "/healthz") == 0) {
		serve_health(worker);
	} else {
		drain_body(worker);
		(void)refusal_set(&refusal, 404,
		    "Not found: send programs to /run");
		put_refusal(worker, &refusal);
	}
}

static int
watch(struct worker *worker, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	return epoll_ctl(worker->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

/* libfcgi's handlers would set a flag that makes its accept spin. */
static int
init_fcgi(struct worker *worker)
{
	static const int handled[] = { SIGUSR1, SIGTERM };
	size_t i;

	if (FCGX_Init() != 0 ||
	    FCGX_InitRequest(&worker->fcgi, RESPONDER_LISTEN_FD, 0) != 0)
		return -1;
	for (i = 0; i < sizeof(handled) / sizeof(*handled); i++) {
		if (signal(handled[i], SIG_DFL) == SIG_ERR)
			return -1;
	}
	return signal(SIGPIPE, SIG_IGN) == SIG_ERR ? -1 : 0;
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
	if (worker->body == NULL || worker->epoll_fd == -1 ||
	    run_init(&worker->run, link, options->output_limit_bytes,
		options->memory_limit_bytes) == -1 ||
	    init_fcgi(worker) == -1 ||
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
	fd_close(&worker->epoll_fd);
	free(worker);
}

static void
accept_one(struct worker *worker)
{
	int rc = FCGX_Accept_r(&worker->fcgi);

	if (rc == 0) {
		serve(worker);
		FCGX_Finish_r(&worker->fcgi);
	} else if (rc != -EAGAIN) {
		log_warning("accept failed: %d", rc);
	}
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
