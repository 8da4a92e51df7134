/* SPDX-License-Identifier: MIT */
/*
 * The messages of the responders. A responder can have been taken over: every
 * message is checked against the state that this side keeps of it, and one that
 * does not fit ends the process. Nothing that it says can lengthen a lease or
 * get it a second one.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "common/fdpass.h"
#include "common/io.h"
#include "common/log.h"
#include "supervisor/box/box.h"
#include "supervisor/lease/responders.h"

#define IN(state) (1U << (state))
#define ANY (IN(RESPONDER_IDLE) | IN(RESPONDER_WAITING) | IN(RESPONDER_LEASED))

/* Takes a message. Returns what is wrong with it, or NULL. */
typedef const char *taker(struct supervisor *sup, uint32_t index,
    const struct lease_request *request);

static taker on_acquire, on_cancel, on_release, on_answered;

/* A message of each kind is permitted in some states of the responder. In
 * another one it is a violation. */
static const struct rule {
	taker *take;
	unsigned int states; /* bits */
	const char *violation;
} rules[] = {
	[LEASE_ACQUIRE] = { on_acquire, IN(RESPONDER_IDLE),
	    "it asked for a second lease" },
	/* It may have crossed a grant or a refusal. */
	[LEASE_CANCEL] = { on_cancel, ANY, NULL },
	[LEASE_RELEASE] = { on_release, IN(RESPONDER_LEASED),
	    "it released what it does not hold" },
	[LEASE_HEALTH] = { health_tell, IN(RESPONDER_IDLE),
	    "it asked for health in the middle of a lease" },
	[LEASE_METRICS] = { health_tell_metrics, IN(RESPONDER_IDLE),
	    "it asked for metrics in the middle of a lease" },
	[LEASE_ANSWERED] = { on_answered, ANY, NULL },
};

/* Returns what is wrong with the numbers, or NULL. */
static const char *
check_wishes(const struct config *config, const struct lease_request *request)
{
	const struct config_language *row;

	if (request->language >= config->language_count)
		return "it asked for an unknown runtime";
	row = &config->languages[request->language];
	if (request->wall_limit_ms == 0 ||
	    request->wall_limit_ms > config_lease_max_ms(row))
		return "it asked for a lease beyond the limit";
	if (request->memory_kib != 0 &&
	    (request->memory_kib < MEMORY_BYTES_MIN / 1024 ||
		request->memory_kib > row->memory_bytes / 1024))
		return "it asked for memory beyond the limit";
	return NULL;
}

/* Perhaps the image of the language is there when it is looked for. */
static void
refuse_as_down(struct supervisor *sup, uint32_t index)
{
	if (sup->pool.stock[sup->responders[index].language].is_missing)
		sup->is_docker_in_doubt = true;
	channel_refuse(sup, index, LEASE_NO_SANDBOX);
}

static const char *
on_acquire(
    struct supervisor *sup, uint32_t index, const struct lease_request *request)
{
	struct responder *responder = &sup->responders[index];
	struct pool_waiter waiter = { .responder = index,
		.wall_limit_ms = request->wall_limit_ms,
		.memory_kib = request->memory_kib,
		.language = request->language,
		.since_us = io_now_us() };
	const char *violation = check_wishes(&sup->config, request);
	uint32_t evicted;

	if (violation != NULL)
		return violation;
	responder->language = request->language;
	memcpy(waiter.client, request->client, sizeof(waiter.client));
	memcpy(responder->client, request->client, sizeof(responder->client));
	memcpy(responder->trace, request->trace, sizeof(responder->trace));
	if (sup->stopping) {
		channel_refuse(sup, index, LEASE_STOPPING);
	} else if (pool_is_down(&sup->pool, waiter.language, waiter.since_us)) {
		refuse_as_down(sup, index);
	} else if (!pool_enqueue(&sup->pool, &waiter, &evicted)) {
		channel_refuse(sup, index, LEASE_QUEUE_FULL);
	} else {
		responder->state = RESPONDER_WAITING;
		if (evicted != POOL_NONE)
			channel_refuse(sup, evicted, LEASE_QUEUE_FULL);
		grant_all(sup, waiter.since_us);
	}
	return NULL;
}

static const char *
on_cancel(
    struct supervisor *sup, uint32_t index, const struct lease_request *request)
{
	(void)request;
	/* Else the responder reads the grant or the refusal that was sent. */
	if (pool_dequeue(&sup->pool, index))
		channel_refuse(sup, index, LEASE_CANCELLED);
	return NULL;
}

static void
note_run(struct supervisor *sup, const struct responder *responder,
    const struct lease_request *request)
{
	uint64_t run_us = io_now_us() - responder->leased_us;
	char trace[TRACE_TEXT_BYTES];

	metrics_note_run(
	    &sup->metrics, request->outcome, request->truncated, run_us);
	trace_format(responder->trace, trace);
	log_debug(NULL,
	    "lease-released trace=%s lease=%" PRIu64
	    " outcome=%u run_us=%" PRIu64,
	    trace, responder->lease_id, request->outcome, run_us);
}

static const char *
on_release(
    struct supervisor *sup, uint32_t index, const struct lease_request *request)
{
	struct responder *responder = &sup->responders[index];

	if (request->lease_id != responder->lease_id)
		return "it released what it does not hold";
	if (request->verdict > VERDICT_SANDBOX_FAILED ||
	    request->outcome > LEASE_ABANDONED)
		return "it reported an unknown verdict";
	note_run(sup, responder, request);
	if (request->verdict != 0 && request->verdict != VERDICT_SANDBOX_FAILED)
		sup->last_verdict_us = io_now_us();
	if (lease_is_held(sup, index) &&
	    !fork_runs_on_release(sup, responder->slot, request->verdict))
		ending_begin(sup, responder->slot);
	responder->state = RESPONDER_IDLE;
	responder->release_by_us = IO_FOREVER;
	responder->probing_until_us = 0;
	return NULL;
}

static const char *
on_answered(
    struct supervisor *sup, uint32_t index, const struct lease_request *request)
{
	(void)index;
	metrics_note_request(&sup->metrics, request->http_status);
	return NULL;
}

static const char *
dispatch(
    struct supervisor *sup, uint32_t index, const struct lease_request *request)
{
	const struct rule *rule;

	if (request->version != LEASE_PROTOCOL_VERSION)
		return "it speaks another protocol";
	if (request->kind >= sizeof(rules) / sizeof(*rules) ||
	    rules[request->kind].take == NULL)
		return "it sent an unknown message";
	rule = &rules[request->kind];
	if ((rule->states & IN(sup->responders[index].state)) == 0)
		return rule->violation;
	return rule->take(sup, index, request);
}

void
monitor_on_responder(struct supervisor *sup, uint32_t index)
{
	struct responder *responder = &sup->responders[index];
	struct lease_request request;
	const char *violation = NULL;
	int fd = -1;
	int n;

	/* One message a turn: a responder that talks a lot starves nobody. */
	n = fdpass_recv(responder->channel_fd, &request, sizeof(request), &fd);
	if (n == -1 && errno == EAGAIN)
		return;
	if (n == 0) {
		responders_end(sup, index, NULL); /* it is gone, or going */
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
		responders_end(sup, index, violation);
}
