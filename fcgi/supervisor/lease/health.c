/* SPDX-License-Identifier: MIT */
/* Health and metrics, which responders may ask for. */
#include <string.h>

#include "common/fdpass.h"
#include "common/io.h"
#include "supervisor/lease/responders.h"

/* A verdict this young proves that runs work. */
#define VERDICT_FRESH_US (5 * 1000 * 1000)

/* A responder that never comes back with its probe counts for a while only. */
static bool
somebody_probes(const struct supervisor *sup, uint64_t now_us)
{
	uint32_t i;

	for (i = 0; i < sup->responder_count; i++) {
		if (sup->responders[i].probing_until_us > now_us)
			return true;
	}
	return false;
}

/* A service that is merely busy is healthy. When nothing tells, one asker runs
 * a probe. */
static enum lease_health
judge_health(struct supervisor *sup, uint32_t index, uint64_t now_us)
{
	uint32_t running = pool_count(&sup->pool, SLOT_LEASED);
	bool proven = sup->last_verdict_us != 0 &&
		      now_us - sup->last_verdict_us < VERDICT_FRESH_US;

	/* Python alone counts: others may be missing, and the service be well.
	 */
	if (sup->stopping || pool_is_down(&sup->pool, 0, now_us))
		return LEASE_DOWN;
	if (running >= sup->config.running || sup->pool.queued > 0)
		return LEASE_BUSY;
	if (proven)
		return LEASE_HEALTHY;
	if (somebody_probes(sup, now_us))
		return LEASE_BUSY;
	sup->responders[index]
	    .probing_until_us = now_us + LEASE_MARGIN_US +
				((uint64_t)sup->config.queue_wait_ms +
				    sup->config.languages[0].timeout_ms) *
				    1000;
	return LEASE_PROBE;
}

const char *
health_tell(
    struct supervisor *sup, uint32_t index, const struct lease_request *request)
{
	struct lease_reply message = { .kind = LEASE_HEALTH_IS,
		.ready = pool_count_of(&sup->pool, 0, SLOT_READY),
		.running = pool_count(&sup->pool, SLOT_LEASED),
		.queued = sup->pool.queued };

	(void)request;
	message.reason = judge_health(sup, index, io_now_us());
	channel_reply(sup, index, &message, -1);
	return NULL;
}

static struct metrics_now
look_around(const struct supervisor *sup)
{
	const struct pool *pool = &sup->pool;
	uint64_t now_us = io_now_us();
	struct metrics_now now = {
		.slots_empty = pool_count(pool, SLOT_EMPTY),
		.slots_starting = pool_count(pool, SLOT_STARTING),
		.slots_ready = pool_count(pool, SLOT_READY),
		.slots_leased = pool_count(pool, SLOT_LEASED),
		.slots_dead = pool_count(pool, SLOT_DEAD),
		.queued = pool->queued,
		.responders = responders_alive(sup),
		.running_max = pool->limits.running,
		.queue_max = pool->limits.queue,
		.up = !sup->stopping && !pool_is_down(pool, 0, now_us),
		.uptime_us = now_us - sup->begun_us,
		.version = SCE_VERSION,
		.image_id = sup->docker.image_ids[0],
		.runtime = sup->config.runtime,
		.language_count = sup->config.language_count,
	};
	uint32_t i;

	for (i = 0; i < now.language_count; i++)
		now.languages[i] = (struct metrics_language){
			.name = sup->config.languages[i].name,
			.ready = pool_count_of(pool, i, SLOT_READY),
			.up = !sup->stopping && !pool_is_down(pool, i, now_us),
		};
	return now;
}

/* The pieces of the text follow the reply at once: nothing comes between. */
const char *
health_tell_metrics(
    struct supervisor *sup, uint32_t index, const struct lease_request *request)
{
	struct lease_reply message = { .kind = LEASE_METRICS_ARE };
	struct metrics_now now = look_around(sup);
	static char text[LEASE_TEXT_MAX]; /* one thread; large */
	size_t sent;

	(void)request;
	memset(text, 0, sizeof(text));
	message.text_bytes = (uint32_t)metrics_format(
	    &sup->metrics, &now, text, sizeof(text));
	channel_reply(sup, index, &message, -1);
	for (sent = 0; sent < message.text_bytes; sent += LEASE_TEXT_BYTES) {
		if (sup->responders[index].channel_fd == -1)
			return NULL; /* it did not read the one before */
		if (fdpass_send(sup->responders[index].channel_fd, text + sent,
			LEASE_TEXT_BYTES, -1) == -1)
			return "it does not read its channel";
	}
	return NULL;
}
