/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/utf8.h"
#include "responder/http/head.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define JSON_TYPE "application/json"

static const struct head_rules rules = {
	.body_bytes_max = 1000,
	.wrong_type = "Content-Type must be application/json",
};

static void
assert_head_refused(const char *method, const char *type, const char *length,
    int http_status, const char *message)
{
	const struct head head = { method, type, length };
	struct refusal refusal;
	size_t body_len;

	memset(&refusal, 0xff, sizeof(refusal));
	assert_int_equal(head_check(&head, &rules, &body_len, &refusal), -1);
	assert_int_equal(refusal.http_status, http_status);
	assert_string_equal(refusal.message, message);
	assert_int_equal(refusal.retry_after_s, 0);
	if (http_status == 405)
		assert_string_equal(refusal.allow, "POST");
	else
		assert_null(refusal.allow);
}

static size_t
check_head_ok(const char *type, const char *length)
{
	const struct head head = { "POST", type, length };
	struct refusal refusal;
	size_t body_len = 12345;

	if (head_check(&head, &rules, &body_len, &refusal) == -1)
		fail_msg("%s, %s: %s", type, length, refusal.message);
	return body_len;
}

static void
post_of_json_accepted(void **state)
{
	(void)state;
	assert_int_equal(check_head_ok(JSON_TYPE, "17"), 17);
	assert_int_equal(check_head_ok(JSON_TYPE, "0"), 0);
	assert_int_equal(check_head_ok(JSON_TYPE, "0001000"), 1000);
}

static void
parameters_and_case_of_the_type_ignored(void **state)
{
	static const char *const types[] = { "application/json; charset=utf-8",
		"Application/JSON", "application/json;charset=x",
		"application/json ; q=1", " application/json",
		"application/json\t" };

	(void)state;
	for (size_t i = 0; i < COUNT(types); i++)
		assert_int_equal(check_head_ok(types[i], "1"), 1);
}

static void
other_methods_refused(void **state)
{
	static const char *const methods[] = { "GET", "HEAD", "OPTIONS", "PUT",
		"post", "POSTS", "", NULL };

	(void)state;
	for (size_t i = 0; i < COUNT(methods); i++)
		assert_head_refused(methods[i], JSON_TYPE, "1", 405,
		    "Method not allowed: use POST");
}

static void
other_types_refused(void **state)
{
	static const char *const types[] = { NULL, "", "text/plain",
		"application/jsonx", "application/json-seq", "application",
		"application/x-www-form-urlencoded", "application/json,x",
		"text/plain; application/json" };

	(void)state;
	for (size_t i = 0; i < COUNT(types); i++)
		assert_head_refused("POST", types[i], "1", 415,
		    "Content-Type must be application/json");
}

static void
bad_lengths_refused(void **state)
{
	static const char *const lengths[] = { "-1", "+1", "1 ", " 1", "0x10",
		"1e3", "ten", "1,1" };

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++)
		assert_head_refused("POST", JSON_TYPE, lengths[i], 400,
		    "Content-Length must be a decimal number of bytes");
	assert_head_refused("POST", JSON_TYPE, NULL, 411,
	    "Content-Length missing: send the length of the body");
	assert_head_refused("POST", JSON_TYPE, "", 411,
	    "Content-Length missing: send the length of the body");
}

static void
large_lengths_refused(void **state)
{
	static const char *const lengths[] = { "1001", "4294967297",
		"18446744073709551615", "18446744073709551616",
		"18446744073709551617", "184467440737095516170",
		"99999999999999999999999999999999999999999999" };

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++)
		assert_head_refused("POST", JSON_TYPE, lengths[i], 413,
		    "Request body too long: the limit is 1000 bytes");
}

static void
first_fault_in_order_is_named(void **state)
{
	(void)state;
	assert_head_refused(
	    "GET", NULL, "x", 405, "Method not allowed: use POST");
	assert_head_refused(
	    "POST", NULL, "9999", 415, "Content-Type must be application/json");
}

static void
long_sentence_is_cut_at_a_character(void **state)
{
	char text[2 * SENTENCE_BYTES_MAX];
	struct refusal refusal;

	(void)state;
	for (size_t offset = 0; offset < 3; offset++) {
		memset(text, 'x', offset);
		for (size_t at = offset; at + 4 < sizeof(text); at += 3)
			memcpy(text + at, "\u20ac", 4);
		assert_int_equal(refusal_set(&refusal, 400, "%s", text), -1);
		assert_true(utf8_check((const uint8_t *)refusal.message,
		    strlen(refusal.message), NULL));
		assert_true(strlen(refusal.message) >= SENTENCE_BYTES_MAX - 4);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(post_of_json_accepted),
		cmocka_unit_test(parameters_and_case_of_the_type_ignored),
		cmocka_unit_test(other_methods_refused),
		cmocka_unit_test(other_types_refused),
		cmocka_unit_test(bad_lengths_refused),
		cmocka_unit_test(large_lengths_refused),
		cmocka_unit_test(first_fault_in_order_is_named),
		cmocka_unit_test(long_sentence_is_cut_at_a_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
