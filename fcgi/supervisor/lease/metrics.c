/* SPDX-License-Identifier: MIT */
/* Counters, histograms, and the text of /metrics. */
#include "supervisor/lease/metrics.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "common/frame.h"

/* Upper bounds: microseconds, and as Prometheus is told them. */
static const struct {
	uint64_t us;
	const char *seconds;
} bounds[METRICS_BUCKETS] = {
	{ 1000, "0.001" },
	{ 2500, "0.0025" },
	{ 5000, "0.005" },
	{ 10000, "0.01" },
	{ 25000, "0.025" },
	{ 50000, "0.05" },
	{ 100000, "0.1" },
	{ 250000, "0.25" },
	{ 500000, "0.5" },
	{ 1000000, "1" },
	{ 2500000, "2.5" },
	{ 5000000, "5" },
	{ 10000000, "10" },
	{ 30000000, "30" },
};

/* Every status that a responder answers with. */
static const uint32_t statuses[METRICS_STATUSES] = { 200, 400, 404, 405, 411,
	413, 415, 500, 502, 503, 504 };

static const char *const outcomes[METRICS_OUTCOMES] = {
	[LEASE_NEVER_STARTED] = "never_started",
	[VERDICT_EXITED] = "exited",
	[VERDICT_SIGNALED] = "signaled",
	[VERDICT_TIMED_OUT] = "timed_out",
	[VERDICT_OUT_OF_MEMORY] = "out_of_memory",
	[VERDICT_SANDBOX_FAILED] = "sandbox_failed",
	[LEASE_ABANDONED] = "abandoned",
};

static const char *const refusals[METRICS_REFUSALS] = {
	[LEASE_QUEUE_FULL] = "queue_full",
	[LEASE_QUEUE_TIMEOUT] = "queue_timeout",
	[LEASE_NO_SANDBOX] = "no_sandbox",
	[LEASE_STOPPING] = "stopping",
	[LEASE_CANCELLED] = "cancelled",
};

struct text {
	char *at;
	size_t size;
	size_t len;
	bool failed; /* it did not fit */
};

void
metrics_note_request(struct metrics *metrics, uint32_t http_status)
{
	size_t i = 0;

	while (i < METRICS_STATUSES && statuses[i] != http_status)
		i++;
	metrics->requests[i]++;
}

void
metrics_note_run(struct metrics *metrics, uint32_t outcome, uint32_t truncated,
    uint64_t run_us)
{
	if (outcome >= METRICS_OUTCOMES)
		return;
	metrics->runs[outcome]++;
	metrics->truncated_stdout += (truncated & VERDICT_TRUNCATED_STDOUT) !=
				     0;
	metrics->truncated_stderr += (truncated & VERDICT_TRUNCATED_STDERR) !=
				     0;
	if (outcome != LEASE_NEVER_STARTED)
		metrics_observe(&metrics->run, run_us);
}

void
metrics_note_refusal(struct metrics *metrics, enum lease_refusal reason)
{
	metrics->refusals[reason]++;
}

void
metrics_observe(struct histogram *histogram, uint64_t us)
{
	size_t i;

	histogram->count++;
	histogram->sum_us += us;
	for (i = 0; i < METRICS_BUCKETS; i++) {
		if (us <= bounds[i].us) {
			histogram->buckets[i]++;
			return;
		}
	}
}

__attribute__((format(printf, 2, 3))) static void
add(struct text *text, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(
	    text->at + text->len, text->size - text->len, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= text->size - text->len)
		text->failed = true;
	else
		text->len += (size_t)n;
}

static void
add_head(
    struct text *text, const char *name, const char *type, const char *help)
{
	add(text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
add_number(struct text *text, const char *name, const char *type,
    const char *help, uint64_t value)
{
	add_head(text, name, type, help);
	add(text, "%s %" PRIu64 "\n", name, value);
}

static void
add_labelled(struct text *text, const char *name, const char *label,
    const char *value, uint64_t number)
{
	add(text, "%s{%s=\"%s\"} %" PRIu64 "\n", name, label, value, number);
}

static void
add_seconds(struct text *text, const char *name, uint64_t us)
{
	add(text, "%s %" PRIu64 ".%06" PRIu64 "\n", name, us / 1000000,
	    us % 1000000);
}

static void
add_histogram(struct text *text, const char *name, const char *help,
    const struct histogram *histogram)
{
	uint64_t below = 0;
	char part[64];
	size_t i;

	add_head(text, name, "histogram", help);
	(void)snprintf(part, sizeof(part), "%s_bucket", name);
	for (i = 0; i < METRICS_BUCKETS; i++) {
		below += histogram->buckets[i];
		add_labelled(text, part, "le", bounds[i].seconds, below);
	}
	add_labelled(text, part, "le", "+Inf", histogram->count);
	(void)snprintf(part, sizeof(part), "%s_sum", name);
	add_seconds(text, part, histogram->sum_us);
	add(text, "%s_count %" PRIu64 "\n", name, histogram->count);
}

static void
add_requests(struct text *text, const struct metrics *metrics)
{
	char status[16];
	size_t i;

	add_head(text, "sce_requests_total", "counter",
	    "Requests that the responders answered, by HTTP status.");
	for (i = 0; i < METRICS_STATUSES; i++) {
		(void)snprintf(status, sizeof(status), "%" PRIu32, statuses[i]);
		add_labelled(text, "sce_requests_total", "status", status,
		    metrics->requests[i]);
	}
	add_labelled(text, "sce_requests_total", "status", "other",
	    metrics->requests[METRICS_STATUSES]);
}

static void
add_runs(struct text *text, const struct metrics *metrics)
{
	size_t i;

	add_head(
	    text, "sce_runs_total", "counter", "Runs by what became of them.");
	for (i = 0; i < METRICS_OUTCOMES; i++)
		add_labelled(text, "sce_runs_total", "verdict", outcomes[i],
		    metrics->runs[i]);
	add_labelled(text, "sce_runs_total", "verdict", "responder_lost",
	    metrics->leases_lost);
	add_head(text, "sce_output_truncated_total", "counter",
	    "Streams that were cut at their limit.");
	add_labelled(text, "sce_output_truncated_total", "stream", "stdout",
	    metrics->truncated_stdout);
	add_labelled(text, "sce_output_truncated_total", "stream", "stderr",
	    metrics->truncated_stderr);
	add_head(text, "sce_refusals_total", "counter",
	    "Requests that got no sandbox, by reason.");
	for (i = LEASE_QUEUE_FULL; i < METRICS_REFUSALS; i++)
		add_labelled(text, "sce_refusals_total", "reason", refusals[i],
		    metrics->refusals[i]);
}

static void
add_faults(struct text *text, const struct metrics *metrics)
{
	add_number(text, "sce_leases_expired_total", "counter",
	    "Leases that the supervisor ended at their deadline.",
	    metrics->leases_expired);
	add_number(text, "sce_sandbox_start_failures_total", "counter",
	    "Sandboxes that did not become ready.", metrics->start_failures);
	add_number(text, "sce_sandbox_deaths_total", "counter",
	    "Sandboxes that ended while they waited.", metrics->ready_deaths);
	add_number(text, "sce_sandbox_kills_total", "counter",
	    "Used sandboxes that did not exit by themselves.",
	    metrics->lingering);
	add_number(text, "sce_responder_deaths_total", "counter",
	    "Responders that ended.", metrics->responder_deaths);
}

static void
add_languages(struct text *text, const struct metrics_now *now)
{
	const struct metrics_language *l = now->languages;
	const struct metrics_language *end = l + now->language_count;

	add_head(text, "sce_sandboxes_ready", "gauge",
	    "Sandboxes that wait, by language.");
	for (; l < end; l++)
		add_labelled(
		    text, "sce_sandboxes_ready", "runtime", l->name, l->ready);
	add_head(text, "sce_language_up", "gauge",
	    "1 if a sandbox of it is ready or can be started.");
	for (l = now->languages; l < end; l++)
		add_labelled(text, "sce_language_up", "runtime", l->name,
		    (uint64_t)l->up);
}

static void
add_now(struct text *text, const struct metrics_now *now)
{
	add_head(text, "sce_slots", "gauge", "Slots of the pool by state.");
	add_labelled(text, "sce_slots", "state", "empty", now->slots_empty);
	add_labelled(
	    text, "sce_slots", "state", "starting", now->slots_starting);
	add_labelled(text, "sce_slots", "state", "ready", now->slots_ready);
	add_labelled(text, "sce_slots", "state", "leased", now->slots_leased);
	add_labelled(text, "sce_slots", "state", "dead", now->slots_dead);
	add_number(text, "sce_slots_leased_max", "gauge",
	    "Runs at once, at the most.", now->running_max);
	add_number(text, "sce_queue_length", "gauge",
	    "Requests that wait for a sandbox.", now->queued);
	add_number(text, "sce_queue_length_max", "gauge",
	    "Requests that may wait.", now->queue_max);
	add_number(text, "sce_responders", "gauge", "Responders that run.",
	    now->responders);
	add_number(text, "sce_up", "gauge",
	    "1 if a sandbox is ready or can be started.", (uint64_t)now->up);
	add_head(text, "sce_uptime_seconds", "gauge",
	    "Seconds since the supervisor started.");
	add_seconds(text, "sce_uptime_seconds", now->uptime_us);
	add_head(text, "sce_build_info", "gauge", "What runs; always 1.");
	add(text,
	    "sce_build_info{version=\"%s\",image=\"%s\",runtime=\"%s\"} 1\n",
	    now->version, now->image_id, now->runtime);
}

size_t
metrics_format(const struct metrics *metrics, const struct metrics_now *now,
    char *text, size_t size)
{
	struct text out = { .at = text, .size = size };

	add_requests(&out, metrics);
	add_runs(&out, metrics);
	add_histogram(&out, "sce_queue_seconds",
	    "Time that runs waited for their sandbox.", &metrics->queue);
	add_histogram(&out, "sce_run_seconds",
	    "Time from a sandbox's lease to its release.", &metrics->run);
	add_histogram(&out, "sce_sandbox_start_seconds",
	    "Time from docker run to a waiting interpreter.", &metrics->start);
	add_faults(&out, metrics);
	add_now(&out, now);
	add_languages(&out, now);
	return out.failed ? 0 : out.len;
}
