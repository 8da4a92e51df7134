/* SPDX-License-Identifier: MIT */
#include "common/args_and_files.h"

#include <string.h>

#include "common/bytes.h"

/* False, and the cursor is at its end: there is no more of it. */
static bool
take_bytes(struct extras_cursor *cursor, const uint8_t **bytes, uint32_t len)
{
	if (cursor->left < len) {
		cursor->left = 0;
		return false;
	}
	*bytes = cursor->at;
	cursor->at += len;
	cursor->left -= len;
	return true;
}

static bool
take_number(struct extras_cursor *cursor, uint32_t *number)
{
	const uint8_t *bytes;

	if (!take_bytes(cursor, &bytes, 4))
		return false;
	*number = bytes_get_u32(bytes);
	return true;
}

/* A NUL is at its end and nowhere else. */
static bool
take_string(struct extras_cursor *cursor, const char **string)
{
	const uint8_t *bytes;
	uint32_t len;

	if (!take_number(cursor, &len) || len >= EXTRAS_BYTES_MAX ||
	    !take_bytes(cursor, &bytes, len + 1))
		return false;
	*string = (const char *)bytes;
	return memchr(bytes, '\0', len + 1) == bytes + len;
}

bool
extras_next(struct extras_cursor *cursor, struct extras_file *file)
{
	return take_string(cursor, &file->path) &&
	       take_number(cursor, &file->len) &&
	       take_bytes(cursor, &file->data, file->len);
}

bool
extras_path_is_safe(const char *path)
{
	size_t depth = 0;
	size_t len;

	if (strlen(path) > EXTRAS_PATH_MAX)
		return false;
	for (;;) {
		len = strcspn(path, "/");
		if (len == 0 || len > EXTRAS_NAME_MAX ||
		    ++depth > EXTRAS_DEPTH_MAX)
			return false;
		if (path[0] == '.' &&
		    (len == 1 || (len == 2 && path[1] == '.')))
			return false;
		if (path[len] == '\0')
			return true;
		path += len + 1;
	}
}

bool
extras_are_valid(const uint8_t *buf, size_t len)
{
	struct extras_cursor cursor = { buf, len };
	struct extras_file file;
	const char *string;
	uint32_t count;
	uint32_t i;

	if (len == 0)
		return true;
	if (len > EXTRAS_BYTES_MAX || !take_number(&cursor, &count) ||
	    count < 1 || count > EXTRAS_ARGS_MAX + 1)
		return false;
	for (i = 0; i < count; i++) {
		if (!take_string(&cursor, &string) ||
		    (i == 0 && !extras_path_is_safe(string)))
			return false;
	}
	if (!take_number(&cursor, &count) || count > EXTRAS_FILES_MAX)
		return false;
	for (i = 0; i < count; i++) {
		if (!extras_next(&cursor, &file) ||
		    !extras_path_is_safe(file.path))
			return false;
	}
	return cursor.left == 0;
}

size_t
extras_argv(
    const uint8_t *buf, size_t len, const char *argv[EXTRAS_ARGS_MAX + 2])
{
	struct extras_cursor cursor = { buf, len };
	uint32_t count = 0;
	uint32_t i;

	argv[0] = EXTRAS_SCRIPT;
	(void)take_number(&cursor, &count);
	for (i = 0; i < count; i++)
		(void)take_string(&cursor, &argv[i]);
	count = count > 0 ? count : 1;
	argv[count] = NULL;
	return count;
}

void
extras_files(struct extras_cursor *cursor, const uint8_t *buf, size_t len)
{
	const char *string;
	uint32_t count = 0;

	*cursor = (struct extras_cursor){ buf, len };
	(void)take_number(cursor, &count);
	while (count-- > 0)
		(void)take_string(cursor, &string);
	(void)take_number(cursor, &count);
}
