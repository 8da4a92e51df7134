/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/limits.h"
#include "responder/json/read.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A block of exactly len bytes: a sanitizer sees one byte too far. */
static enum json_check
check_bytes(const char *json, size_t len)
{
	uint8_t *copy = malloc(len);
	enum json_check rc;

	if (len > 0) {
		assert_non_null(copy);
		memcpy(copy, json, len);
	}
	rc = json_check(copy, len);
	free(copy);
	return rc;
}

static void
assert_each(const char *const *texts, size_t count, enum json_check expected)
{
	for (size_t i = 0; i < count; i++) {
		enum json_check rc = check_bytes(texts[i], strlen(texts[i]));

		if (rc != expected)
			fail_msg("%s: got %d, not %d", texts[i], (int)rc,
			    (int)expected);
	}
}

static void
json_accepted(void **state)
{
	static const char *const texts[] = {
		"{}",
		"[]",
		" \t\r\n{ \"a\" : [ 1 , 2 ] , \"b\" : { } } \n",
		"\"\"",
		"0",
		"-0",
		"-12.50e+10",
		"1E-2",
		"9e0",
		"true",
		"false",
		"null",
		"[true,false,null]",
		"{\"a\":1,\"a\":2}",
		"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
		"\"\\u00e9\\uABCD\\u0000\"",
		"\"\\ud83d\\ude00 \\uDBFF\\uDFFF\"",
		"\"\x7f \xc3\xa9 \xe2\x80\xa8 \xf0\x9f\x98\x80\"",
		"\"// no comment\"",
		"\"\xef\xbb\xbf\"",
	};

	(void)state;
	assert_each(texts, COUNT(texts), JSON_CHECK_OK);
}

static void
what_json_c_would_take_refused(void **state)
{
	static const char *const texts[] = {
		"{'code':'a'}",
		"{code:1}",
		"{\"a\":NaN}",
		"{\"a\":Infinity}",
		"{\"a\":-Infinity}",
		"{\"a\":1.}",
		"{\"a\":01}",
		"{\"a\":+1}",
		"{\"a\":.5}",
		"{\"a\":1e}",
		"{\"a\":-}",
		"{\"a\":1,}",
		"[1,]",
		"{\"a\":1}//x",
		"{/**/\"a\":1}",
		"{\"a\":1}}",
		"{\"a\":1} x",
		"{\"a\":1}{}",
		"{\"a\":TRUE}",
		"[nullx]",
	};

	(void)state;
	assert_each(texts, COUNT(texts), JSON_CHECK_SYNTAX);
}

static void
broken_json_refused(void **state)
{
	static const char *const texts[] = {
		"",
		" ",
		"{",
		"[",
		"]",
		"}",
		"{\"a\"",
		"{\"a\":",
		"{\"a\":1",
		"{\"a\" 1}",
		"{,}",
		"[,1]",
		"[1 2]",
		"{\"a\":1 \"b\":2}",
		"{1:2}",
		"[1}",
		"{\"a\":1]",
		"\"a",
		"\"a\\",
		"\"a\\\"",
		"\"\\x41\"",
		"\"\\u12\"",
		"\"\\u12g4\"",
		"\"\\u123",
		"\"\\ud800\\u12\"",
		"tru",
		"nul",
		"-",
		"1e+",
		"1.e1",
		"0x10",
	};

	(void)state;
	assert_each(texts, COUNT(texts), JSON_CHECK_SYNTAX);
}

static void
lone_surrogates_refused(void **state)
{
	static const char *const texts[] = {
		"\"\\ud800\"",
		"\"\\udfff\"",
		"\"\\ud83dx\"",
		"\"\\ud83d\\n\"",
		"\"\\ud83d\\ud83d\"",
		"\"\\ud83d\\u0041\"",
		"\"\\ude00\\ud83d\"",
		"\"\\ude00\\ude00\"",
		"{\"\\ud800\":1}",
	};

	(void)state;
	assert_each(texts, COUNT(texts), JSON_CHECK_SURROGATE);
}

static void
not_utf8_refused(void **state)
{
	static const char *const texts[] = {
		"\"\xff\"",
		"\"\xc0\xaf\"",
		"\"\xe0\x80\xaf\"",
		"\"\xed\xa0\x80\"",
		"\"\xf4\x90\x80\x80\"",
		"\"\xc3\"",
		"\"\xe2\x82",
		"\xef\xbb\xbf{}",
	};

	(void)state;
	assert_each(texts, COUNT(texts), JSON_CHECK_UTF8);
}

static void
control_characters_refused(void **state)
{
	static const char *const texts[] = {
		"\"\n\"",
		"\"\t\"",
		"\"\r\"",
		"\"\x01\"",
		"\"\x1f\"",
		"{\x0b}",
		"{}\x0c",
		"{\"\x1b\":1}",
	};

	(void)state;
	assert_each(texts, COUNT(texts), JSON_CHECK_CONTROL);
	assert_int_equal(check_bytes("{}\0", 3), JSON_CHECK_CONTROL);
	assert_int_equal(check_bytes("{}\0garbage", 10), JSON_CHECK_CONTROL);
	assert_int_equal(check_bytes("\"a\0\"", 4), JSON_CHECK_CONTROL);
}

static void
nul_in_a_name_refused(void **state)
{
	static const char *const texts[] = {
		"{\"code\\u0000x\":\"1\"}",
		"{\"\\u0000\":1}",
		"{\"a\":1,\"code\\u0000\":1}",
		"{\"a\":{\"b\\u0000\":1}}",
	};
	static const char *const fine[] = {
		"{\"a\":\"\\u0000\",\"b\":1}",
		"{\"a\\u0001\":1}",
		"{\"a\\\\u0000\":1}",
	};

	(void)state;
	assert_each(texts, COUNT(texts), JSON_CHECK_NAME);
	assert_each(fine, COUNT(fine), JSON_CHECK_OK);
}

/* depth times open, then as often close. */
static enum json_check
check_nested(const char *open, const char *inner, char close, size_t depth)
{
	static char text[64 * 1024];
	size_t len = 0;

	for (size_t i = 0; i < depth; i++) {
		memcpy(text + len, open, strlen(open));
		len += strlen(open);
	}
	memcpy(text + len, inner, strlen(inner));
	len += strlen(inner);
	memset(text + len, close, depth);
	return check_bytes(text, len + depth);
}

static void
deep_nesting_refused(void **state)
{
	const size_t max = JSON_DEPTH_MAX;

	(void)state;
	assert_int_equal(check_nested("[", "", ']', max), JSON_CHECK_OK);
	assert_int_equal(check_nested("[", "1", ']', max), JSON_CHECK_OK);
	assert_int_equal(check_nested("[", "", ']', max + 1), JSON_CHECK_DEPTH);
	assert_int_equal(check_nested("{\"a\":", "1", '}', max), JSON_CHECK_OK);
	assert_int_equal(
	    check_nested("{\"a\":", "1", '}', max + 1), JSON_CHECK_DEPTH);
	assert_int_equal(check_nested("[", "", ']', 30000), JSON_CHECK_DEPTH);
	assert_int_equal(check_bytes("[[],[],{},{},[],[],{},{},[],[]]", 31),
	    JSON_CHECK_OK); /* many, but not deep */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_accepted),
		cmocka_unit_test(what_json_c_would_take_refused),
		cmocka_unit_test(broken_json_refused),
		cmocka_unit_test(lone_surrogates_refused),
		cmocka_unit_test(not_utf8_refused),
		cmocka_unit_test(control_characters_refused),
		cmocka_unit_test(nul_in_a_name_refused),
		cmocka_unit_test(deep_nesting_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
