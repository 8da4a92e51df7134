/* SPDX-License-Identifier: MIT */
/*
 * Owns libfcgi 2.4.2, and keeps clear of its faults: signals stay blocked,
 * because one that arrives while a peer is silent makes its accept spin for
 * ever; the listener is non-blocking; its own handlers are undone; and its
 * stdin is read to the end before its descriptor is polled for the client's
 * leaving.
 */
#include "responder/http/exchange.h"

#include <errno.h>
#include <fcgiapp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"

#define ACCEPT_PAUSE_MS 100

struct exchange {
	FCGX_Request fcgi;
	uint64_t accept_failures; /* in a row */
};

/* libfcgi's handlers would set a flag that makes its accept spin. */
static int
init_library(struct exchange *exchange, int listen_fd)
{
	if (FCGX_Init() != 0 ||
	    FCGX_InitRequest(&exchange->fcgi, listen_fd, 0) != 0 ||
	    signal(SIGUSR1, SIG_DFL) == SIG_ERR ||
	    signal(SIGTERM, SIG_DFL) == SIG_ERR ||
	    signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return -1;
	return 0;
}

struct exchange *
exchange_create(int listen_fd)
{
	struct exchange *exchange = calloc(1, sizeof(*exchange));

	if (exchange != NULL && init_library(exchange, listen_fd) == -1) {
		exchange_destroy(exchange);
		return NULL;
	}
	return exchange;
}

void
exchange_destroy(struct exchange *exchange)
{
	free(exchange);
}

/* Out of descriptors or memory: a pause, or all of us would spin on it. */
static void
pause_accepting(struct exchange *exchange, int rc)
{
	if (exchange->accept_failures++ == 0)
		log_warning(strerror(-rc), "accept-failed");
	(void)poll(NULL, 0, ACCEPT_PAUSE_MS);
}

int
exchange_accept(struct exchange *exchange)
{
	int rc = FCGX_Accept_r(&exchange->fcgi);

	if (rc == -EAGAIN)
		return -1;
	if (rc != 0) {
		pause_accepting(exchange, rc);
		return -1;
	}
	exchange->accept_failures = 0;
	return 0;
}

void
exchange_finish(struct exchange *exchange)
{
	FCGX_Finish_r(&exchange->fcgi);
}

const char *
exchange_param(struct exchange *exchange, const char *name)
{
	return FCGX_GetParam(name, exchange->fcgi.envp);
}

int
exchange_client_fd(const struct exchange *exchange)
{
	return exchange->fcgi.ipcFd;
}

void
exchange_drain(struct exchange *exchange)
{
	char scrap[4096];

	while (FCGX_GetStr(scrap, sizeof(scrap), exchange->fcgi.in) > 0)
		;
}

int
exchange_read_body(struct exchange *exchange, uint8_t *buf, size_t len)
{
	int n = FCGX_GetStr((char *)buf, (int)len, exchange->fcgi.in);

	if (n < 0 || (size_t)n != len || FCGX_GetError(exchange->fcgi.in) != 0)
		return -1;
	exchange_drain(exchange);
	return 0;
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

void
exchange_send(struct exchange *exchange, const struct answer *answer)
{
	FCGX_Stream *out = exchange->fcgi.out;

	/* nginx adds X-Request-Id and Cache-Control, to every answer alike. */
	(void)FCGX_FPrintF(out,
	    "Status: %d %s\r\nContent-Type: %s\r\nContent-Length: %u\r\n",
	    answer->reply.http_status, reason_phrase(answer->reply.http_status),
	    answer->content_type != NULL ? answer->content_type
					 : "application/json",
	    (unsigned int)answer->reply.body_len);
	if (answer->refusal != NULL && answer->refusal->allow != NULL)
		(void)FCGX_FPrintF(
		    out, "Allow: %s\r\n", answer->refusal->allow);
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
		(void)FCGX_PutStr(
		    answer->reply.body, (int)answer->reply.body_len, out);
	/* A client that is gone by now does not miss it. */
	(void)FCGX_FFlush(out);
}

int
exchange_begin_events(struct exchange *exchange, uint64_t queue_us)
{
	FCGX_Stream *out = exchange->fcgi.out;

	(void)FCGX_FPrintF(out,
	    "Status: 200 OK\r\n"
	    "Content-Type: text/event-stream; charset=utf-8\r\n"
	    "X-Accel-Buffering: no\r\n"
	    "Server-Timing: queue;dur=%u.%03u\r\n\r\n",
	    (unsigned int)(queue_us / 1000), (unsigned int)(queue_us % 1000));
	return FCGX_FFlush(out) == -1 ? -1 : 0;
}

int
exchange_put(struct exchange *exchange, const char *text, size_t len)
{
	FCGX_Stream *out = exchange->fcgi.out;

	if (FCGX_PutStr(text, (int)len, out) == -1)
		return -1;
	return FCGX_FFlush(out) == -1 ? -1 : 0;
}
