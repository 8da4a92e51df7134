/* SPDX-License-Identifier: MIT */
/* The pieces that are told of a run are its output, in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "responder/api/run/body.h"
#include "responder/http/head.h"

static struct order order;
static struct result result;
static uint8_t streams[ORDER_STREAMS][8 * ORDER_PIECE_MAX];

static int
begin(void **state)
{
	(void)state;
	order_reset(&order);
	memset(&result, 0, sizeof(result));
	result.verdict.kind = VERDICT_EXITED;
	result.stdout_data = streams[ORDER_STDOUT];
	result.stderr_data = streams[ORDER_STDERR];
	return 0;
}

static int
end(void **state)
{
	(void)state;
	order_finish(&order);
	return 0;
}

static void
write_bytes(enum order_stream stream, const void *bytes, size_t len)
{
	size_t *at = stream == ORDER_STDOUT ? &result.stdout_len
					    : &result.stderr_len;

	memcpy(streams[stream] + *at, bytes, len);
	*at += len;
	assert_int_equal(order_note(&order, stream, len), 0);
	assert_true(order.pending);
}

static void
write_text(enum order_stream stream, const char *text)
{
	write_bytes(stream, text, strlen(text));
}

/* The next event. False: there is none just now. */
static bool
format_next(bool is_over, struct reply *event)
{
	struct order_piece piece;

	if (!order_next(&order, &result, is_over, &piece))
		return false;
	assert_int_equal(reply_format_event(&piece, event), 0);
	return true;
}

static void
assert_next(bool is_over, const char *name, const char *json)
{
	struct reply event;
	char expected[256];

	(void)snprintf(expected, sizeof(expected),
	    "event: %s\ndata: {\"text\":\"%s\"}\n\n", name, json);
	assert_true(format_next(is_over, &event));
	assert_int_equal(event.body_len, strlen(event.body));
	assert_string_equal(event.body, expected);
	reply_finish(&event);
}

static void
assert_none(bool is_over)
{
	struct reply event;

	assert_false(format_next(is_over, &event));
	assert_false(order.pending);
}

static void
order_is_that_of_arrival(void **state)
{
	(void)state;
	assert_none(false);
	write_text(ORDER_STDOUT, "a");
	write_text(ORDER_STDOUT, "b\n");
	write_text(ORDER_STDERR, "x");
	write_text(ORDER_STDOUT, "c");
	assert_next(false, "stdout", "ab\\n");
	assert_next(false, "stderr", "x");
	assert_next(false, "stdout", "c");
	assert_none(false);
	write_text(ORDER_STDERR, "y");
	assert_next(false, "stderr", "y");
	assert_none(true);
}

/* Its bytes come one by one, with the other stream between them. */
static void
a_character_is_told_whole(void **state)
{
	(void)state;
	write_bytes(ORDER_STDOUT, "a\xe2", 2);
	assert_next(false, "stdout", "a");
	assert_none(false);
	write_text(ORDER_STDERR, "x");
	write_bytes(ORDER_STDOUT, "\x82", 1);
	assert_next(false, "stderr", "x");
	assert_none(false);
	write_bytes(ORDER_STDOUT, "\xac!", 2);
	assert_next(false, "stdout", "\xe2\x82\xac!");
	assert_none(true);
}

static void
what_is_never_completed_is_replaced_at_the_end(void **state)
{
	(void)state;
	write_bytes(ORDER_STDOUT, "a\xe2\x82", 3);
	write_bytes(ORDER_STDERR, "\xf0\x9f", 2);
	assert_next(false, "stdout", "a");
	assert_none(false);
	assert_next(true, "stdout", "\xef\xbf\xbd");
	assert_next(true, "stderr", "\xef\xbf\xbd");
	assert_none(true);
}

static void
half_a_character_at_a_cut_is_dropped(void **state)
{
	(void)state;
	write_bytes(ORDER_STDOUT, "a\xe2\x82", 3);
	write_bytes(ORDER_STDERR, "\xf0\x9f", 2);
	result.verdict.truncated = VERDICT_TRUNCATED_STDOUT;
	assert_next(true, "stdout", "a");
	assert_next(true, "stderr", "\xef\xbf\xbd");
	assert_none(true);
}

static void
invalid_bytes_are_replaced_at_once(void **state)
{
	(void)state;
	write_bytes(ORDER_STDOUT, "\xff<\xc0\xaf>\0", 6);
	assert_next(
	    false, "stdout", "\xef\xbf\xbd<\xef\xbf\xbd\xef\xbf\xbd>\\u0000");
	assert_none(true);
}

/* Pieces are bounded, and end between characters. */
static void
much_output_is_told_in_pieces(void **state)
{
	char whole[3 * ORDER_PIECE_MAX];
	struct reply event;
	size_t told = 0;
	size_t count = 0;
	const char *at;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(whole); i += 3)
		memcpy(whole + i, "\xe2\x82\xac", 3);
	write_bytes(ORDER_STDOUT, whole, sizeof(whole));
	while (format_next(false, &event)) {
		at = strstr(event.body, "{\"text\":\"");
		assert_non_null(at);
		at += strlen("{\"text\":\"");
		i = (size_t)(strchr(at, '"') - at);
		assert_true(i <= ORDER_PIECE_MAX && i % 3 == 0);
		assert_memory_equal(at, whole + told, i);
		told += i;
		count++;
		reply_finish(&event);
	}
	assert_int_equal(told, sizeof(whole));
	assert_int_equal(count, 4);
}

/* Turn by turn, byte by byte: what is kept for it stays small. */
static void
places_are_used_again(void **state)
{
	size_t size;
	int i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		write_text(ORDER_STDOUT, "o");
		write_text(ORDER_STDERR, "e");
		assert_next(false, "stdout", "o");
		assert_next(false, "stderr", "e");
		assert_none(false);
	}
	size = order.size;
	assert_true(size <= 64);
	order_reset(&order);
	assert_int_equal(order.size, size);
}

static void
assert_ending(const char *json)
{
	struct reply event;
	char expected[512];

	(void)snprintf(expected, sizeof(expected),
	    "event: timing\ndata: {\"queue_ms\":0.250,\"run_ms\":1002.003}\n\n"
	    "event: result\ndata: %s\n\n",
	    json);
	assert_int_equal(
	    reply_format_last_events(&result, 250, 1002003, &event), 0);
	assert_string_equal(event.body, expected);
	assert_int_equal(event.body_len, strlen(expected));
	reply_finish(&event);
}

static void
the_ending_does_not_repeat_what_was_told(void **state)
{
	(void)state;
	write_text(ORDER_STDOUT, "x");
	assert_ending("{}");
	result.verdict.status = 3;
	assert_ending("{\"error\":\"Program exited with status 3\","
		      "\"exit_code\":3}");
	write_text(ORDER_STDERR, "\n");
	assert_ending("{\"error\":\"Program exited with status 3\","
		      "\"exit_code\":3}");
	write_text(ORDER_STDERR, "Traceback\n");
	result.verdict.truncated = VERDICT_TRUNCATED_STDERR;
	assert_ending("{\"exit_code\":3,\"truncated\":[\"stderr\"]}");
	result.verdict = (struct verdict){ .kind = VERDICT_TIMED_OUT };
	result.wall_limit_ms = 5000;
	assert_ending("{\"error\":\"Execution timed out after 5 seconds\"}");
	result.verdict = (struct verdict){ .kind = VERDICT_SIGNALED,
		.status = 11 };
	assert_ending("{\"error\":\"Program killed by signal SIGSEGV\","
		      "\"signal\":\"SIGSEGV\"}");
	result.verdict.kind = VERDICT_SANDBOX_FAILED;
	assert_ending("{\"error\":\"The sandbox ended without a result: "
		      "the program may have run in part\"}");
}

static void
events_are_asked_for_by_name(void **state)
{
	static const char *const yes[] = { "text/event-stream",
		"TEXT/Event-Stream", "application/json, text/event-stream",
		"text/event-stream;q=0.5, */*", "text/event-stream ; q=1",
		"a,,text/event-stream;q=0.01", "text/event-stream;charset=x" };
	static const char *const no[] = { "", "*/*", "text/*",
		"text/event-streams", "text/event-stream+x",
		"xtext/event-stream", "text/event-stream;q=0",
		"text/event-stream; q=0.000, */*", "application/json",
		"x;y=text/event-stream" };
	size_t i;

	(void)state;
	assert_false(head_wants_events(NULL));
	for (i = 0; i < sizeof(yes) / sizeof(*yes); i++) {
		if (!head_wants_events(yes[i]))
			fail_msg("not understood: %s", yes[i]);
	}
	for (i = 0; i < sizeof(no) / sizeof(*no); i++) {
		if (head_wants_events(no[i]))
			fail_msg("misunderstood: %s", no[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    order_is_that_of_arrival, begin, end),
		cmocka_unit_test_setup_teardown(
		    a_character_is_told_whole, begin, end),
		cmocka_unit_test_setup_teardown(
		    what_is_never_completed_is_replaced_at_the_end, begin, end),
		cmocka_unit_test_setup_teardown(
		    half_a_character_at_a_cut_is_dropped, begin, end),
		cmocka_unit_test_setup_teardown(
		    invalid_bytes_are_replaced_at_once, begin, end),
		cmocka_unit_test_setup_teardown(
		    much_output_is_told_in_pieces, begin, end),
		cmocka_unit_test_setup_teardown(
		    places_are_used_again, begin, end),
		cmocka_unit_test_setup_teardown(
		    the_ending_does_not_repeat_what_was_told, begin, end),
		cmocka_unit_test(events_are_asked_for_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
