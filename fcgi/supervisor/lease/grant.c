/* SPDX-License-Identifier: MIT */
/* Gives or refuses the leases that pool/queue.c decides on. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "common/io.h"
#include "common/log.h"
#include "supervisor/box/box.h"
#include "supervisor/lease/responders.h"

/* A responder may take so long to notice that its lease is over. */
#define RELEASE_PATIENCE_US (5 * 1000 * 1000)

/* The run's own limit, or the configured one again. 0, or -1. */
static int
limit_memory(struct supervisor *sup, uint32_t slot, uint32_t memory_kib)
{
	struct box *box = &sup->boxes[slot];
	uint32_t language = sup->pool.slots[slot].language;
	uint64_t bytes = memory_kib != 0
			     ? (uint64_t)memory_kib * 1024
			     : sup->config.languages[language].memory_bytes;

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

/* Returns the descriptor for the responder; -1 makes it give the lease back. */
static int
open_run(struct supervisor *sup, const struct pool_grant *grant)
{
	struct box *box = &sup->boxes[grant->slot];

	if (limit_memory(sup, grant->slot, grant->waiter.memory_kib) == -1) {
		box->is_last_run = true;
		return -1;
	}
	return sup->config.fork ? fork_runs_open(sup, grant->slot)
				: box->guest_fd;
}

static void
give(struct supervisor *sup, const struct pool_grant *grant, uint64_t now_us)
{
	struct box *box = &sup->boxes[grant->slot];
	uint32_t index = grant->waiter.responder;
	struct responder *responder = &sup->responders[index];
	struct lease_reply message = { .kind = LEASE_GRANT,
		.lease_id = ++sup->leases,
		.queue_us = now_us - grant->waiter.since_us };
	char trace[TRACE_TEXT_BYTES];

	box->responder = index;
	box->deadline_us = now_us +
			   (uint64_t)grant->waiter.wall_limit_ms * 1000 +
			   LEASE_MARGIN_US;
	responder->state = RESPONDER_LEASED;
	responder->lease_id = sup->leases;
	responder->leased_us = now_us;
	responder->slot = grant->slot;
	metrics_observe(&sup->metrics.queue, message.queue_us);
	trace_format(responder->trace, trace);
	log_debug(NULL,
	    "lease-granted trace=%s lease=%" PRIu64
	    " slot=%u name=%s queue_us=%" PRIu64,
	    trace, sup->leases, grant->slot, box->name, message.queue_us);
	channel_reply(sup, index, &message, open_run(sup, grant));
}

/* Refuses those who wait for a sandbox that will not come. */
static void
refuse_in_vain(struct supervisor *sup, uint64_t now_us)
{
	const struct pool_waiter *waiter = sup->pool.queue;
	uint32_t index;

	while (waiter < sup->pool.queue + sup->pool.queued) {
		if (!sup->stopping &&
		    !pool_is_down(&sup->pool, waiter->language, now_us)) {
			waiter++;
			continue;
		}
		/* The waiters behind it move up. */
		index = waiter->responder;
		(void)pool_dequeue(&sup->pool, index);
		channel_refuse(sup, index,
		    sup->stopping ? LEASE_STOPPING : LEASE_NO_SANDBOX);
	}
}

void
grant_all(struct supervisor *sup, uint64_t now_us)
{
	struct pool_grant next;
	uint32_t index;

	/* First those who can be served, even in their last moment. */
	while (pool_grant_next(&sup->pool, now_us, &next))
		give(sup, &next, now_us);
	while ((index = pool_expire(&sup->pool, now_us)) != POOL_NONE)
		channel_refuse(sup, index, LEASE_QUEUE_TIMEOUT);
	refuse_in_vain(sup, now_us);
}

/* Looks for boxes that have ended while they were leased. */
static void
notice_ended(struct supervisor *sup, uint64_t now_us)
{
	struct responder *responder;
	uint32_t i;

	for (i = 0; i < sup->responder_count; i++) {
		responder = &sup->responders[i];
		if (responder->state != RESPONDER_LEASED ||
		    responder->slot == POOL_NONE || lease_is_held(sup, i))
			continue;
		responder->slot = POOL_NONE;
		responder->release_by_us = now_us + RELEASE_PATIENCE_US;
	}
}

void
grant_settle(struct supervisor *sup, uint64_t now_us)
{
	notice_ended(sup, now_us);
	grant_all(sup, now_us);
}
