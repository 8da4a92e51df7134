/* SPDX-License-Identifier: MIT */
/*
 * Owns the layout of the records between guest and host. All numbers are big
 * endian and at fixed offsets; reserved bytes are zero and refused otherwise,
 * so that they can mean something in a later version.
 *
 *   header    0 kind (8 bit)   1 reserved (3 bytes)   4 payload length
 *   ready     0 protocol version
 *   verdict   0 kind           4 status               8 wall_us (64 bit)
 *            16 cpu_us (64)   24 peak_memory_bytes (64)
 *            32 stdout_bytes (64)                    40 stderr_bytes (64)
 *            48 truncated     52 reserved
 *   compiled  as verdict
 *   job       0 protocol version                      4 wall_limit_ms
 *             8 stdout_limit_bytes                   12 stderr_limit_bytes
 *            16 code_len      20 stdin_len           24 flags
 *            28 extras_len    32 cpu_limit_ms        36 compile_wall_limit_ms
 *            40 code, stdin, extras, and nothing after them
 *   file      0 length of the file                   4 length of its path
 *             8 the path, bytes of the file (a first piece)
 */
#include "common/frame.h"

#include <string.h>

#include "common/args_and_files.h"
#include "common/bytes.h"
#include "common/utf8.h"

#define FILE_NUMBERS_LEN 8
#define EXIT_STATUS_MAX 255u
/* Linux has signals 1 to 64. */
#define SIGNAL_NUMBER_MAX 64u
#define VERDICT_TRUNCATED_ALL                                                  \
	(VERDICT_TRUNCATED_STDOUT | VERDICT_TRUNCATED_STDERR |                 \
	    VERDICT_TRUNCATED_FILES)
#define JOB_FLAGS_ALL (JOB_UNBUFFERED | JOB_RETURN_FILES)

static uint64_t
get_u64(const uint8_t *p)
{
	return (uint64_t)bytes_get_u32(p) << 32 | bytes_get_u32(p + 4);
}

static void
put_u64(uint8_t *p, uint64_t value)
{
	bytes_put_u32(p, (uint32_t)(value >> 32));
	bytes_put_u32(p + 4, (uint32_t)value);
}

/* The one place where a number from a peer becomes a kind. */
static bool
kind_from_byte(uint8_t byte, enum frame_kind *kind)
{
	switch (byte) {
	case FRAME_READY:
	case FRAME_SETUP_ERROR:
	case FRAME_STARTED:
	case FRAME_STDOUT:
	case FRAME_STDERR:
	case FRAME_VERDICT:
	case FRAME_COMPILED:
	case FRAME_FILE:
	case FRAME_JOB:
	case FRAME_RUN:
		*kind = (enum frame_kind)byte;
		return true;
	}
	return false;
}

enum frame_status
frame_decode_header(const uint8_t *buf, size_t avail, uint32_t payload_max,
    struct frame_header *header)
{
	uint32_t len;

	if (avail < FRAME_HEADER_LEN)
		return FRAME_INCOMPLETE;
	len = bytes_get_u32(buf + 4);
	if (len > payload_max)
		return FRAME_TOO_BIG;
	if (buf[1] != 0 || buf[2] != 0 || buf[3] != 0 ||
	    !kind_from_byte(buf[0], &header->kind))
		return FRAME_BAD;
	header->len = len;
	return FRAME_OK;
}

void
frame_encode_header(
    uint8_t buf[FRAME_HEADER_LEN], enum frame_kind kind, uint32_t payload_len)
{
	buf[0] = (uint8_t)kind;
	memset(buf + 1, 0, 3);
	bytes_put_u32(buf + 4, payload_len);
}

enum frame_status
frame_decode_ready(const uint8_t *buf, size_t len, uint32_t *version)
{
	if (len != FRAME_READY_LEN)
		return FRAME_BAD;
	*version = bytes_get_u32(buf);
	return FRAME_OK;
}

void
frame_encode_ready(uint8_t buf[FRAME_READY_LEN])
{
	bytes_put_u32(buf, FRAME_PROTOCOL_VERSION);
}

static bool
status_is_of_kind(uint32_t status, uint32_t kind)
{
	switch (kind) {
	case VERDICT_EXITED:
	case VERDICT_TIMED_OUT:
	case VERDICT_OUT_OF_MEMORY:
	case VERDICT_SANDBOX_FAILED:
		return status <= EXIT_STATUS_MAX;
	case VERDICT_SIGNALED:
		return status >= 1 && status <= SIGNAL_NUMBER_MAX;
	}
	return false;
}

enum frame_status
frame_decode_verdict(const uint8_t *buf, size_t len, struct verdict *verdict)
{
	uint32_t kind, status, truncated;

	if (len != FRAME_VERDICT_LEN)
		return FRAME_BAD;
	kind = bytes_get_u32(buf);
	status = bytes_get_u32(buf + 4);
	truncated = bytes_get_u32(buf + 48);
	if (!status_is_of_kind(status, kind) ||
	    (truncated & ~VERDICT_TRUNCATED_ALL) != 0 ||
	    bytes_get_u32(buf + 52) != 0)
		return FRAME_BAD;
	verdict->kind = (enum verdict_kind)kind;
	verdict->status = status;
	verdict->wall_us = get_u64(buf + 8);
	verdict->cpu_us = get_u64(buf + 16);
	verdict->peak_memory_bytes = get_u64(buf + 24);
	verdict->stdout_bytes = get_u64(buf + 32);
	verdict->stderr_bytes = get_u64(buf + 40);
	verdict->truncated = truncated;
	return FRAME_OK;
}

void
frame_encode_verdict(
    uint8_t buf[FRAME_VERDICT_LEN], const struct verdict *verdict)
{
	bytes_put_u32(buf, (uint32_t)verdict->kind);
	bytes_put_u32(buf + 4, verdict->status);
	put_u64(buf + 8, verdict->wall_us);
	put_u64(buf + 16, verdict->cpu_us);
	put_u64(buf + 24, verdict->peak_memory_bytes);
	put_u64(buf + 32, verdict->stdout_bytes);
	put_u64(buf + 40, verdict->stderr_bytes);
	bytes_put_u32(buf + 48, verdict->truncated);
	bytes_put_u32(buf + 52, 0);
}

/* The limits that a job asks for lie below those compiled in. */
static bool
job_is_within_limits(const struct job *job)
{
	return job->wall_limit_ms >= 1 && job->wall_limit_ms <= WALL_MS_MAX &&
	       job->cpu_limit_ms <= WALL_MS_MAX &&
	       job->compile_wall_limit_ms <= WALL_MS_MAX &&
	       job->stdout_limit_bytes <= OUTPUT_BYTES_MAX &&
	       job->stderr_limit_bytes <= OUTPUT_BYTES_MAX &&
	       job->code_len >= 1 && job->code_len <= CODE_BYTES_MAX &&
	       job->stdin_len <= STDIN_BYTES_MAX &&
	       job->extras_len <= EXTRAS_BYTES_MAX &&
	       (job->flags & ~JOB_FLAGS_ALL) == 0;
}

enum frame_status
frame_decode_job(const uint8_t *buf, size_t len, struct job *job)
{
	struct job found = { 0 };

	if (len < FRAME_JOB_HEADER_LEN || len > FRAME_JOB_MAX ||
	    bytes_get_u32(buf) != FRAME_PROTOCOL_VERSION)
		return FRAME_BAD;
	found.wall_limit_ms = bytes_get_u32(buf + 4);
	found.stdout_limit_bytes = bytes_get_u32(buf + 8);
	found.stderr_limit_bytes = bytes_get_u32(buf + 12);
	found.code_len = bytes_get_u32(buf + 16);
	found.stdin_len = bytes_get_u32(buf + 20);
	found.flags = bytes_get_u32(buf + 24);
	found.extras_len = bytes_get_u32(buf + 28);
	found.cpu_limit_ms = bytes_get_u32(buf + 32);
	found.compile_wall_limit_ms = bytes_get_u32(buf + 36);
	if (!job_is_within_limits(&found))
		return FRAME_BAD;
	len -= FRAME_JOB_HEADER_LEN;
	/* Each is below its ceiling: the sum does not wrap. */
	if (len != (size_t)found.code_len + found.stdin_len + found.extras_len)
		return FRAME_BAD;
	found.code = buf + FRAME_JOB_HEADER_LEN;
	found.stdin_data = found.code + found.code_len;
	found.extras = found.stdin_data + found.stdin_len;
	if (!extras_are_valid(found.extras, found.extras_len))
		return FRAME_BAD;
	*job = found;
	return FRAME_OK;
}

void
frame_encode_job_header(
    uint8_t buf[FRAME_JOB_HEADER_LEN], const struct job *job)
{
	bytes_put_u32(buf, FRAME_PROTOCOL_VERSION);
	bytes_put_u32(buf + 4, job->wall_limit_ms);
	bytes_put_u32(buf + 8, job->stdout_limit_bytes);
	bytes_put_u32(buf + 12, job->stderr_limit_bytes);
	bytes_put_u32(buf + 16, job->code_len);
	bytes_put_u32(buf + 20, job->stdin_len);
	bytes_put_u32(buf + 24, job->flags);
	bytes_put_u32(buf + 28, job->extras_len);
	bytes_put_u32(buf + 32, job->cpu_limit_ms);
	bytes_put_u32(buf + 36, job->compile_wall_limit_ms);
}

bool
file_path_is_sayable(const char *path)
{
	const char *at;

	for (at = path; *at != '\0'; at++) {
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			return false;
	}
	return extras_path_is_safe(path) &&
	       utf8_check((const uint8_t *)path, strlen(path), NULL);
}

size_t
file_piece_encode_head(
    uint8_t buf[FILE_PIECE_HEAD_MAX], const char *path, uint32_t file_len)
{
	size_t path_len = strlen(path);

	bytes_put_u32(buf, file_len);
	bytes_put_u32(buf + 4, (uint32_t)path_len);
	memcpy(buf + FILE_NUMBERS_LEN, path, path_len);
	return FILE_NUMBERS_LEN + path_len;
}

int
file_piece_decode(const uint8_t *buf, size_t len, struct file_piece *piece)
{
	uint32_t path_len;

	if (len < FILE_NUMBERS_LEN)
		return -1;
	piece->file_len = bytes_get_u32(buf);
	path_len = bytes_get_u32(buf + 4);
	len -= FILE_NUMBERS_LEN;
	if (piece->file_len > RETURN_BYTES_MAX || path_len > EXTRAS_PATH_MAX ||
	    path_len > len)
		return -1;
	memcpy(piece->path, buf + FILE_NUMBERS_LEN, path_len);
	piece->path[path_len] = '\0';
	if (strlen(piece->path) != path_len ||
	    !file_path_is_sayable(piece->path))
		return -1;
	piece->data = buf + FILE_NUMBERS_LEN + path_len;
	piece->len = len - path_len;
	return piece->len <= piece->file_len ? 0 : -1;
}
