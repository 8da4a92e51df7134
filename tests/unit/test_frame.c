/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/frame.h"

static void
header_survives_the_trip(void **state)
{
	static const enum frame_kind kinds[] = { FRAME_READY, FRAME_SETUP_ERROR,
		FRAME_STARTED, FRAME_STDOUT, FRAME_STDERR, FRAME_VERDICT,
		FRAME_FILE, FRAME_COMPILED, FRAME_JOB };
	uint8_t buf[FRAME_HEADER_LEN];
	struct frame_header header;

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		frame_encode_header(buf, kinds[i], FRAME_PAYLOAD_MAX);
		assert_int_equal(frame_decode_header(buf, sizeof(buf),
				     FRAME_PAYLOAD_MAX, &header),
		    FRAME_OK);
		assert_int_equal(header.kind, kinds[i]);
		assert_int_equal(header.len, FRAME_PAYLOAD_MAX);
	}
}

static void
header_is_laid_out_as_documented(void **state)
{
	static const uint8_t expected[] = { 4, 0, 0, 0, 0x00, 0x00, 0x12,
		0x34 };
	uint8_t buf[FRAME_HEADER_LEN];

	(void)state;
	memset(buf, 0xff, sizeof(buf));
	frame_encode_header(buf, FRAME_STDOUT, 0x1234);
	assert_memory_equal(buf, expected, sizeof(expected));
}

static void
short_header_is_incomplete(void **state)
{
	uint8_t buf[FRAME_HEADER_LEN];
	struct frame_header header;

	(void)state;
	frame_encode_header(buf, FRAME_STDOUT, 1);
	for (size_t avail = 0; avail < sizeof(buf); avail++)
		assert_int_equal(frame_decode_header(buf, avail, 10, &header),
		    FRAME_INCOMPLETE);
}

static void
huge_length_refused(void **state)
{
	static const uint32_t lengths[] = { 11, 0x7fffffff, 0x80000000,
		UINT32_MAX - 7, UINT32_MAX };
	uint8_t buf[FRAME_HEADER_LEN];
	struct frame_header header;

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		frame_encode_header(buf, FRAME_STDOUT, lengths[i]);
		assert_int_equal(
		    frame_decode_header(buf, sizeof(buf), 10, &header),
		    FRAME_TOO_BIG);
	}
	frame_encode_header(buf, FRAME_STDOUT, 10);
	assert_int_equal(
	    frame_decode_header(buf, sizeof(buf), 10, &header), FRAME_OK);
}

static void
unknown_kinds_refused(void **state)
{
	uint8_t buf[FRAME_HEADER_LEN];
	struct frame_header header;

	(void)state;
	frame_encode_header(buf, FRAME_STDOUT, 0);
	for (unsigned kind = 0; kind <= UINT8_MAX; kind++) {
		enum frame_status expected = (kind >= 1 && kind <= 8) ||
						     kind == 16 || kind == 17
						 ? FRAME_OK
						 : FRAME_BAD;

		buf[0] = (uint8_t)kind;
		assert_int_equal(
		    frame_decode_header(buf, sizeof(buf), 10, &header),
		    expected);
	}
}

static void
reserved_header_bytes_refused(void **state)
{
	uint8_t buf[FRAME_HEADER_LEN];
	struct frame_header header;

	(void)state;
	for (size_t at = 1; at <= 3; at++) {
		frame_encode_header(buf, FRAME_STDOUT, 0);
		buf[at] = 1;
		assert_int_equal(
		    frame_decode_header(buf, sizeof(buf), 10, &header),
		    FRAME_BAD);
	}
}

static void
ready_carries_the_version(void **state)
{
	uint8_t buf[FRAME_READY_LEN + 1] = { 0 };
	uint32_t version = 0;

	(void)state;
	frame_encode_ready(buf);
	assert_int_equal(
	    frame_decode_ready(buf, FRAME_READY_LEN, &version), FRAME_OK);
	assert_int_equal(version, FRAME_PROTOCOL_VERSION);
	assert_int_equal(frame_decode_ready(buf, 0, &version), FRAME_BAD);
	assert_int_equal(frame_decode_ready(buf, 3, &version), FRAME_BAD);
	assert_int_equal(frame_decode_ready(buf, 5, &version), FRAME_BAD);
}

static const struct verdict sample_verdict = {
	.kind = VERDICT_EXITED,
	.status = 3,
	.wall_us = 0x0102030405060708,
	.cpu_us = UINT64_MAX,
	.peak_memory_bytes = 128 << 20,
	.stdout_bytes = 1,
	.stderr_bytes = 1ull << 40,
	.truncated = VERDICT_TRUNCATED_STDERR,
};

static void
verdict_survives_the_trip(void **state)
{
	uint8_t buf[FRAME_VERDICT_LEN];
	struct verdict verdict;

	(void)state;
	memset(buf, 0xff, sizeof(buf));
	frame_encode_verdict(buf, &sample_verdict);
	assert_int_equal(
	    frame_decode_verdict(buf, sizeof(buf), &verdict), FRAME_OK);
	assert_int_equal(verdict.kind, sample_verdict.kind);
	assert_int_equal(verdict.status, sample_verdict.status);
	assert_true(verdict.wall_us == sample_verdict.wall_us);
	assert_true(verdict.cpu_us == sample_verdict.cpu_us);
	assert_true(
	    verdict.peak_memory_bytes == sample_verdict.peak_memory_bytes);
	assert_true(verdict.stdout_bytes == sample_verdict.stdout_bytes);
	assert_true(verdict.stderr_bytes == sample_verdict.stderr_bytes);
	assert_int_equal(verdict.truncated, sample_verdict.truncated);
}

static enum frame_status
decode_verdict_like(enum verdict_kind kind, uint32_t status, uint32_t truncated)
{
	struct verdict verdict = sample_verdict;
	uint8_t buf[FRAME_VERDICT_LEN];

	verdict.kind = kind;
	verdict.status = status;
	verdict.truncated = truncated;
	frame_encode_verdict(buf, &verdict);
	return frame_decode_verdict(buf, sizeof(buf), &verdict);
}

static void
verdict_of_another_length_refused(void **state)
{
	uint8_t buf[FRAME_VERDICT_LEN + 1] = { 0 };
	struct verdict verdict;

	(void)state;
	frame_encode_verdict(buf, &sample_verdict);
	for (size_t len = 0; len <= sizeof(buf); len++)
		assert_int_equal(frame_decode_verdict(buf, len, &verdict),
		    len == FRAME_VERDICT_LEN ? FRAME_OK : FRAME_BAD);
}

static void
impossible_verdicts_refused(void **state)
{
	uint8_t buf[FRAME_VERDICT_LEN];
	struct verdict verdict;

	(void)state;
	for (uint32_t kind = 0; kind < 8; kind++) {
		int expected = kind >= 1 && kind <= 5 ? FRAME_OK : FRAME_BAD;

		frame_encode_verdict(buf, &sample_verdict);
		buf[3] = (uint8_t)kind;
		assert_int_equal(
		    frame_decode_verdict(buf, sizeof(buf), &verdict), expected);
		buf[0] = 1;
		assert_int_equal(
		    frame_decode_verdict(buf, sizeof(buf), &verdict),
		    FRAME_BAD);
	}
	assert_int_equal(decode_verdict_like(VERDICT_EXITED, 0, 0), FRAME_OK);
	assert_int_equal(decode_verdict_like(VERDICT_EXITED, 255, 7), FRAME_OK);
	assert_int_equal(
	    decode_verdict_like(VERDICT_EXITED, 256, 0), FRAME_BAD);
	assert_int_equal(
	    decode_verdict_like(VERDICT_SIGNALED, 0, 0), FRAME_BAD);
	assert_int_equal(
	    decode_verdict_like(VERDICT_SIGNALED, 64, 0), FRAME_OK);
	assert_int_equal(
	    decode_verdict_like(VERDICT_SIGNALED, 65, 0), FRAME_BAD);
	assert_int_equal(decode_verdict_like(VERDICT_EXITED, 0, 8), FRAME_BAD);
	frame_encode_verdict(buf, &sample_verdict);
	buf[FRAME_VERDICT_LEN - 1] = 1;
	assert_int_equal(
	    frame_decode_verdict(buf, sizeof(buf), &verdict), FRAME_BAD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_survives_the_trip),
		cmocka_unit_test(header_is_laid_out_as_documented),
		cmocka_unit_test(short_header_is_incomplete),
		cmocka_unit_test(huge_length_refused),
		cmocka_unit_test(unknown_kinds_refused),
		cmocka_unit_test(reserved_header_bytes_refused),
		cmocka_unit_test(ready_carries_the_version),
		cmocka_unit_test(verdict_survives_the_trip),
		cmocka_unit_test(verdict_of_another_length_refused),
		cmocka_unit_test(impossible_verdicts_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
