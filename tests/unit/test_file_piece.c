/* SPDX-License-Identifier: MIT */
/* Files in pieces: the codec, and what a responder makes of a guest's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/bytes.h"
#include "common/frame.h"
#include "responder/run/result.h"

#define PIECE_MAX 2048

/* A first piece in a block of exactly its size, for a sanitizer to see. */
static int
take_head(struct returned *returned, const char *path, size_t path_len,
    uint32_t file_len, const char *data)
{
	size_t len = 8 + path_len + strlen(data);
	uint8_t *piece = malloc(len);
	int rc;

	assert_non_null(piece);
	bytes_put_u32(piece, file_len);
	bytes_put_u32(piece + 4, (uint32_t)path_len);
	memcpy(piece + 8, path, path_len);
	memcpy(piece + 8 + path_len, data, strlen(data));
	rc = returned_take(returned, piece, len);
	free(piece);
	return rc;
}

static int
take(struct returned *returned, const char *path, uint32_t file_len,
    const char *data)
{
	return take_head(returned, path, strlen(path), file_len, data);
}

static int
take_more(struct returned *returned, const char *data)
{
	return returned_take(returned, (const uint8_t *)data, strlen(data));
}

static void
what_is_encoded_is_decoded(void **state)
{
	uint8_t buf[PIECE_MAX];
	struct file_piece piece;
	size_t len = file_piece_encode_head(buf, "d/\xc3\xa4.png", 5);

	(void)state;
	memcpy(buf + len, "abc", 3);
	assert_int_equal(file_piece_decode(buf, len + 3, &piece), 0);
	assert_string_equal(piece.path, "d/\xc3\xa4.png");
	assert_int_equal(piece.file_len, 5);
	assert_int_equal(piece.len, 3);
	assert_memory_equal(piece.data, "abc", 3);
}

static void
every_part_of_a_head_is_needed(void **state)
{
	uint8_t buf[PIECE_MAX];
	struct file_piece piece;
	size_t len = file_piece_encode_head(buf, "name", 0);
	size_t i;

	(void)state;
	assert_int_equal(file_piece_decode(buf, len, &piece), 0);
	for (i = 0; i < len; i++)
		assert_int_equal(file_piece_decode(buf, i, &piece), -1);
	buf[len] = 'x'; /* more bytes than the file has */
	assert_int_equal(file_piece_decode(buf, len + 1, &piece), -1);
}

static void
paths_that_can_be_said(void **state)
{
	static const char *const bad[] = { "", "/a", "../a", "a/../b", "a//b",
		"a/", ".", "a\nb", "\x1b[2J", "a\x7f", "\xff", "\xc3",
		"\xed\xa0\x80", "1/2/3/4/5/6/7/8/9" };
	struct returned returned = { .data = NULL };
	size_t i;

	(void)state;
	assert_true(file_path_is_sayable("1/2/3/4/5/6/7/8"));
	assert_true(file_path_is_sayable("..a/ b\\\xf0\x9f\x98\x80"));
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_false(file_path_is_sayable(bad[i]));
		assert_int_equal(take(&returned, bad[i], 0, ""), -1);
	}
	/* A NUL would cut it. */
	assert_int_equal(take_head(&returned, "a\0b", 3, 0, ""), -1);
	assert_int_equal(returned.count, 0);
	returned_finish(&returned);
}

static void
a_path_may_be_so_long(void **state)
{
	struct returned returned = { .data = NULL };
	char path[EXTRAS_PATH_MAX + 2];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(path) - 1; i++)
		path[i] = i % 200 == 199 ? '/' : 'a';
	path[EXTRAS_PATH_MAX + 1] = '\0';
	assert_int_equal(take(&returned, path, 0, ""), -1);
	path[EXTRAS_PATH_MAX] = '\0';
	assert_int_equal(take(&returned, path, 0, ""), 0);
	assert_string_equal(returned.files[0].path, path);
	returned_finish(&returned);
}

static void
files_in_pieces(void **state)
{
	struct returned returned = { .data = NULL };

	(void)state;
	assert_int_equal(take(&returned, "a", 0, ""), 0);
	assert_int_equal(take(&returned, "b", 5, "12"), 0);
	assert_int_equal(returned.missing, 3);
	assert_int_equal(take_more(&returned, "34"), 0);
	assert_int_equal(take_more(&returned, "5"), 0);
	assert_int_equal(take(&returned, "c/d", 1, "x"), 0);
	assert_int_equal(returned.missing, 0);
	assert_int_equal(returned.count, 3);
	assert_int_equal(returned.files[1].len, 5);
	assert_memory_equal(returned.data + returned.files[1].at, "12345", 5);
	assert_string_equal(returned.files[2].path, "c/d");
	returned_finish(&returned);
	assert_null(returned.data);
}

static void
more_than_was_announced(void **state)
{
	struct returned returned = { .data = NULL };

	(void)state;
	assert_int_equal(take(&returned, "a", 1, "12"), -1);
	assert_int_equal(take(&returned, "a", 3, "1"), 0);
	assert_int_equal(take_more(&returned, "234"), -1);
	returned_finish(&returned);
}

static void
a_file_is_taken_back(void **state)
{
	struct returned returned = { .data = NULL };

	(void)state;
	assert_int_equal(take(&returned, "a", 1, "1"), 0);
	assert_int_equal(take(&returned, "b", 5, "12"), 0);
	assert_int_equal(take_more(&returned, ""), 0);
	assert_int_equal(returned.count, 1);
	assert_int_equal(returned.len, 1);
	assert_int_equal(returned.missing, 0);
	/* Without one that is open, nothing is a head of no length. */
	assert_int_equal(take_more(&returned, ""), -1);
	assert_int_equal(take(&returned, "c", 2, "3"), 0);
	returned_drop_part(&returned);
	returned_drop_part(&returned);
	assert_int_equal(returned.count, 1);
	returned_finish(&returned);
}

static void
each_once_and_in_order(void **state)
{
	struct returned returned = { .data = NULL };

	(void)state;
	assert_int_equal(take(&returned, "b", 0, ""), 0);
	assert_int_equal(take(&returned, "b", 0, ""), -1);
	assert_int_equal(take(&returned, "a", 0, ""), -1);
	assert_int_equal(take(&returned, "c", 0, ""), 0);
	returned_finish(&returned);
}

static void
so_many_files_and_bytes(void **state)
{
	struct returned returned = { .data = NULL };
	char name[] = "f00";
	size_t i;

	(void)state;
	assert_int_equal(take(&returned, "a", RETURN_BYTES_MAX + 1, ""), -1);
	assert_int_equal(take(&returned, "a", 1, "1"), 0);
	assert_int_equal(take(&returned, "b", RETURN_BYTES_MAX, ""), -1);
	assert_int_equal(take(&returned, "b", RETURN_BYTES_MAX - 1, ""), 0);
	returned_drop_part(&returned);
	for (i = 1; i < RETURN_FILES_MAX; i++) {
		name[1] = (char)('0' + i / 10);
		name[2] = (char)('0' + i % 10);
		assert_int_equal(take(&returned, name, 0, ""), 0);
	}
	assert_int_equal(take(&returned, "g", 0, ""), -1);
	assert_int_equal(returned.count, RETURN_FILES_MAX);
	returned_finish(&returned);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_encoded_is_decoded),
		cmocka_unit_test(every_part_of_a_head_is_needed),
		cmocka_unit_test(paths_that_can_be_said),
		cmocka_unit_test(a_path_may_be_so_long),
		cmocka_unit_test(files_in_pieces),
		cmocka_unit_test(more_than_was_announced),
		cmocka_unit_test(a_file_is_taken_back),
		cmocka_unit_test(each_once_and_in_order),
		cmocka_unit_test(so_many_files_and_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
