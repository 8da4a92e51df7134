/* SPDX-License-Identifier: MIT */
/*
 * The payloads of FRAME_FILE: files that a program made. The first piece of a
 * file is, numbers of 32 bits, big endian:
 *
 *   length of the file, length of its path, the path, bytes of the file
 *
 * While bytes are missing, what follows are pieces that are bytes of the same
 * file and nothing else; an empty one takes the file back. A pure codec.
 */
#ifndef SCE_FILE_PIECE_H
#define SCE_FILE_PIECE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/limits.h"

#define FILE_PIECE_HEAD_MAX (8 + EXTRAS_PATH_MAX)

/* A first piece. */
struct file_piece {
	char path[EXTRAS_PATH_MAX + 1];
	uint32_t file_len; /* bytes of the whole file */
	const uint8_t *data;
	size_t len;
};

/* A safe path (see args_and_files.h) that is UTF-8 without control characters.
 */
bool file_path_is_sayable(const char *path);

/* Writes what precedes the bytes of a first piece. Returns its length. */
size_t file_piece_encode_head(
    uint8_t buf[FILE_PIECE_HEAD_MAX], const char *path, uint32_t file_len);

/* Decodes a first piece. 0, or -1 if it is none, or above limits.h. */
int file_piece_decode(const uint8_t *buf, size_t len, struct file_piece *piece);

#endif
