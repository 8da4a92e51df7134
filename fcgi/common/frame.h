/* SPDX-License-Identifier: MIT */
/*
 * The records between a guest and the host, over one stream socket: an
 * 8-byte header (kind, three zero bytes, payload length as 32 bits, big
 * endian) and the payload. A pure codec: bytes in, struct out.
 */
#ifndef SCE_FRAME_H
#define SCE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/limits.h"

#define FRAME_PROTOCOL_VERSION 4
#define FRAME_HEADER_LEN 8
/* Largest payload that a guest sends: bytes. */
#define FRAME_PAYLOAD_MAX (64 * 1024)
#define FRAME_READY_LEN 4
#define FRAME_VERDICT_LEN 56
#define FRAME_JOB_HEADER_LEN 40
/* What precedes the bytes of a first piece of a file, at the most. */
#define FILE_PIECE_HEAD_MAX (8 + EXTRAS_PATH_MAX)
/* Largest payload that a guest takes: bytes. */
#define FRAME_JOB_MAX                                                          \
	(FRAME_JOB_HEADER_LEN + CODE_BYTES_MAX + STDIN_BYTES_MAX +             \
	    EXTRAS_BYTES_MAX)

enum frame_kind {
	FRAME_READY = 1,       /* guest: it can run a job; protocol version.
				* With isolation = fork after each run, too */
	FRAME_SETUP_ERROR = 2, /* guest: why there will be no run; text */
	FRAME_STARTED = 3,     /* guest: the job is there, code may run now */
	FRAME_STDOUT = 4,      /* guest: bytes of stdout */
	FRAME_STDERR = 5,      /* guest: bytes of stderr */
	FRAME_VERDICT = 6,     /* guest: how it ended; the last frame */
	FRAME_FILE = 7,        /* guest: a piece of a returned file */
	FRAME_COMPILED = 8,    /* guest: how the compiler ended, a verdict; the
				* output before it is the compiler's. Unless it
				* exited with 0, the program does not run, and
				* the verdict that follows is the same */
	FRAME_JOB = 16,        /* host: what to run */
	FRAME_RUN = 17         /* sced: here is a socket for one run; empty */
};

enum frame_status {
	FRAME_OK,
	FRAME_INCOMPLETE, /* give it more bytes */
	FRAME_TOO_BIG,    /* length above the ceiling given */
	FRAME_BAD         /* unknown kind, reserved bytes not zero, bad value */
};

struct frame_header {
	enum frame_kind kind;
	uint32_t len; /* of the payload, bytes */
};

enum verdict_kind {
	VERDICT_EXITED = 1,
	VERDICT_SIGNALED = 2,
	VERDICT_TIMED_OUT = 3,
	VERDICT_OUT_OF_MEMORY = 4,
	VERDICT_SANDBOX_FAILED = 5
};

struct verdict {
	enum verdict_kind kind;
	uint32_t status;            /* exit status or signal number */
	uint64_t wall_us;           /* from STARTED to the end of the program */
	uint64_t cpu_us;            /* user + system of all its processes */
	uint64_t peak_memory_bytes; /* of the whole container */
	uint64_t stdout_bytes;      /* written, also what was discarded */
	uint64_t stderr_bytes;
	uint32_t truncated; /* VERDICT_TRUNCATED_* */
};

#define VERDICT_TRUNCATED_STDOUT 1u
#define VERDICT_TRUNCATED_STDERR 2u
#define VERDICT_TRUNCATED_FILES 4u /* some are not returned */

/* Flags of a job. Unbuffered: python3.11 -u, for a live answer. */
#define JOB_UNBUFFERED 1u
#define JOB_RETURN_FILES 2u /* the files that it made are wanted too */

/* A job as it travels; its parts point into the caller's bytes. */
struct job {
	uint32_t wall_limit_ms;
	uint32_t stdout_limit_bytes;
	uint32_t stderr_limit_bytes;
	uint32_t flags; /* JOB_* */
	const uint8_t *code;
	uint32_t code_len;
	const uint8_t *stdin_data;
	uint32_t stdin_len;
	const uint8_t *extras; /* see args_and_files.h */
	uint32_t extras_len;
	uint32_t cpu_limit_ms; /* of all its processes; 0: none of its own */
	/* Where there is a compiler: its own wall clock, and wall_limit_ms is
	 * the program's; 0: wall_limit_ms is for both together. */
	uint32_t compile_wall_limit_ms;
};

/*
 * The first piece of a file, in FRAME_FILE. While bytes are missing, the frames
 * that follow are bytes of the same file and nothing else; an empty one takes
 * the file back.
 */
struct file_piece {
	char path[EXTRAS_PATH_MAX + 1];
	uint32_t file_len; /* bytes of the whole file */
	const uint8_t *data;
	size_t len;
};

/*
 * Decodes the header at buf; its payload need not be there yet. A payload
 * above payload_max is FRAME_TOO_BIG.
 */
enum frame_status frame_decode_header(const uint8_t *buf, size_t avail,
    uint32_t payload_max, struct frame_header *header);

void frame_encode_header(
    uint8_t buf[FRAME_HEADER_LEN], enum frame_kind kind, uint32_t payload_len);

/* Whole payloads, exact length. FRAME_OK or FRAME_BAD. */
enum frame_status frame_decode_ready(
    const uint8_t *buf, size_t len, uint32_t *version);
enum frame_status frame_decode_verdict(
    const uint8_t *buf, size_t len, struct verdict *verdict);
enum frame_status frame_decode_job(
    const uint8_t *buf, size_t len, struct job *job);

/* Did it end as it should, with status 0? */
static inline bool
verdict_is_success(const struct verdict *verdict)
{
	return verdict->kind == VERDICT_EXITED && verdict->status == 0;
}

void frame_encode_ready(uint8_t buf[FRAME_READY_LEN]);
void frame_encode_verdict(
    uint8_t buf[FRAME_VERDICT_LEN], const struct verdict *verdict);
/* The fixed part only; code, stdin and extras come after it. */
void frame_encode_job_header(
    uint8_t buf[FRAME_JOB_HEADER_LEN], const struct job *job);

/* A safe path (see args_and_files.h) that is UTF-8 without control characters.
 */
bool file_path_is_sayable(const char *path);

/* Writes what precedes the bytes of a first piece. Returns its length. */
size_t file_piece_encode_head(
    uint8_t buf[FILE_PIECE_HEAD_MAX], const char *path, uint32_t file_len);

/* Decodes a first piece. 0, or -1 if it is none, or above limits.h. */
int file_piece_decode(const uint8_t *buf, size_t len, struct file_piece *piece);

#endif
