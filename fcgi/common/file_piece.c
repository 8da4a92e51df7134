/* SPDX-License-Identifier: MIT */
#include "common/file_piece.h"

#include <string.h>

#include "common/args_and_files.h"
#include "common/bytes.h"
#include "common/utf8.h"

#define NUMBERS_LEN 8

static bool
has_control_character(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	}
	return false;
}

bool
file_path_is_sayable(const char *path)
{
	return extras_path_is_safe(path) && !has_control_character(path) &&
	       utf8_check((const uint8_t *)path, strlen(path), NULL);
}

size_t
file_piece_encode_head(
    uint8_t buf[FILE_PIECE_HEAD_MAX], const char *path, uint32_t file_len)
{
	size_t path_len = strlen(path);

	bytes_put_u32(buf, file_len);
	bytes_put_u32(buf + 4, (uint32_t)path_len);
	memcpy(buf + NUMBERS_LEN, path, path_len);
	return NUMBERS_LEN + path_len;
}

int
file_piece_decode(const uint8_t *buf, size_t len, struct file_piece *piece)
{
	uint32_t path_len;

	if (len < NUMBERS_LEN)
		return -1;
	piece->file_len = bytes_get_u32(buf);
	path_len = bytes_get_u32(buf + 4);
	len -= NUMBERS_LEN;
	if (piece->file_len > RETURN_BYTES_MAX || path_len > EXTRAS_PATH_MAX ||
	    path_len > len)
		return -1;
	memcpy(piece->path, buf + NUMBERS_LEN, path_len);
	piece->path[path_len] = '\0';
	if (strlen(piece->path) != path_len ||
	    !file_path_is_sayable(piece->path))
		return -1;
	piece->data = buf + NUMBERS_LEN + path_len;
	piece->len = len - path_len;
	return piece->len <= piece->file_len ? 0 : -1;
}
