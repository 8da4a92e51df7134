/* SPDX-License-Identifier: MIT */
/* sce-docker: what the Engine answers, however it is cut, and its JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/call.h"
#include "engine/engine.h"
#include "engine/http.h"

#define BODY_MAX 64
#define OK "HTTP/1.1 200 OK\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"
#define LENGTH(array) (sizeof(array) / sizeof(*(array)))

/* The whole answer, in pieces of so many bytes, then the end. */
static int
decode(
    struct http *http, const char *text, size_t piece, char why[ENGINE_WHY_MAX])
{
	size_t left = strlen(text);
	size_t n;

	http_init(http, BODY_MAX);
	for (; left > 0; text += n, left -= n) {
		n = left < piece ? left : piece;
		if (http_feed(http, text, n, why) == -1)
			return -1;
	}
	return http_end(http, why);
}

static void
expect(const char *text, unsigned int status, const char *body)
{
	char why[ENGINE_WHY_MAX] = "";
	struct http http;
	size_t piece;

	for (piece = 1; piece <= strlen(text); piece++) {
		if (decode(&http, text, piece, why) == -1)
			fail_msg("%s: %s", text, why);
		assert_int_equal(http.state, HTTP_DONE);
		assert_int_equal(http.status, status);
		assert_int_equal(http.body_len, strlen(body));
		if (body[0] != '\0')
			assert_string_equal(http.body, body);
		http_finish(&http);
	}
}

static void
refuse(const char *text, const char *sentence)
{
	char why[ENGINE_WHY_MAX] = "";
	struct http http;
	size_t piece;

	for (piece = 1; piece <= strlen(text) + 1; piece++) {
		if (decode(&http, text, piece, why) == 0)
			fail_msg("taken: %s", text);
		assert_string_equal(why, sentence);
		assert_true(http.body_len <= BODY_MAX);
		http_finish(&http);
	}
}

static void
a_body_ends_as_its_head_says(void **state)
{
	(void)state;
	expect(OK "Content-Length: 3\r\n\r\nabc", 200, "abc");
	expect(OK "content-length:  3 \r\n\r\nabcdef", 200, "abc");
	expect("HTTP/1.0 404 Not Found\r\n\r\nabc", 404, "abc");
	expect("HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n", 204, "");
	expect("HTTP/1.1 409 \r\nContent-Length: 0\r\n\r\n", 409, "");
	expect(CHUNKED "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n", 200,
	    "abc0123456789");
	expect(CHUNKED "0\r\nTrailer: x\r\n\r\n", 200, "");
}

static void
what_is_not_http_is_refused(void **state)
{
	static const char *const bad[] = { "garbage\r\n\r\n", "\r\n\r\n",
		"HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n",
		"HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n",
		"HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 999 What\r\n\r\n" };
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(bad); i++)
		refuse(bad[i], "Docker's answer is not HTTP");
}

static void
lengths_that_make_no_sense_are_refused(void **state)
{
	static const char *const bad[] = { OK "Content-Length: \r\n\r\n",
		OK "Content-Length: -1\r\n\r\n",
		OK "Content-Length: 1x\r\n\r\nabc",
		OK "Content-Length: 99999999999999999999\r\n\r\n",
		OK "Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
		OK "Transfer-Encoding: gzip\r\n\r\n",
		OK "Transfer-Encoding: chunked, gzip\r\n\r\n",
		OK "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n" };
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(bad); i++)
		refuse(bad[i], "Docker's answer does not say how long it is");
	refuse(OK "Content-Length: 65\r\n\r\n",
	    "Docker's answer is longer than 64 bytes");
	refuse(CHUNKED "41\r\n"
		       "0123456789abcdef0123456789abcdef"
		       "0123456789abcdef0123456789abcdefX",
	    "Docker's answer is longer than 64 bytes");
	refuse(CHUNKED "x\r\n", "Docker's answer has no size before a chunk");
	refuse(CHUNKED "\r\n", "Docker's answer has no size before a chunk");
	refuse(CHUNKED "1000000000000000\r\n",
	    "Docker's answer has no size before a chunk");
	refuse(CHUNKED "1\r\nabc\r\n",
	    "Docker's answer has a chunk longer than it says");
}

static void
an_early_end_is_told_from_none(void **state)
{
	static const char *const bad[] = { "HTTP", OK, OK "a: b\r\n",
		OK "Content-Length: 4\r\n\r\nabc", CHUNKED, CHUNKED "3\r\nab",
		CHUNKED "3\r\nabc\r\n", CHUNKED "0\r\n" };
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(bad); i++)
		refuse(bad[i], "Docker hung up in the middle of its answer");
	refuse("", "Docker hung up without an answer");
}

/* Fed for as long as it is taken: text again and again. */
static void
expect_end_of(const char *start, const char *text, const char *sentence)
{
	char why[ENGINE_WHY_MAX] = "";
	struct http http;
	size_t fed = 0;

	http_init(&http, BODY_MAX);
	assert_int_equal(http_feed(&http, start, strlen(start), why), 0);
	while (http_feed(&http, text, strlen(text), why) == 0) {
		fed += strlen(text);
		assert_true(fed <= HTTP_HEAD_MAX + BODY_MAX);
	}
	assert_string_equal(why, sentence);
	assert_int_equal(http.state, HTTP_BROKEN);
	assert_int_equal(http_feed(&http, "a", 1, why), -1);
	http_finish(&http);
}

static void
nothing_goes_on_for_ever(void **state)
{
	(void)state;
	expect_end_of(OK, "Field: value\r\n",
	    "Docker's answer has a head longer than 8192 bytes");
	expect_end_of(
	    OK "\r\n", "abc", "Docker's answer is longer than 64 bytes");
	expect_end_of(
	    CHUNKED, "1\r\na\r\n", "Docker's answer is longer than 64 bytes");
	expect_end_of(CHUNKED "1;", "x", "Docker's answer has too long a line");
	expect_end_of(CHUNKED "0\r\n", "a: b\r\n",
	    "Docker's answer has too many trailers");
}

static void
a_nul_in_a_head_is_refused(void **state)
{
	static const char head[] = OK "X: \0\r\n\r\n";
	char why[ENGINE_WHY_MAX] = "";
	struct http http;

	(void)state;
	http_init(&http, BODY_MAX);
	assert_int_equal(http_feed(&http, head, sizeof(head) - 1, why), -1);
	assert_string_equal(why, "Docker's answer has a NUL in it");
	http_finish(&http);
}

/* --- JSON ----------------------------------------------------------------- */

static struct http
answer(unsigned int status, char *body)
{
	struct http http = { .state = HTTP_DONE, .status = status };

	http.body = body;
	http.body_len = strlen(body);
	return http;
}

static void
names_are_printed_one_a_line(void **state)
{
	char list[] = " [ {\"Names\":[\"/sce-1\",\"/x/sce-1\"]} ,"
		      "{\"Names\":null},{\"Names\":[\"/a\\nb\"]},{},"
		      "{\"Names\":[\"/sce-2\"]}]\n";
	char empty[] = "[]";
	struct http http = answer(200, list);
	char why[ENGINE_WHY_MAX] = "";
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	assert_non_null(out);
	assert_int_equal(answer_print_names(&http, out, why), 0);
	http = answer(200, empty);
	assert_int_equal(answer_print_names(&http, out, why), 0);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, "sce-1\n\n\n\nsce-2\n");
	free(text);
}

static void
no_list_is_no_empty_list(void **state)
{
	char bad[][40] = { "", "{}", "[", "[{}", "[{},", "[{},]", "[1]",
		"[{} {}]", "[{\"a\":]", "null" };
	char why[ENGINE_WHY_MAX];
	struct http http;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(bad); i++) {
		http = answer(200, bad[i]);
		if (answer_print_names(&http, stderr, why) == 0)
			fail_msg("taken: %s", bad[i]);
		assert_string_equal(
		    why, "Docker's answer is no list of containers");
	}
	http.body = NULL; /* as without any body */
	http.body_len = 0;
	assert_int_equal(answer_print_names(&http, stderr, why), -1);
}

static void
an_id_is_one_or_none(void **state)
{
	char good[] = "{\"Id\":\"sha256:0123\",\"Warnings\":[]}";
	char bad[][40] = { "", "{}", "{\"Id\":7}", "{\"Id\":\"\"}",
		"{\"Id\":\"a\\nb\"}", "{\"Id\":\"../x\"}", "[\"Id\"]", "x" };
	struct http http = answer(201, good);
	char why[ENGINE_WHY_MAX];
	char id[ANSWER_ID_MAX];
	size_t i;

	(void)state;
	assert_int_equal(answer_get_id(&http, id, why), 0);
	assert_string_equal(id, "sha256:0123");
	for (i = 0; i < LENGTH(bad); i++) {
		http = answer(201, bad[i]);
		assert_int_equal(answer_get_id(&http, id, why), -1);
		assert_string_equal(why, "Docker's answer has no ID in it");
	}
}

static void
a_refusal_is_one_printable_line(void **state)
{
	char message[] = "{\"message\":\"no\\n\\u001b[31mway\\n\"}";
	char none[] = "<html>";
	char old[] = "{\"message\":\"client version 1.41 is too old.\"}";
	struct http http = answer(409, message);
	char why[ENGINE_WHY_MAX];

	(void)state;
	answer_tell_refusal(&http, why);
	assert_string_equal(why, "Error response from daemon: no  [31mway");
	http = answer(500, none);
	answer_tell_refusal(&http, why);
	assert_string_equal(
	    why, "Error response from daemon: status 500 without a message");
	assert_false(answer_is_too_old(&http));
	http = answer(400, old);
	assert_true(answer_is_too_old(&http));
	http.status = 404;
	assert_false(answer_is_too_old(&http));
}

static void
text_is_escaped_for_a_path_or_does_not_fit(void **state)
{
	char path[NAME_PATH_MAX] = "/x?";
	char longest[NAME_PATH_MAX];

	(void)state;
	assert_int_equal(name_escape(path, "{\"a\": /\xff}"), 0);
	assert_string_equal(path, "/x?%7B%22a%22%3A%20%2F%FF%7D");
	memset(longest, '/', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(name_escape(path, longest), -1);
}

static void
an_engine_is_a_unix_socket(void **state)
{
	static const char *const bad[] = { "tcp://127.0.0.1:2375", "ssh://host",
		"unix://", "unix://x", "/run/docker.sock" };
	char why[ENGINE_WHY_MAX];
	struct engine engine;
	size_t i;

	(void)state;
	assert_int_equal(call_find_engine(&engine, NULL, 0, why), 0);
	assert_string_equal(engine.socket, "/var/run/docker.sock");
	assert_int_equal(call_find_engine(&engine, "", 0, why), 0);
	assert_string_equal(engine.socket, "/var/run/docker.sock");
	assert_int_equal(call_find_engine(&engine, "unix:///a", 0, why), 0);
	assert_string_equal(engine.socket, "/a");
	for (i = 0; i < LENGTH(bad); i++) {
		assert_int_equal(call_find_engine(&engine, bad[i], 0, why), -1);
		assert_non_null(strstr(why, "docker_cli = /usr/bin/docker"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_body_ends_as_its_head_says),
		cmocka_unit_test(what_is_not_http_is_refused),
		cmocka_unit_test(lengths_that_make_no_sense_are_refused),
		cmocka_unit_test(an_early_end_is_told_from_none),
		cmocka_unit_test(nothing_goes_on_for_ever),
		cmocka_unit_test(a_nul_in_a_head_is_refused),
		cmocka_unit_test(names_are_printed_one_a_line),
		cmocka_unit_test(no_list_is_no_empty_list),
		cmocka_unit_test(an_id_is_one_or_none),
		cmocka_unit_test(a_refusal_is_one_printable_line),
		cmocka_unit_test(text_is_escaped_for_a_path_or_does_not_fit),
		cmocka_unit_test(an_engine_is_a_unix_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
