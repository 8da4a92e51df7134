/* SPDX-License-Identifier: MIT */
/* A guest's frames, whole, in parts, and hostile; and a client's key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "responder/http/head.h"
#include "responder/run/run.h"

#define LIMIT 16

static struct link link_unused;

static int
make_run(void **state)
{
	static struct run run;

	*state = &run;
	return run_init(&run, &link_unused, LIMIT);
}

static int
finish_run(void **state)
{
	run_finish(*state);
	return 0;
}

static void
put(struct run *run, enum frame_kind kind, const void *payload, uint32_t len)
{
	frame_encode_header(run->inbox + run->inbox_len, kind, len);
	run->inbox_len += FRAME_HEADER_LEN;
	memcpy(run->inbox + run->inbox_len, payload, len);
	run->inbox_len += len;
}

static void
a_whole_conversation(void **state)
{
	struct run *run = *state;
	struct verdict verdict = { .kind = VERDICT_EXITED, .status = 3 };
	uint8_t bytes[FRAME_VERDICT_LEN];

	put(run, FRAME_STARTED, "", 0);
	put(run, FRAME_STDOUT, "ab", 2);
	put(run, FRAME_STDERR, "x", 1);
	put(run, FRAME_STDOUT, "c", 1);
	frame_encode_verdict(bytes, &verdict);
	put(run, FRAME_VERDICT, bytes, sizeof(bytes));
	assert_int_equal(gather_frames(run), RUN_STEP_VERDICT);
	assert_true(run->started);
	assert_int_equal(run->result.stdout_len, 3);
	assert_memory_equal(run->output[false][ORDER_STDOUT], "abc", 3);
	assert_int_equal(run->result.stderr_len, 1);
	assert_int_equal(run->result.verdict.status, 3);
}

static void
byte_by_byte(void **state)
{
	struct run *run = *state;
	uint8_t stream[FRAME_HEADER_LEN + 3];
	size_t i;

	run->started = true;
	frame_encode_header(stream, FRAME_STDOUT, 3);
	memcpy(stream + FRAME_HEADER_LEN, "abc", 3);
	for (i = 0; i < sizeof(stream); i++) {
		assert_int_equal(run->result.stdout_len, 0);
		run->inbox[run->inbox_len++] = stream[i];
		assert_int_equal(gather_frames(run), RUN_STEP_ON);
	}
	assert_int_equal(run->result.stdout_len, 3);
	assert_int_equal(run->inbox_len, 0);
}

static void
more_output_than_agreed_is_cut(void **state)
{
	struct run *run = *state;
	int i;

	put(run, FRAME_STARTED, "", 0);
	for (i = 0; i < 5; i++)
		put(run, FRAME_STDOUT, "0123456789", 10);
	assert_int_equal(gather_frames(run), RUN_STEP_ON);
	assert_int_equal(run->result.stdout_len, LIMIT);
}

/* Were it told of a run that did not take place, it would be told again. */
static void
nothing_comes_before_the_job(void **state)
{
	struct run *run = *state;
	static const enum frame_kind early[] = { FRAME_STDOUT, FRAME_STDERR,
		FRAME_VERDICT };
	size_t i;

	for (i = 0; i < sizeof(early) / sizeof(*early); i++) {
		run->inbox_len = 0;
		run->started = false;
		put(run, early[i], "ab", 2);
		assert_int_equal(gather_frames(run), RUN_STEP_BROKEN);
		assert_int_equal(run->result.stdout_len, 0);
	}
}

static void
nonsense_is_refused(void **state)
{
	struct run *run = *state;
	static const enum frame_kind wrong[] = { FRAME_READY, FRAME_SETUP_ERROR,
		FRAME_JOB };
	size_t i;

	run->started = true;
	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		run->inbox_len = 0;
		put(run, wrong[i], "1234", 4);
		assert_int_equal(gather_frames(run), RUN_STEP_BROKEN);
	}
	run->inbox_len = 0;
	put(run, FRAME_VERDICT, "short", 5);
	assert_int_equal(gather_frames(run), RUN_STEP_BROKEN);
	run->inbox_len = 0;
	frame_encode_header(run->inbox, FRAME_STDOUT, FRAME_PAYLOAD_MAX + 1);
	run->inbox_len = FRAME_HEADER_LEN;
	assert_int_equal(gather_frames(run), RUN_STEP_BROKEN);
}

/* A frame of a verdict: exited with this status. */
static void
put_verdict(struct run *run, enum frame_kind kind, uint32_t status)
{
	struct verdict verdict = { .kind = VERDICT_EXITED, .status = status };
	uint8_t bytes[FRAME_VERDICT_LEN];

	frame_encode_verdict(bytes, &verdict);
	put(run, kind, bytes, sizeof(bytes));
}

static void
a_compiler_has_its_own_output(void **state)
{
	struct run *run = *state;

	run->is_compiling = true;
	put(run, FRAME_STARTED, "", 0);
	put(run, FRAME_STDERR, "warning", 7);
	put_verdict(run, FRAME_COMPILED, 0);
	put(run, FRAME_STDOUT, "ran", 3);
	put_verdict(run, FRAME_VERDICT, 4);
	assert_int_equal(gather_frames(run), RUN_STEP_VERDICT);
	assert_false(run->is_compiling);
	assert_int_equal(run->compiler.verdict.status, 0);
	assert_int_equal(run->compiler.stderr_len, 7);
	assert_memory_equal(run->output[true][ORDER_STDERR], "warning", 7);
	assert_int_equal(run->compiler.stdout_len, 0);
	assert_int_equal(run->result.stderr_len, 0);
	assert_int_equal(run->result.stdout_len, 3);
	assert_memory_equal(run->output[false][ORDER_STDOUT], "ran", 3);
	assert_int_equal(run->result.verdict.status, 4);
}

/* A guest that was taken over may say anything afterwards. */
static void
a_compiler_that_failed_has_the_last_word(void **state)
{
	struct run *run = *state;

	run->is_compiling = true;
	put(run, FRAME_STARTED, "", 0);
	put_verdict(run, FRAME_COMPILED, 1);
	put(run, FRAME_STDOUT, "0123456789", 10);
	put(run, FRAME_STDOUT, "0123456789", 10);
	put_verdict(run, FRAME_VERDICT, 0);
	assert_int_equal(gather_frames(run), RUN_STEP_VERDICT);
	assert_true(run->is_compiling);
	assert_int_equal(run->compiler.verdict.status, 1);
	assert_int_equal(run->compiler.stdout_len, LIMIT);
	assert_int_equal(run->result.stdout_len, 0);
}

static void
compilers_are_where_they_are_expected(void **state)
{
	struct run *run = *state;

	/* There is none. */
	put(run, FRAME_STARTED, "", 0);
	put_verdict(run, FRAME_COMPILED, 0);
	assert_int_equal(gather_frames(run), RUN_STEP_BROKEN);
	/* There is one, and not a word of it. */
	run->inbox_len = 0;
	run->is_compiling = true;
	put_verdict(run, FRAME_VERDICT, 0);
	assert_int_equal(gather_frames(run), RUN_STEP_BROKEN);
	/* It has failed already. */
	run->inbox_len = 0;
	put_verdict(run, FRAME_COMPILED, 1);
	put_verdict(run, FRAME_COMPILED, 0);
	assert_int_equal(gather_frames(run), RUN_STEP_BROKEN);
	assert_true(run->is_compiling);
}

/* A file of one letter, which has so many bytes. */
static void
put_file(struct run *run, char name, uint8_t len, const char *data)
{
	uint8_t piece[32] = { 0, 0, 0, len, 0, 0, 0, 1, (uint8_t)name };

	memcpy(piece + 9, data, strlen(data));
	put(run, FRAME_FILE, piece, (uint32_t)(9 + strlen(data)));
}

static void
put_truncated(struct run *run, uint32_t truncated)
{
	struct verdict verdict = { .kind = VERDICT_EXITED,
		.truncated = truncated };
	uint8_t bytes[FRAME_VERDICT_LEN];

	frame_encode_verdict(bytes, &verdict);
	put(run, FRAME_VERDICT, bytes, sizeof(bytes));
}

static void
files_come_before_the_verdict(void **state)
{
	struct run *run = *state;

	run->result.files = &run->returned;
	put(run, FRAME_STARTED, "", 0);
	put_file(run, 'a', 3, "1");
	put(run, FRAME_FILE, "23", 2);
	put_file(run, 'b', 0, "");
	put_truncated(run, VERDICT_TRUNCATED_FILES);
	assert_int_equal(gather_frames(run), RUN_STEP_VERDICT);
	assert_int_equal(run->returned.count, 2);
	assert_memory_equal(run->returned.data, "123", 3);
}

static void
files_are_returned_on_request_only(void **state)
{
	struct run *run = *state;

	run->started = true;
	put_file(run, 'a', 0, "");
	assert_int_equal(gather_frames(run), RUN_STEP_BROKEN);
	assert_int_equal(run->returned.count, 0);
	run->inbox_len = 0;
	run->result.verdict.kind = VERDICT_SANDBOX_FAILED;
	put_truncated(run, VERDICT_TRUNCATED_FILES);
	assert_int_equal(gather_frames(run), RUN_STEP_BROKEN);
	assert_int_equal(run->result.verdict.kind, VERDICT_SANDBOX_FAILED);
}

static void
nothing_comes_between_pieces(void **state)
{
	struct run *run = *state;

	run->started = true;
	run->result.files = &run->returned;
	put_file(run, 'a', 2, "1");
	assert_int_equal(gather_frames(run), RUN_STEP_ON);
	put(run, FRAME_STDOUT, "x", 1);
	assert_int_equal(gather_frames(run), RUN_STEP_BROKEN);
	run->inbox_len = 0;
	put_truncated(run, 0);
	assert_int_equal(gather_frames(run), RUN_STEP_BROKEN);
	run->inbox_len = 0;
	put(run, FRAME_FILE, "234", 3);
	assert_int_equal(gather_frames(run), RUN_STEP_BROKEN);
}

static void
clients_have_keys(void **state)
{
	uint8_t a[16];
	uint8_t b[16];
	static const uint8_t zeros[16];

	(void)state;
	client_make_key("192.0.2.1", a);
	client_make_key("192.0.2.2", b);
	assert_memory_not_equal(a, b, 16);
	client_make_key("2001:db8:1:2::1", a);
	client_make_key("2001:db8:1:2:ffff::9", b);
	assert_memory_equal(a, b, 16);
	client_make_key("2001:db8:1:3::1", b);
	assert_memory_not_equal(a, b, 16);
	client_make_key("192.0.2.1", a);
	client_make_key("::ffff:192.0.2.1", b);
	assert_memory_equal(a, b, 16);
	client_make_key("::ffff:192.0.2.2", b);
	assert_memory_not_equal(a, b, 16);
	/* Loopback is somebody: all zeros are kept for nobody. */
	client_make_key("::1", a);
	assert_memory_not_equal(a, zeros, 16);
	client_make_key("::2", b);
	assert_memory_equal(a, b, 16);
	client_make_key(NULL, a);
	assert_memory_equal(a, zeros, 16);
	client_make_key("192.0.2.1.example", b);
	assert_memory_equal(b, zeros, 16);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, make_run, finish_run)
	const struct CMUnitTest tests[] = {
		TEST(a_whole_conversation),
		TEST(byte_by_byte),
		TEST(more_output_than_agreed_is_cut),
		TEST(nothing_comes_before_the_job),
		TEST(nonsense_is_refused),
		TEST(a_compiler_has_its_own_output),
		TEST(a_compiler_that_failed_has_the_last_word),
		TEST(compilers_are_where_they_are_expected),
		TEST(files_come_before_the_verdict),
		TEST(files_are_returned_on_request_only),
		TEST(nothing_comes_between_pieces),
		cmocka_unit_test(clients_have_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
