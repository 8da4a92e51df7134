/* SPDX-License-Identifier: MIT */
/* The body as a whole and the names in it. */
#include "request_support.h"

#include "common/utf8.h"

static void
last_of_duplicate_members_wins(void **state)
{
	struct request request = parse_ok(
	    "{\"code\":1,\"timeout\":1,\"code\":\"pass\",\"timeout\":2}");

	(void)state;
	assert_string_equal((char *)request.code, "pass");
	assert_int_equal(request.wall_limit_ms, 2000);
	request_finish(&request);
}

static void
body_that_is_no_object_refused(void **state)
{
	static const char *const bodies[] = { "12", "null", "null\n", "true",
		" \"code\"", "[]", "[{\"code\":\"1\"}]" };
	static const char *const broken[] = { "", "  ", "code=1",
		"{\"code\":", "{'code':'1'}", "{\"code\":\"1\"}x",
		"{\"code\":\"1\",}" };

	(void)state;
	for (size_t i = 0; i < COUNT(bodies); i++)
		assert_refused(bodies[i],
		    "Body must be an object such as {\"code\": \"print(1)\"}");
	for (size_t i = 0; i < COUNT(broken); i++)
		assert_refused(broken[i],
		    "Body is not valid JSON: "
		    "send an object such as {\"code\": \"print(1)\"}");
}

static void
lexical_faults_are_named(void **state)
{
	(void)state;
	assert_refused("{\"code\":\"\xff\"}",
	    "Body is not UTF-8: "
	    "send JSON in UTF-8 without a byte order mark");
	assert_refused("{\"code\":\"a\nb\"}",
	    "Control character in the JSON: escape it, "
	    "a newline as \\n, others as \\u0000 to \\u001f");
	assert_refused("{\"code\":\"\\ud800\"}",
	    "Lone surrogate in the JSON: "
	    "write \\ud800 to \\udfff in pairs only");
	assert_refused("{\"code\":[[[[[[[[[]]]]]]]]]}",
	    "JSON nested deeper than 8 levels: "
	    "send an object such as {\"code\": \"print(1)\"}");
}

static void
unknown_member_is_named(void **state)
{
	(void)state;
	assert_refused("{\"cod\":\"1\"}",
	    "Unknown member \"cod\": use code, stdin, timeout, memory, args, "
	    "files, return_files, language and version");
	assert_refused("{\"code\":\"1\",\"Code\":\"1\"}",
	    "Unknown member \"Code\": use code, stdin, timeout, memory, args, "
	    "files, return_files, language and version");
	assert_refused("{\"\":1}",
	    "Unknown member \"\": use code, stdin, timeout, "
	    "memory, args, files, return_files, language and version");
	assert_refused("{\"code\":1,\"x\":1}",
	    "Unknown member \"x\": use code, stdin, timeout, memory, args, "
	    "files, return_files, language and version");
	assert_refused("{\"code\\u0000x\":\"1\"}",
	    "Unknown member with \\u0000 in its name: "
	    "use code, stdin, timeout, memory, args, files, return_files, "
	    "language and version");
}

static void
name_of_unknown_member_is_escaped_and_cut(void **state)
{
	(void)state;
	assert_refused("{\"a\\n\\\"\\\\\\u007f\\u00e9\":1}",
	    "Unknown member \"a\\u000a\\\"\\\\\\u007f\u00e9\": "
	    "use code, stdin, timeout, memory, args, files, return_files, "
	    "language and version");
	assert_refused("{\"0123456789012345678901234567890123456789"
		       "0123456789012345678901234567890123456789\":1}",
	    "Unknown member \"01234567890123456789012345678901234567890"
	    "12345678901234...\": use code, stdin, timeout, memory, args, "
	    "files, return_files, language and version");
}

/* Wherever the cut falls in characters of two, three and four bytes. */
static void
cut_name_is_still_utf8(void **state)
{
	static const char *const characters[] = { "\u00e9", "\u20ac",
		"\U0001f600" };
	char body[512];
	struct request request;
	struct refusal refusal;

	(void)state;
	for (size_t i = 0; i < 4 * COUNT(characters); i++) {
		const char *c = characters[i / 4];

		snprintf(body, sizeof(body),
		    "{\"%.*s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s"
		    "%s%s%s%s%s%s%s\":1}",
		    (int)(i % 4), "abc", c, c, c, c, c, c, c, c, c, c, c, c, c,
		    c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c);
		assert_int_equal(
		    parse_bytes(body, strlen(body), &request, &refusal), -1);
		assert_true(utf8_check((const uint8_t *)refusal.message,
		    strlen(refusal.message), NULL));
		assert_non_null(strstr(refusal.message, "...\": use code"));
	}
}

static void
body_above_every_ceiling_refused(void **state)
{
	struct request request;
	struct refusal refusal;
	char *body = calloc(1, BODY_BYTES_MAX + 1);

	(void)state;
	assert_non_null(body);
	assert_int_equal(
	    parse_bytes(body, BODY_BYTES_MAX + 1, &request, &refusal), -1);
	assert_int_equal(refusal.http_status, 413);
	free(body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(last_of_duplicate_members_wins),
		cmocka_unit_test(body_that_is_no_object_refused),
		cmocka_unit_test(lexical_faults_are_named),
		cmocka_unit_test(unknown_member_is_named),
		cmocka_unit_test(name_of_unknown_member_is_escaped_and_cut),
		cmocka_unit_test(cut_name_is_still_utf8),
		cmocka_unit_test(body_above_every_ceiling_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
