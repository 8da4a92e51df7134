/* SPDX-License-Identifier: MIT */
/* The text that Prometheus reads, and the number that names a request. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "common/frame.h"
#include "common/log.h"
#include "supervisor/lease/metrics.h"

static char text[LEASE_TEXT_MAX];

static struct metrics_now
now(void)
{
	return (struct metrics_now){ .slots_ready = 4,
		.language_count = 2,
		.languages = { { .name = "python", .ready = 4, .up = 1 },
		    { .name = "c++", .ready = 0, .up = 0 } },
		.queued = 3,
		.up = 1,
		.uptime_us = 61000007,
		.version = "1",
		.image_id = "sha256:0",
		.runtime = "runc" };
}

static void
format(const struct metrics *metrics)
{
	struct metrics_now n = now();
	size_t len = metrics_format(metrics, &n, text, sizeof(text));

	assert_int_not_equal(len, 0);
	assert_int_equal(len, strlen(text));
	assert_int_equal(text[len - 1], '\n');
}

static void
assert_line(const char *line)
{
	char whole[256];

	(void)snprintf(whole, sizeof(whole), "\n%s\n", line);
	if (strstr(text, whole) == NULL)
		fail_msg("no line %s in\n%s", line, text);
}

static void
counts_by_label(void **state)
{
	struct metrics m = { .leases_lost = 2 };

	(void)state;
	metrics_note_request(&m, 200);
	metrics_note_request(&m, 200);
	metrics_note_request(&m, 503);
	metrics_note_request(&m, 299);
	metrics_note_request(&m, UINT32_MAX);
	metrics_note_run(&m, VERDICT_EXITED, VERDICT_TRUNCATED_STDOUT, 1);
	metrics_note_run(&m, LEASE_ABANDONED, 0, 1);
	metrics_note_run(&m, LEASE_ABANDONED + 1, 3, 1);
	metrics_note_refusal(&m, LEASE_QUEUE_FULL);
	format(&m);
	assert_line("sce_requests_total{status=\"200\"} 2");
	assert_line("sce_requests_total{status=\"503\"} 1");
	assert_line("sce_requests_total{status=\"404\"} 0");
	assert_line("sce_requests_total{status=\"other\"} 2");
	assert_line("sce_runs_total{verdict=\"exited\"} 1");
	assert_line("sce_runs_total{verdict=\"abandoned\"} 1");
	assert_line("sce_runs_total{verdict=\"responder_lost\"} 2");
	assert_line("sce_output_truncated_total{stream=\"stdout\"} 1");
	assert_line("sce_output_truncated_total{stream=\"stderr\"} 0");
	assert_line("sce_refusals_total{reason=\"queue_full\"} 1");
	assert_line("sce_slots{state=\"ready\"} 4");
	assert_line("sce_sandboxes_ready{runtime=\"python\"} 4");
	assert_line("sce_sandboxes_ready{runtime=\"c++\"} 0");
	assert_line("sce_language_up{runtime=\"python\"} 1");
	assert_line("sce_language_up{runtime=\"c++\"} 0");
	assert_line("sce_queue_length 3");
	assert_line("sce_up 1");
	assert_line("sce_uptime_seconds 61.000007");
	assert_line("sce_build_info{version=\"1\",image=\"sha256:0\","
		    "runtime=\"runc\"} 1");
}

static void
histograms_add_up(void **state)
{
	struct metrics m = { .leases_lost = 0 };

	(void)state;
	metrics_observe(&m.queue, 0);
	metrics_observe(&m.queue, 1000); /* a bound is in its bucket */
	metrics_observe(&m.queue, 1001);
	metrics_observe(&m.queue, 31ULL * 1000 * 1000);
	format(&m);
	assert_line("sce_queue_seconds_bucket{le=\"0.001\"} 2");
	assert_line("sce_queue_seconds_bucket{le=\"0.0025\"} 3");
	assert_line("sce_queue_seconds_bucket{le=\"30\"} 3");
	assert_line("sce_queue_seconds_bucket{le=\"+Inf\"} 4");
	assert_line("sce_queue_seconds_sum 31.002001");
	assert_line("sce_queue_seconds_count 4");
}

/* A job that never got through is no run, and took no time. */
static void
what_never_started_has_no_duration(void **state)
{
	struct metrics m = { .leases_lost = 0 };

	(void)state;
	metrics_note_run(&m, LEASE_NEVER_STARTED, 0, 5);
	format(&m);
	assert_line("sce_runs_total{verdict=\"never_started\"} 1");
	assert_line("sce_run_seconds_count 0");
}

/* The largest numbers fit, and a buffer that is too small is noticed. */
static void
the_text_is_bounded(void **state)
{
	struct metrics_now n = now();
	struct metrics m;
	size_t len;
	size_t i;

	(void)state;
	memset(&m, 0xff, sizeof(m));
	for (i = 0; i < METRICS_BUCKETS; i++)
		m.run.buckets[i] = UINT64_MAX / METRICS_BUCKETS;
	n.image_id = "sha256:"
		     "0123456789abcdef0123456789abcdef"
		     "0123456789abcdef0123456789abcdef";
	len = metrics_format(&m, &n, text, sizeof(text));
	assert_int_not_equal(len, 0);
	assert_int_equal(metrics_format(&m, &n, text, len), 0);
	assert_int_equal(metrics_format(&m, &n, text, 1), 0);
	assert_int_equal(metrics_format(&m, &n, text, len + 1), len);
}

static void
a_trace_survives_or_is_none(void **state)
{
	static const char *const bad[] = { NULL, "", "12",
		"0123456789ABCDEF0123456789abcdef",
		"0123456789abcdef0123456789abcde",
		"0123456789abcdef0123456789abcdef0",
		"0123456789abcdef 123456789abcdef" };
	static const char good[] = "0123456789abcdeffedcba9876543210";
	uint8_t trace[TRACE_BYTES];
	char out[TRACE_TEXT_BYTES];
	size_t i;

	(void)state;
	trace_parse(good, trace);
	assert_int_equal(trace[0], 0x01);
	assert_int_equal(trace[15], 0x10);
	trace_format(trace, out);
	assert_string_equal(out, good);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		trace_parse(bad[i], trace);
		trace_format(trace, out);
		assert_string_equal(out, "00000000000000000000000000000000");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_by_label),
		cmocka_unit_test(histograms_add_up),
		cmocka_unit_test(what_never_started_has_no_duration),
		cmocka_unit_test(the_text_is_bounded),
		cmocka_unit_test(a_trace_survives_or_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
