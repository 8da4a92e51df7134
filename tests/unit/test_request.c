/* SPDX-License-Identifier: MIT */
/* The members and their values. */
#include "request_support.h"

static void
code_alone_runs_with_the_defaults(void **state)
{
	struct request request = parse_ok("{\"code\": \"print('x/\\u00e9')\"}");

	(void)state;
	assert_string_equal((char *)request.code, "print('x/\u00e9')");
	assert_int_equal(request.code_len, strlen("print('x/\u00e9')"));
	assert_null(request.stdin_data);
	assert_int_equal(request.stdin_len, 0);
	assert_int_equal(request.wall_limit_ms, WALL_MS_DEFAULT);
	request_finish(&request);
	assert_null(request.code);
	request_finish(&request);
}

static void
all_members_are_read(void **state)
{
	struct request request = parse_ok(" {\"timeout\": 2.25, \"stdin\": "
					  "\"a\\u0000b\", \"code\": \" \"}\n");

	(void)state;
	assert_string_equal((char *)request.code, " ");
	assert_int_equal(request.stdin_len, 3);
	assert_memory_equal(request.stdin_data, "a\0b", 4);
	assert_int_equal(request.wall_limit_ms, 2250);
	request_finish(&request);
}

static void
code_of_the_wrong_kind_refused(void **state)
{
	(void)state;
	assert_refused("{}", "Member \"code\" missing: "
			     "send an object such as {\"code\": \"print(1)\"}");
	assert_refused("{\"code\":null}", "\"code\" must be a string");
	assert_refused("{\"code\":1}", "\"code\" must be a string");
	assert_refused("{\"code\":[\"1\"]}", "\"code\" must be a string");
	assert_refused("{\"code\":\"\"}", "\"code\" must not be empty");
	assert_refused("{\"code\":\"a\\u0000b\"}",
	    "\"code\" must not contain a NUL character");
	assert_refused("{\"code\":\"\\u0000\"}",
	    "\"code\" must not contain a NUL character");
}

static void
stdin_of_the_wrong_kind_refused(void **state)
{
	(void)state;
	assert_refused(
	    "{\"code\":\"1\",\"stdin\":null}", "\"stdin\" must be a string");
	assert_refused(
	    "{\"code\":\"1\",\"stdin\":5}", "\"stdin\" must be a string");
	assert_refused(
	    "{\"code\":\"1\",\"stdin\":{}}", "\"stdin\" must be a string");
}

/* A program of count times character, as written in JSON. */
static char *
make_body(const char *character, size_t count)
{
	size_t len = strlen(character);
	char *body = malloc(count * len + sizeof("{\"code\":\"\"}"));
	char *at = body;

	assert_non_null(body);
	memcpy(at, "{\"code\":\"", strlen("{\"code\":\""));
	at += strlen("{\"code\":\"");
	for (size_t i = 0; i < count; i++, at += len)
		memcpy(at, character, len);
	memcpy(at, "\"}", sizeof("\"}"));
	return body;
}

static void
long_code_is_counted_in_code_points(void **state)
{
	static const char *const characters[] = { "a", "\u00e9", "\U0001f600",
		"\\ud83d\\ude00", "\\u20ac", "\\n" };

	(void)state;
	for (size_t i = 0; i < COUNT(characters); i++) {
		char *fits = make_body(characters[i], 5000);
		char *is_longer = make_body(characters[i], 5213);
		struct request request = parse_ok(fits);

		assert_refused(is_longer,
		    "Code too long: 5213 characters, the limit is 5000");
		request_finish(&request);
		free(is_longer);
		free(fits);
	}
}

static void
timeout_is_rounded_to_milliseconds(void **state)
{
	static const struct {
		const char *text;
		uint32_t ms;
	} cases[] = { { "0.1", 100 }, { "10", 10000 }, { "10.0", 10000 },
		{ "1", 1000 }, { "1e0", 1000 }, { "0.12345", 123 },
		{ "0.1236", 124 }, { "9.9999", 10000 }, { "2.675", 2675 },
		{ "8.2", 8200 }, { "100e-3", 100 } };
	char body[64];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct request request;

		snprintf(body, sizeof(body), "{\"code\":\"1\",\"timeout\":%s}",
		    cases[i].text);
		request = parse_ok(body);
		assert_int_equal(request.wall_limit_ms, cases[i].ms);
		request_finish(&request);
	}
}

static void
timeout_out_of_range_refused(void **state)
{
	static const char *const texts[] = { "0", "-0", "-1", "0.0999", "10.01",
		"10.0001", "11", "1e400", "-1e400", "1e-400", "4294967297",
		"9223372036854775808", "18446744073709551616",
		"-99999999999999999999", "1E308" };
	char body[64];

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		snprintf(body, sizeof(body), "{\"code\":\"1\",\"timeout\":%s}",
		    texts[i]);
		assert_refused(
		    body, "timeout must be between 0.1 and 10 seconds");
	}
}

static void
timeout_of_the_wrong_kind_refused(void **state)
{
	static const char *const texts[] = { "null", "true", "\"5\"", "[5]",
		"{}" };
	char body[64];

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		snprintf(body, sizeof(body), "{\"code\":\"1\",\"timeout\":%s}",
		    texts[i]);
		assert_refused(body, "\"timeout\" must be a number of seconds");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(code_alone_runs_with_the_defaults),
		cmocka_unit_test(all_members_are_read),
		cmocka_unit_test(code_of_the_wrong_kind_refused),
		cmocka_unit_test(stdin_of_the_wrong_kind_refused),
		cmocka_unit_test(long_code_is_counted_in_code_points),
		cmocka_unit_test(timeout_is_rounded_to_milliseconds),
		cmocka_unit_test(timeout_out_of_range_refused),
		cmocka_unit_test(timeout_of_the_wrong_kind_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
