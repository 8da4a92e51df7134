/* SPDX-License-Identifier: MIT */
/* Counts, percentiles, and a histogram whose bins grow by a quarter octave. */
#include "tally.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define BINS_AN_OCTAVE 4.0

uint64_t
now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* can not fail */
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* What this process itself has used, without its children. */
static uint64_t
own_cpu_us(void)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_SELF, &usage); /* can not fail */
	return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) *
		   1000000 +
	       (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

bool
order_read(struct order *order)
{
	char line[256];

	if (fgets(line, sizeof(line), stdin) == NULL)
		return false;
	if (sscanf(line,
		"%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
		" %" SCNu64 " %" SCNu64,
		&order->clients, &order->requests, &order->lead_ms,
		&order->window_ms, &order->keep, &order->pause_ms,
		&order->cut) == 7 &&
	    order->clients > 0 && order->requests + order->window_ms > 0)
		return true;
	(void)fprintf(stderr,
	    "an order is: clients requests lead_ms window_ms keep pause_ms "
	    "cut\n");
	exit(2);
}

void
tally_begin(struct tally *tally, const struct order *order)
{
	uint64_t *ok = tally->ok.ns;
	uint64_t *refused = tally->refused.ns;
	size_t ok_room = tally->ok.room;
	size_t refused_room = tally->refused.room;

	memset(tally, 0, sizeof(*tally));
	tally->ok = (struct times){ .ns = ok, .room = ok_room };
	tally->refused = (struct times){ .ns = refused, .room = refused_room };
	tally->cpu_begun_us = own_cpu_us();
	tally->begun_ns = now_ns();
	tally->last_ns = tally->begun_ns;
	tally->window_from_ns = tally->begun_ns + order->lead_ms * 1000000;
	tally->window_to_ns = order->window_ms == 0
				  ? UINT64_MAX
				  : tally->window_from_ns +
					order->window_ms * 1000000;
}

bool
tally_goes_on(
    const struct tally *tally, const struct order *order, uint64_t begun)
{
	if (order->requests > 0 && begun >= order->requests)
		return false;
	return now_ns() < tally->window_to_ns;
}

static void
add_time(struct times *times, uint64_t ns)
{
	if (times->count == times->room) {
		times->room = times->room == 0 ? 1024 : 2 * times->room;
		times->ns = realloc(
		    times->ns, times->room * sizeof(*times->ns));
		if (times->ns == NULL)
			abort();
	}
	times->ns[times->count++] = ns;
}

void
tally_note(struct tally *tally, enum ending ending, uint64_t begun_ns)
{
	uint64_t now = now_ns();
	bool inside = now >= tally->window_from_ns && now < tally->window_to_ns;

	tally->count[ending]++;
	tally->last_ns = now;
	if (!inside)
		return;
	tally->in_window[ending]++;
	if (ending == ENDED_OK)
		add_time(&tally->ok, now - begun_ns);
	if (ending == ENDED_REFUSED)
		add_time(&tally->refused, now - begun_ns);
}

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static double
percentile_ms(const struct times *times, double share)
{
	size_t at = (size_t)ceil((double)times->count * share);

	return (double)times->ns[at > 0 ? at - 1 : 0] / 1e6;
}

/* [upper end in ms, how many], ascending. */
static void
print_histogram(const struct times *times)
{
	const char *comma = "";
	size_t i = 0;
	size_t from;
	double upper;

	while (i < times->count) {
		upper = exp2(ceil(log2((double)times->ns[i]) * BINS_AN_OCTAVE) /
			     BINS_AN_OCTAVE);
		for (from = i++;
		     i < times->count && (double)times->ns[i] <= upper; i++)
			;
		(void)printf("%s[%.4f,%zu]", comma, upper / 1e6, i - from);
		comma = ",";
	}
}

static void
print_times(const char *name, struct times *times)
{
	if (times->count == 0) {
		(void)printf(",\"%s\":null", name);
		return;
	}
	qsort(times->ns, times->count, sizeof(*times->ns), compare);
	(void)printf(",\"%s\":{\"p50\":%.4f,\"p95\":%.4f,\"p99\":%.4f,"
		     "\"max\":%.4f,\"histogram\":[",
	    name, percentile_ms(times, 0.5), percentile_ms(times, 0.95),
	    percentile_ms(times, 0.99), percentile_ms(times, 1));
	print_histogram(times);
	(void)printf("]}");
}

void
tally_print(struct tally *tally, const struct order *order)
{
	static const char *const names[ENDED_KINDS] = { "ok", "refused",
		"wrong", "broken", "cut" };
	uint64_t to = order->window_ms == 0 ? tally->last_ns
					    : tally->window_to_ns;
	int kind;

	(void)printf("{\"clients\":%" PRIu64, order->clients);
	for (kind = 0; kind < ENDED_KINDS; kind++)
		(void)printf(
		    ",\"%s\":%" PRIu64, names[kind], tally->count[kind]);
	(void)printf(",\"window_seconds\":%.6f,\"window_ok\":%" PRIu64
		     ",\"window_refused\":%" PRIu64 ",\"seconds\":%.6f"
		     ",\"own_cpu_ms\":%.3f",
	    (double)(to - tally->window_from_ns) / 1e9,
	    tally->in_window[ENDED_OK], tally->in_window[ENDED_REFUSED],
	    (double)(tally->last_ns - tally->begun_ns) / 1e9,
	    (double)(own_cpu_us() - tally->cpu_begun_us) / 1e3);
	print_times("ok_ms", &tally->ok);
	print_times("refused_ms", &tally->refused);
	(void)printf("}\n");
	(void)fflush(stdout);
}
