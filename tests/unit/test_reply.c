/* SPDX-License-Identifier: MIT */
#include "reply_support.h"

#include <stdio.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
assert_reply(const struct result *result, int http_status, const char *body)
{
	struct reply reply;

	memset(&reply, 0xff, sizeof(reply));
	assert_int_equal(reply_format_result(result, &reply), 0);
	assert_string_equal(reply.body, body);
	assert_int_equal(reply.body_len, strlen(body));
	assert_int_equal(reply.http_status, http_status);
	reply_finish(&reply);
	assert_null(reply.body);
}

static void
assert_exit(uint32_t status, const char *out, const char *err, const char *body)
{
	const struct result result = result_of(
	    VERDICT_EXITED, status, out, err);

	assert_reply(&result, 200, body);
}

static void
success_says_its_output(void **state)
{
	(void)state;
	assert_exit(0, "Hello from Postman\n", "",
	    "{\"output\":\"Hello from Postman\"}\n");
	assert_exit(0, "30\n", "", "{\"output\":\"30\"}\n");
	assert_exit(0, "", "", "{\"output\":\"\"}\n");
	assert_exit(
	    0, "", "careful\n", "{\"output\":\"\",\"stderr\":\"careful\"}\n");
}

static void
all_trailing_newlines_removed(void **state)
{
	(void)state;
	assert_exit(0, "\n\na \n\n\n", "\n\n", "{\"output\":\"\\n\\na \"}\n");
	assert_exit(0, "\n\n", "", "{\"output\":\"\"}\n");
	assert_exit(0, "a\r\n\r\n", "", "{\"output\":\"a\\r\\n\\r\"}\n");
	assert_exit(1, "\n", "\n\n",
	    "{\"error\":\"Program exited with status 1\",\"exit_code\":1}\n");
}

static void
failure_says_its_traceback(void **state)
{
	(void)state;
	assert_exit(1, "", "Traceback\nZeroDivisionError: x\n",
	    "{\"error\":\"Traceback\\nZeroDivisionError: x\","
	    "\"exit_code\":1}\n");
	assert_exit(1, "before\n", "E\n",
	    "{\"output\":\"before\",\"error\":\"E\",\"exit_code\":1}\n");
	assert_exit(3, "", "",
	    "{\"error\":\"Program exited with status 3\",\"exit_code\":3}\n");
	assert_exit(255, "x", "",
	    "{\"output\":\"x\",\"error\":\"Program exited with status 255\","
	    "\"exit_code\":255}\n");
}

static void
timeout_says_its_seconds(void **state)
{
	static const struct {
		uint32_t ms;
		const char *span;
	} cases[] = { { 1000, "1 second" }, { 500, "0.5 seconds" },
		{ 2250, "2.25 seconds" }, { 5000, "5 seconds" },
		{ 1001, "1.001 seconds" }, { 299999, "299.999 seconds" },
		{ 300000, "300 seconds" } };
	char body[SENTENCE_BYTES_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct result result = result_of(VERDICT_TIMED_OUT, 9, "", "");

		result.wall_limit_ms = cases[i].ms;
		snprintf(body, sizeof(body),
		    "{\"error\":\"Execution timed out after %s\"}\n",
		    cases[i].span);
		assert_reply(&result, 200, body);
	}
}

static void
timeout_keeps_what_was_printed(void **state)
{
	struct result result = result_of(
	    VERDICT_TIMED_OUT, 0, "1\n2\n", "warning\n");

	(void)state;
	assert_reply(&result, 200,
	    "{\"output\":\"1\\n2\","
	    "\"error\":\"Execution timed out after 5 seconds\","
	    "\"stderr\":\"warning\"}\n");
}

static void
memory_says_its_limit(void **state)
{
	struct result result = result_of(VERDICT_OUT_OF_MEMORY, 9, "", "");

	(void)state;
	assert_reply(
	    &result, 200, "{\"error\":\"Memory limit exceeded (128 MB)\"}\n");
	result = result_of(VERDICT_OUT_OF_MEMORY, 9, "x", "y");
	result.memory_limit_bytes = 8ull << 30;
	assert_reply(&result, 200,
	    "{\"output\":\"x\",\"error\":\"Memory limit exceeded (8192 MB)\","
	    "\"stderr\":\"y\"}\n");
}

static void
signal_is_named(void **state)
{
	struct result result = result_of(
	    VERDICT_SIGNALED, 11, "o\n", "Fatal Python error\n");

	(void)state;
	assert_reply(&result, 200,
	    "{\"output\":\"o\",\"error\":\"Program killed by signal SIGSEGV\","
	    "\"stderr\":\"Fatal Python error\",\"signal\":\"SIGSEGV\"}\n");
	result = result_of(VERDICT_SIGNALED, 40, "", "");
	assert_reply(&result, 200,
	    "{\"error\":\"Program killed by signal 40\",\"signal\":\"40\"}\n");
}

static void
truncated_streams_are_listed(void **state)
{
	struct result result = result_of(VERDICT_EXITED, 0, "o", "e");

	(void)state;
	result.verdict.truncated = VERDICT_TRUNCATED_STDOUT;
	assert_reply(&result, 200,
	    "{\"output\":\"o\",\"stderr\":\"e\",\"truncated\":[\"stdout\"]}\n");
	result.verdict.truncated = VERDICT_TRUNCATED_STDERR;
	assert_reply(&result, 200,
	    "{\"output\":\"o\",\"stderr\":\"e\",\"truncated\":[\"stderr\"]}\n");
	result.verdict.status = 2;
	result.verdict.truncated |= VERDICT_TRUNCATED_STDOUT;
	assert_reply(&result, 200,
	    "{\"output\":\"o\",\"error\":\"e\",\"exit_code\":2,"
	    "\"truncated\":[\"stdout\",\"stderr\"]}\n");
}

/* Only of the stream that was truncated; a newline before it goes too. */
static void
character_cut_by_the_cap_is_dropped(void **state)
{
	struct result result = result_of(
	    VERDICT_EXITED, 0, "a\n\xf0\x9f\x98", "b\xe2\x82");

	(void)state;
	assert_reply(&result, 200,
	    "{\"output\":\"a\\n\ufffd\",\"stderr\":\"b\ufffd\"}\n");
	result.verdict.truncated = VERDICT_TRUNCATED_STDOUT;
	assert_reply(&result, 200,
	    "{\"output\":\"a\",\"stderr\":\"b\ufffd\","
	    "\"truncated\":[\"stdout\"]}\n");
	result.verdict.truncated = VERDICT_TRUNCATED_STDERR;
	assert_reply(&result, 200,
	    "{\"output\":\"a\\n\ufffd\",\"stderr\":\"b\","
	    "\"truncated\":[\"stderr\"]}\n");
}

static void
any_bytes_become_json(void **state)
{
	static const char out[] = "a\0b\x01\x1f\x7f\"\\/<\t\xff\xc3\xa9"
				  "\xe2\x80\xa8\xed\xa0\x80";
	struct result result = result_of(VERDICT_EXITED, 0, "", "");

	(void)state;
	result.stdout_data = (const uint8_t *)out;
	result.stdout_len = sizeof(out) - 1;
	assert_reply(&result, 200,
	    "{\"output\":\"a\\u0000b\\u0001\\u001f\\u007f\\\"\\\\/<\\t"
	    "\ufffd\u00e9\u2028\ufffd\ufffd\ufffd\"}\n");
}

static void
nothing_written_may_be_null(void **state)
{
	struct result result = result_of(VERDICT_EXITED, 0, "", "");

	(void)state;
	result.stdout_data = NULL;
	result.stderr_data = NULL;
	assert_reply(&result, 200, "{\"output\":\"\"}\n");
}

/* Each byte is invalid, so that the text grows as much as it can. */
static void
largest_output_fits(void **state)
{
	struct result result = result_of(VERDICT_EXITED, 0, "", "");
	uint8_t *data = malloc(OUTPUT_BYTES_MAX);
	struct reply reply;

	(void)state;
	assert_non_null(data);
	memset(data, 0xff, OUTPUT_BYTES_MAX);
	result.stdout_data = data;
	result.stdout_len = OUTPUT_BYTES_MAX;
	assert_int_equal(reply_format_result(&result, &reply), 0);
	assert_int_equal(reply.body_len,
	    3 * OUTPUT_BYTES_MAX + strlen("{\"output\":\"\"}\n"));
	reply_finish(&reply);
	result.stdout_len++; /* refused before it is read */
	assert_int_equal(reply_format_result(&result, &reply), -1);
	assert_null(reply.body);
	free(data);
}

static void
files_are_written_as_a_requests(void **state)
{
	uint8_t data[] = "\0\xff"
			 "abc";
	static struct returned returned = { .count = 3,
		.files = {
		    { "a\"\u00e4", 0, 2 }, { "d/e", 2, 0 }, { "f", 2, 3 } } };
	struct result result = result_of(VERDICT_EXITED, 0, "", "");

	(void)state;
	returned.data = data;
	result.files = &returned;
	result.verdict.truncated = VERDICT_TRUNCATED_FILES;
	assert_reply(&result, 200,
	    "{\"output\":\"\",\"truncated\":[\"files\"],\"files\":["
	    "{\"name\":\"a\\\"\u00e4\",\"content\":\"AP8=\","
	    "\"encoding\":\"base64\"},"
	    "{\"name\":\"d/e\",\"content\":\"\","
	    "\"encoding\":\"base64\"},"
	    "{\"name\":\"f\",\"content\":\"YWJj\","
	    "\"encoding\":\"base64\"}]}\n");
	returned.count = 0;
	result.verdict.truncated = 0;
	assert_reply(&result, 200, "{\"output\":\"\",\"files\":[]}\n");
}

static void
lost_sandbox_is_our_fault(void **state)
{
	struct result result = result_of(VERDICT_SANDBOX_FAILED, 0, "o", "e");

	(void)state;
	assert_reply(&result, 500,
	    "{\"error\":\"The sandbox ended without a result: "
	    "the program may have run in part\"}\n");
}

static void
a_compiler_says_so(void **state)
{
	struct result result = result_of(VERDICT_EXITED, 1, "", "line 1\n");
	struct reply reply;

	(void)state;
	result.is_compiler = true;
	assert_reply(&result, 200,
	    "{\"error\":\"line 1\",\"exit_code\":1,\"stage\":\"compile\"}\n");
	/* Nothing of it was told before. */
	assert_int_equal(reply_format_ending(&result, &reply), 0);
	assert_string_equal(reply.body,
	    "{\"error\":\"line 1\",\"exit_code\":1,\"stage\":\"compile\"}\n");
	reply_finish(&reply);
	result = result_of(VERDICT_EXITED, 2, "x.ts: no", "");
	result.is_compiler = true;
	assert_reply(&result, 200,
	    "{\"output\":\"x.ts: no\","
	    "\"error\":\"Compiler exited with status 2\",\"exit_code\":2,"
	    "\"stage\":\"compile\"}\n");
	result = result_of(VERDICT_TIMED_OUT, 0, "", "");
	result.is_compiler = true;
	assert_reply(&result, 200,
	    "{\"error\":\"Compilation timed out after 5 seconds\","
	    "\"stage\":\"compile\"}\n");
	result = result_of(VERDICT_SIGNALED, 11, "", "");
	result.is_compiler = true;
	assert_reply(&result, 200,
	    "{\"error\":\"Compiler killed by signal SIGSEGV\","
	    "\"signal\":\"SIGSEGV\",\"stage\":\"compile\"}\n");
}

static void
refusal_is_a_sentence(void **state)
{
	struct refusal refusal;
	struct reply reply;

	(void)state;
	refusal_set(&refusal, 400, "Unknown member \"%s\"", "c/\u00e9\n");
	assert_int_equal(reply_set_sentence(&reply, refusal.http_status,
			     dialect_run.refusal, refusal.message),
	    0);
	assert_int_equal(reply.http_status, 400);
	assert_string_equal(
	    reply.body, "{\"error\":\"Unknown member \\\"c/\u00e9\\n\\\"\"}\n");
	assert_int_equal(reply.body_len, strlen(reply.body));
	reply_finish(&reply);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(success_says_its_output),
		cmocka_unit_test(all_trailing_newlines_removed),
		cmocka_unit_test(failure_says_its_traceback),
		cmocka_unit_test(timeout_says_its_seconds),
		cmocka_unit_test(timeout_keeps_what_was_printed),
		cmocka_unit_test(memory_says_its_limit),
		cmocka_unit_test(signal_is_named),
		cmocka_unit_test(truncated_streams_are_listed),
		cmocka_unit_test(character_cut_by_the_cap_is_dropped),
		cmocka_unit_test(any_bytes_become_json),
		cmocka_unit_test(nothing_written_may_be_null),
		cmocka_unit_test(largest_output_fits),
		cmocka_unit_test(files_are_written_as_a_requests),
		cmocka_unit_test(lost_sandbox_is_our_fault),
		cmocka_unit_test(a_compiler_says_so),
		cmocka_unit_test(refusal_is_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
