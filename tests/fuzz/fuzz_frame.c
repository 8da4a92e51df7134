/* SPDX-License-Identifier: MIT */
/* Every frame decoder; what decodes must encode to the same bytes again. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/args_and_files.h"
#include "common/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
try_header(const uint8_t *data, size_t size)
{
	uint8_t again[FRAME_HEADER_LEN];
	struct frame_header header;
	enum frame_status status;

	status = frame_decode_header(data, size, FRAME_PAYLOAD_MAX, &header);
	assert((status == FRAME_INCOMPLETE) == (size < FRAME_HEADER_LEN));
	if (status != FRAME_OK)
		return;
	assert(header.len <= FRAME_PAYLOAD_MAX);
	frame_encode_header(again, header.kind, header.len);
	assert(memcmp(again, data, sizeof(again)) == 0);
}

static void
try_ready(const uint8_t *data, size_t size)
{
	uint8_t again[FRAME_READY_LEN];
	uint32_t version;

	if (frame_decode_ready(data, size, &version) != FRAME_OK)
		return;
	assert(size == FRAME_READY_LEN);
	frame_encode_ready(again);
	assert((version == FRAME_PROTOCOL_VERSION) ==
	       (memcmp(again, data, sizeof(again)) == 0));
}

static void
try_verdict(const uint8_t *data, size_t size)
{
	uint8_t again[FRAME_VERDICT_LEN];
	struct verdict verdict;

	if (frame_decode_verdict(data, size, &verdict) != FRAME_OK)
		return;
	assert(size == FRAME_VERDICT_LEN);
	frame_encode_verdict(again, &verdict);
	assert(memcmp(again, data, sizeof(again)) == 0);
}

/* What was found valid can be walked, to its end. */
static void
try_extras(const struct job *job)
{
	const char *argv[EXTRAS_ARGS_MAX + 2];
	size_t count = extras_argv(job->extras, job->extras_len, argv);
	struct extras_cursor cursor;
	struct extras_file file;

	assert(count >= 1 && argv[count] == NULL);
	assert(extras_path_is_safe(argv[0]));
	extras_files(&cursor, job->extras, job->extras_len);
	while (extras_next(&cursor, &file))
		assert(extras_path_is_safe(file.path));
	assert(cursor.left == 0);
}

static void
try_job(const uint8_t *data, size_t size)
{
	uint8_t again[FRAME_JOB_HEADER_LEN];
	struct job job;

	if (frame_decode_job(data, size, &job) != FRAME_OK)
		return;
	assert(job.code == data + FRAME_JOB_HEADER_LEN);
	assert(job.code_len >= 1);
	assert(job.stdin_data == job.code + job.code_len);
	assert(job.extras == job.stdin_data + job.stdin_len);
	assert(job.extras + job.extras_len == data + size);
	try_extras(&job);
	frame_encode_job_header(again, &job);
	assert(memcmp(again, data, sizeof(again)) == 0);
}

static void
try_file_piece(const uint8_t *data, size_t size)
{
	uint8_t again[FILE_PIECE_HEAD_MAX];
	struct file_piece piece;
	size_t len;

	if (file_piece_decode(data, size, &piece) == -1)
		return;
	assert(file_path_is_sayable(piece.path));
	assert(piece.file_len <= RETURN_BYTES_MAX);
	assert(piece.len <= piece.file_len);
	assert(piece.data + piece.len == data + size);
	len = file_piece_encode_head(again, piece.path, piece.file_len);
	assert(len == size - piece.len && memcmp(again, data, len) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_header(data, size);
	try_ready(data, size);
	try_verdict(data, size);
	try_job(data, size);
	try_file_piece(data, size);
	return 0;
}
