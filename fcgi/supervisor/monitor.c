/* SPDX-License-Identifier: MIT */
/*
 * What responders may ask, and what they get. A responder can have been taken
 * over: every message is checked against the state that this side keeps of
 * it, and one that does not fit ends the process. Nothing that it says can
 * lengthen a lease or get it a second one.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "common/fdpass.h"
#include "common/io.h"
#include "common/log.h"
#include "supervisor/docker_args.h"
#include "supervisor/supervisor.h"

/* How long a responder may take to notice that its lease is over. */
#define RELEASE_PATIENCE_US (5 * 1000 * 1000)

void
monitor_reply(
    struct supervisor *sup, uint32_t index, struct lease_reply *message, int fd)
{
	message->version = LEASE_PROTOCOL_VERSION;
	if (fdpass_send(sup->workers[index].channel_fd, message,
		sizeof(*message), fd) == -1)
		workers_end(sup, index, "it does not read its channel");
}

static void
refuse(struct supervisor *sup, uint32_t index, enum lease_refusal reason)
{
	struct lease_reply message = { .kind = LEASE_REFUSE,
		.reason = reason,
		.retry_after_s = pool_retry_after_s(
		    &sup->pool, sup->workers[index].client, io_now_us()) };

	metrics_note_refusal(&sup->metrics, reason);
	sup->workers[index].state = WORKER_IDLE;
	sup->workers[index].probing_until_us = 0;
	monitor_reply(sup, index, &message, -1);
}

static const char *
on_acquire(
    struct supervisor *sup, uint32_t index, const struct lease_request *request)
{
	struct worker *worker = &sup->workers[index];
	struct pool_waiter waiter = { .worker = index,
		.wall_limit_ms = request->wall_limit_ms,
		.memory_kib = request->memory_kib,
		.since_us = io_now_us() };
	uint32_t evicted;

	if (worker->state != WORKER_IDLE)
		return "it asked for a second lease";
	if (request->wall_limit_ms == 0 ||
	    request->wall_limit_ms > sup->config.timeout_max_ms)
		return "it asked for a lease beyond the limit";
	if (request->memory_kib != 0 &&
	    (request->memory_kib < MEMORY_BYTES_MIN / 1024 ||
		request->memory_kib > sup->config.memory_bytes / 1024))
		return "it asked for memory beyond the limit";
	memcpy(waiter.client, request->client, sizeof(waiter.client));
	memcpy(worker->client, request->client, sizeof(worker->client));
	memcpy(worker->trace, request->trace, sizeof(worker->trace));
	if (sup->stopping) {
		refuse(sup, index, LEASE_STOPPING);
	} else if (pool_is_down(&sup->pool)) {
		refuse(sup, index, LEASE_NO_SANDBOX);
	} else if (!pool_enqueue(&sup->pool, &waiter, &evicted)) {
		refuse(sup, index, LEASE_QUEUE_FULL);
	} else {
		worker->state = WORKER_WAITING;
		if (evicted != POOL_NONE)
			refuse(sup, evicted, LEASE_QUEUE_FULL);
		monitor_grant_all(sup, waiter.since_us);
	}
	return NULL;
}

static const char *
on_cancel(struct supervisor *sup, uint32_t index)
{
	/* It may have crossed a grant or a refusal: then there is no more to
	 * say, the responder reads that one. */
	if (pool_dequeue(&sup->pool, index))
		refuse(sup, index, LEASE_CANCELLED);
	return NULL;
}

static void
note_run(struct supervisor *sup, const struct worker *worker,
    const struct lease_request *request)
{
	uint64_t run_us = io_now_us() - worker->leased_us;
	char trace[TRACE_TEXT_BYTES];

	metrics_note_run(
	    &sup->metrics, request->outcome, request->truncated, run_us);
	trace_format(worker->trace, trace);
	log_debug(NULL,
	    "lease-released trace=%s lease=%" PRIu64
	    " outcome=%u run_us=%" PRIu64,
	    trace, worker->lease_id, request->outcome, run_us);
}

static const char *
on_release(
    struct supervisor *sup, uint32_t index, const struct lease_request *request)
{
	struct worker *worker = &sup->workers[index];

	if (worker->state != WORKER_LEASED ||
	    request->lease_id != worker->lease_id)
		return "it released what it does not hold";
	if (request->verdict > VERDICT_SANDBOX_FAILED ||
	    request->outcome > LEASE_ABANDONED)
		return "it reported an unknown verdict";
	note_run(sup, worker, request);
	if (request->verdict != 0 && request->verdict != VERDICT_SANDBOX_FAILED)
		sup->last_verdict_us = io_now_us();
	if (worker->slot != POOL_NONE &&
	    !reuse_on_release(sup, worker->slot, request->verdict))
		ending_begin(sup, worker->slot);
	worker->state = WORKER_IDLE;
	worker->release_by_us = IO_FOREVER;
	worker->probing_until_us = 0;
	return NULL;
}

/* Returns what was wrong with the message, or NULL. */
static const char *
dispatch(
    struct supervisor *sup, uint32_t index, const struct lease_request *request)
{
	if (request->version != LEASE_PROTOCOL_VERSION)
		return "it speaks another protocol";
	switch (request->kind) {
	case LEASE_ACQUIRE:
		return on_acquire(sup, index, request);
	case LEASE_CANCEL:
		return on_cancel(sup, index);
	case LEASE_RELEASE:
		return on_release(sup, index, request);
	case LEASE_HEALTH:
		return report_on_health(sup, index);
	case LEASE_METRICS:
		return report_on_metrics(sup, index);
	case LEASE_ANSWERED:
		metrics_note_request(&sup->metrics, request->http_status);
		return NULL;
	default:
		return "it sent an unknown message";
	}
}

void
monitor_on_worker(struct supervisor *sup, uint32_t index)
{
	struct worker *worker = &sup->workers[index];
	struct lease_request request;
	const char *violation = NULL;
	int fd = -1;
	int n;

	/* One message a turn: a responder that talks a lot starves nobody. */
	n = fdpass_recv(worker->channel_fd, &request, sizeof(request), &fd);
	if (n == -1 && errno == EAGAIN)
		return;
	if (n == 0) {
		workers_end(sup, index, NULL); /* it is gone, or going */
		return;
	}
	if (n == -1)
		violation = "it sent a message of a wrong size";
	else if (fd != -1)
		violation = "it sent a descriptor";
	else
		violation = dispatch(sup, index, &request);
	fd_close(&fd);
	if (violation != NULL)
		workers_end(sup, index, violation);
}

/* The run's own limit, or the configured one again. 0, or -1. */
static int
limit_memory(struct supervisor *sup, struct sandbox *box, uint32_t memory_kib)
{
	uint64_t bytes = memory_kib != 0 ? (uint64_t)memory_kib * 1024
					 : sup->config.memory_bytes;

	if (memory_kib == box->memory_kib)
		return 0;
	if (cgroup_limit_memory(box->cgroup,
		bytes + docker_memory_overhead(&sup->config)) == -1) {
		log_warning(
		    strerror(errno), "memory-not-limited name=%s", box->name);
		return -1;
	}
	box->memory_kib = memory_kib;
	return 0;
}

/* What the responder gets: -1 makes it give the lease back. */
static int
open_run(struct supervisor *sup, const struct pool_grant *grant)
{
	struct sandbox *box = &sup->sandboxes[grant->slot];

	if (limit_memory(sup, box, grant->waiter.memory_kib) == -1) {
		box->is_last_run = true;
		return -1;
	}
	return sup->config.fork ? reuse_open_run(sup, grant->slot)
				: box->guest_fd;
}

static void
grant(struct supervisor *sup, const struct pool_grant *grant, uint64_t now_us)
{
	struct sandbox *box = &sup->sandboxes[grant->slot];
	uint32_t index = grant->waiter.worker;
	struct worker *worker = &sup->workers[index];
	struct lease_reply message = { .kind = LEASE_GRANT,
		.lease_id = ++sup->leases,
		.queue_us = now_us - grant->waiter.since_us };
	char trace[TRACE_TEXT_BYTES];

	box->worker = index;
	box->deadline_us = now_us +
			   (uint64_t)grant->waiter.wall_limit_ms * 1000 +
			   LEASE_MARGIN_US;
	worker->state = WORKER_LEASED;
	worker->lease_id = sup->leases;
	worker->leased_us = now_us;
	worker->slot = grant->slot;
	metrics_observe(&sup->metrics.queue, message.queue_us);
	trace_format(worker->trace, trace);
	log_debug(NULL,
	    "lease-granted trace=%s lease=%" PRIu64
	    " slot=%u name=%s queue_us=%" PRIu64,
	    trace, sup->leases, grant->slot, box->name, message.queue_us);
	monitor_reply(sup, index, &message, open_run(sup, grant));
}

void
monitor_grant_all(struct supervisor *sup, uint64_t now_us)
{
	struct pool_grant next;
	uint32_t index;

	/* First those who can be served, even in their last moment. */
	while (pool_grant_next(&sup->pool, now_us, &next))
		grant(sup, &next, now_us);
	while ((index = pool_pick_expired(&sup->pool, now_us)) != POOL_NONE) {
		(void)pool_dequeue(&sup->pool, index);
		refuse(sup, index, LEASE_QUEUE_TIMEOUT);
	}
	while ((sup->stopping || pool_is_down(&sup->pool)) &&
	       sup->pool.queued > 0) {
		index = sup->pool.queue[0].worker;
		(void)pool_dequeue(&sup->pool, index);
		refuse(sup, index,
		    sup->stopping ? LEASE_STOPPING : LEASE_NO_SANDBOX);
	}
}

void
monitor_lease_ended(struct supervisor *sup, uint32_t slot)
{
	struct sandbox *box = &sup->sandboxes[slot];
	struct worker *worker;

	if (box->worker == POOL_NONE)
		return;
	worker = &sup->workers[box->worker];
	box->worker = POOL_NONE;
	if (worker->state != WORKER_LEASED || worker->slot != slot)
		return;
	worker->slot = POOL_NONE;
	worker->release_by_us = io_now_us() + RELEASE_PATIENCE_US;
}
