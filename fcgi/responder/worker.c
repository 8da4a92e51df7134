/* SPDX-License-Identifier: MIT */
/* Owns the loop of a responder, which takes one request at a time. */
#include "responder/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "common/io.h"
#include "common/log.h"

struct worker {
	struct service service;
	int epoll_fd;
};

static int
watch(struct worker *worker, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	return epoll_ctl(worker->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

struct worker *
worker_create(const struct service_options *options, struct link *link)
{
	struct worker *worker = calloc(1, sizeof(*worker));

	if (worker == NULL)
		return NULL;
	worker->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (service_init(&worker->service, options, link) == -1 ||
	    worker->epoll_fd == -1 || watch(worker, link->fd, EPOLLIN) == -1 ||
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
	service_finish(&worker->service);
	fd_close(&worker->epoll_fd);
	free(worker);
}

void
worker_loop(struct worker *worker)
{
	struct epoll_event event;
	int n;

	/* One event a turn: of several waiting responders one is woken. */
	while (!worker->service.link->lost) {
		n = epoll_wait(worker->epoll_fd, &event, 1, -1);
		if (n == -1 && errno != EINTR) {
			log_error(strerror(errno), "epoll-failed");
			return;
		}
		if (n != 1)
			continue;
		if (event.data.fd == RESPONDER_LISTEN_FD)
			serve_one(&worker->service);
		else
			link_on_idle_message(worker->service.link);
	}
}
