/* SPDX-License-Identifier: MIT */
/* Shared by the tests of bodies: a body runs, or it is refused. */
#ifndef SCE_TEST_REQUEST_SUPPORT_H
#define SCE_TEST_REQUEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "languages_support.h"
#include "responder/api/run/body.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct request_limits limits = {
	.code_points_max = CODE_POINTS_DEFAULT,
	.body_bytes_max = BODY_BYTES_DEFAULT,
	.languages = &table,
	.files_bytes_max = 32,
};

static int
parse_as(const struct dialect *dialect, const uint8_t *data, size_t len,
    struct request *request, struct refusal *refusal)
{
	struct body body = { &limits, request, refusal, NULL };

	return request_parse(
	    &body, data, len, &dialect->words, dialect->read_members);
}

/* A block of exactly len bytes: a sanitizer sees one byte too far. */
static int
parse_bytes(const char *body, size_t len, struct request *request,
    struct refusal *refusal)
{
	uint8_t *copy = malloc(len);
	int rc;

	memset(refusal, 0, sizeof(*refusal));
	memset(request, 0xff, sizeof(*request));
	if (len > 0) {
		assert_non_null(copy);
		memcpy(copy, body, len);
	}
	rc = parse_as(&dialect_run, copy, len, request, refusal);
	free(copy);
	return rc;
}

static void
assert_refused(const char *body, const char *message)
{
	struct request request;
	struct refusal refusal;

	assert_int_equal(
	    parse_bytes(body, strlen(body), &request, &refusal), -1);
	assert_string_equal(refusal.message, message);
	assert_int_equal(refusal.http_status, 400);
	assert_int_equal(refusal.retry_after_s, 0);
	assert_null(refusal.allow);
	assert_null(request.code);
	assert_null(request.stdin_data);
	request_finish(&request);
}

/* For request_finish by the caller. */
static struct request
parse_ok(const char *body)
{
	struct request request;
	struct refusal refusal;

	if (parse_bytes(body, strlen(body), &request, &refusal) == -1)
		fail_msg("%.60s: %s", body, refusal.message);
	return request;
}

#endif
