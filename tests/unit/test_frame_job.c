/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/frame.h"

static const struct job sample_job = {
	.wall_limit_ms = 5000,
	.stdout_limit_bytes = OUTPUT_BYTES_DEFAULT,
	.stderr_limit_bytes = OUTPUT_BYTES_DEFAULT,
	.code_len = 5,
	.stdin_len = 3,
	.cpu_limit_ms = 77,
	.compile_wall_limit_ms = 78,
};

/* Encodes job before eight bytes of content and decodes len of it all. */
static enum frame_status
decode_job_like(const struct job *job, size_t len, struct job *found)
{
	static uint8_t buf[FRAME_JOB_HEADER_LEN + 8];

	frame_encode_job_header(buf, job);
	memcpy(buf + FRAME_JOB_HEADER_LEN, "pass\nabc", 8);
	return frame_decode_job(buf, len, found);
}

static void
job_survives_the_trip(void **state)
{
	struct job job;

	(void)state;
	assert_int_equal(
	    decode_job_like(&sample_job, FRAME_JOB_HEADER_LEN + 8, &job),
	    FRAME_OK);
	assert_int_equal(job.wall_limit_ms, 5000);
	assert_int_equal(job.stdout_limit_bytes, OUTPUT_BYTES_DEFAULT);
	assert_int_equal(job.stderr_limit_bytes, OUTPUT_BYTES_DEFAULT);
	assert_int_equal(job.cpu_limit_ms, 77);
	assert_int_equal(job.compile_wall_limit_ms, 78);
	assert_int_equal(job.extras_len, 0);
	assert_int_equal(job.code_len, 5);
	assert_memory_equal(job.code, "pass\n", 5);
	assert_int_equal(job.stdin_len, 3);
	assert_memory_equal(job.stdin_data, "abc", 3);
}

static void
job_of_another_length_refused(void **state)
{
	struct job job;

	(void)state;
	for (size_t len = 0; len < FRAME_JOB_HEADER_LEN + 8; len++)
		assert_int_equal(
		    decode_job_like(&sample_job, len, &job), FRAME_BAD);
	job = sample_job;
	job.stdin_len = 2; /* one byte is left over */
	assert_int_equal(
	    decode_job_like(&job, FRAME_JOB_HEADER_LEN + 8, &job), FRAME_BAD);
	job = sample_job;
	job.code_len = 9;
	job.stdin_len = UINT32_MAX; /* the sum wraps to the right length */
	assert_int_equal(
	    decode_job_like(&job, FRAME_JOB_HEADER_LEN + 8, &job), FRAME_BAD);
}

static void
job_without_code_refused(void **state)
{
	struct job job = sample_job;

	(void)state;
	job.code_len = 0;
	job.stdin_len = 8;
	assert_int_equal(
	    decode_job_like(&job, FRAME_JOB_HEADER_LEN + 8, &job), FRAME_BAD);
}

static void
job_above_its_ceilings_refused(void **state)
{
	const size_t len = FRAME_JOB_HEADER_LEN + 8;
	struct job job;

	(void)state;
	job = sample_job;
	job.wall_limit_ms = 0;
	assert_int_equal(decode_job_like(&job, len, &job), FRAME_BAD);
	job = sample_job;
	job.wall_limit_ms = WALL_MS_MAX + 1;
	assert_int_equal(decode_job_like(&job, len, &job), FRAME_BAD);
	job = sample_job;
	job.stdout_limit_bytes = OUTPUT_BYTES_MAX + 1;
	assert_int_equal(decode_job_like(&job, len, &job), FRAME_BAD);
	job = sample_job;
	job.stderr_limit_bytes = UINT32_MAX;
	assert_int_equal(decode_job_like(&job, len, &job), FRAME_BAD);
	job = sample_job;
	job.compile_wall_limit_ms = WALL_MS_MAX + 1;
	assert_int_equal(decode_job_like(&job, len, &job), FRAME_BAD);
	job = sample_job;
	job.wall_limit_ms = job.compile_wall_limit_ms = WALL_MS_MAX;
	job.stdout_limit_bytes = OUTPUT_BYTES_MAX;
	job.stderr_limit_bytes = 0;
	assert_int_equal(decode_job_like(&job, len, &job), FRAME_OK);
}

/* main.py and one file, which fill all that there is. */
static void
fill_extras(uint8_t *extras)
{
	static const uint8_t head[] = { 0, 0, 0, 1, 0, 0, 0, 1, 'm', 0, 0, 0, 0,
		1, 0, 0, 0, 1, 'f', 0 };
	uint32_t len = EXTRAS_BYTES_MAX - sizeof(head) - 4;

	memcpy(extras, head, sizeof(head));
	extras += sizeof(head);
	extras[0] = (uint8_t)(len >> 24);
	extras[1] = (uint8_t)(len >> 16);
	extras[2] = (uint8_t)(len >> 8);
	extras[3] = (uint8_t)len;
}

/* All parts at their ceilings, then a byte more of each. */
static void
largest_job_accepted(void **state)
{
	uint8_t *buf = calloc(1, FRAME_JOB_MAX + 1);
	struct job job = sample_job;
	struct job found;

	(void)state;
	assert_non_null(buf);
	job.code_len = CODE_BYTES_MAX;
	job.stdin_len = STDIN_BYTES_MAX;
	job.extras_len = EXTRAS_BYTES_MAX;
	frame_encode_job_header(buf, &job);
	fill_extras(buf + FRAME_JOB_MAX - EXTRAS_BYTES_MAX);
	assert_int_equal(
	    frame_decode_job(buf, FRAME_JOB_MAX, &found), FRAME_OK);
	assert_ptr_equal(found.extras + found.extras_len, buf + FRAME_JOB_MAX);
	job.extras_len++;
	frame_encode_job_header(buf, &job);
	assert_int_equal(
	    frame_decode_job(buf, FRAME_JOB_MAX + 1, &found), FRAME_BAD);
	job.code_len++;
	job.stdin_len = job.extras_len = 0;
	frame_encode_job_header(buf, &job);
	assert_int_equal(
	    frame_decode_job(buf, FRAME_JOB_HEADER_LEN + job.code_len, &found),
	    FRAME_BAD);
	job.code_len = 1;
	job.stdin_len = STDIN_BYTES_MAX + 1;
	frame_encode_job_header(buf, &job);
	assert_int_equal(frame_decode_job(buf,
			     FRAME_JOB_HEADER_LEN + 1 + job.stdin_len, &found),
	    FRAME_BAD);
	free(buf);
}

static void
job_of_another_version_refused(void **state)
{
	uint8_t buf[FRAME_JOB_HEADER_LEN + 8] = { 0 };
	struct job job;

	(void)state;
	frame_encode_job_header(buf, &sample_job);
	assert_int_equal(frame_decode_job(buf, sizeof(buf), &job), FRAME_OK);
	buf[3] = FRAME_PROTOCOL_VERSION + 1;
	assert_int_equal(frame_decode_job(buf, sizeof(buf), &job), FRAME_BAD);
	buf[3] = FRAME_PROTOCOL_VERSION;
	for (size_t at = 24; at < FRAME_JOB_HEADER_LEN; at++) {
		if (at > 32 && at != 36)
			continue; /* a limit like others */
		/* An unknown flag, extras that are not there, or more time
		 * than there is. */
		buf[at] = 0x80;
		assert_int_equal(
		    frame_decode_job(buf, sizeof(buf), &job), FRAME_BAD);
		buf[at] = 0;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(job_survives_the_trip),
		cmocka_unit_test(job_of_another_length_refused),
		cmocka_unit_test(job_without_code_refused),
		cmocka_unit_test(job_above_its_ceilings_refused),
		cmocka_unit_test(largest_job_accepted),
		cmocka_unit_test(job_of_another_version_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
